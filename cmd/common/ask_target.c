/* One target and the request, joined to what an exchange is asked. */
#include <string.h>
#include "ask.h"
#include "cli.h"

#define TIMEOUT_GROUP (7 * GCOAP_SECOND)
#define TIMEOUT_ONE (30 * GCOAP_SECOND)
#define LEISURE (5 * GCOAP_SECOND)

gcoap_time ask_timeout(const struct ask_args *args, const struct target *t)
{
	const struct ask_wait *wait = &args->wait;

	if (wait->timeout > 0)
		return wait->timeout;
	if (t->reverse || (t->proxy != NULL && t->group))
		return ask_proxy_wait(args, TIMEOUT_GROUP);
	return t->group ? TIMEOUT_GROUP + wait->repeat * LEISURE : TIMEOUT_ONE;
}

static void warn_repeats(const struct ask_wait *args, const struct target *t)
{
	if (args->repeat > 0 && t->proxy != NULL)
		cli_warn("--repeat is for groups asked directly, the proxy is asked once");
	else if (args->repeat > 0 && !t->group)
		cli_warn("--repeat is for groups, %s is asked once", t->uri);
	else if (args->timeout > 0 && args->repeat * LEISURE >= args->timeout)
		cli_warn("--repeat %u takes %u s, the wait ends before the last one", args->repeat,
			 args->repeat * (unsigned)(LEISURE / GCOAP_SECOND));
}

static int check_kind(const struct ask_message *m, const struct ask_args *args,
		      const struct target *t)
{
	warn_repeats(&args->wait, t);
	if (!target_many(t))
		return CLI_OK;
	if (t->group && t->proxy == NULL && ask_reverse_wanted(args)) {
		static const char *const hints[] = {
			"name the proxy with -P, or ask a reverse-proxy as the target", NULL
		};

		return cli_error(CLI_USAGE, hints, "%s: --proxy-timeout is for a proxy, and this "
				 "group is asked directly", t->text);
	}
	if (args->request.con && t->group && t->proxy == NULL) {
		static const char *const hints[] = {
			"leave it out, a group request is always NON (RFC 7252, 8.1)", NULL
		};

		return cli_error(CLI_USAGE, hints, "--con is not possible to a group");
	}
	if (gcoap_msg_find(&m->msg, GCOAP_BLOCK1) != NULL)
		return cli_error(CLI_USAGE, NULL, "Block1 is not possible to a group "
				 "(groupcomm-bis-03, 3.7)");
	if (!args->body.no_blockwise && m->msg.payload.len > args->body.block_size) {
		static const char *const hints[] = {
			"send it to each server, or in one datagram with --no-blockwise", NULL
		};

		return cli_error(CLI_USAGE, hints, "%zu bytes do not fit a request to a group: "
				 "there are no blocks (groupcomm-bis-03, 3.7)",
				 m->msg.payload.len);
	}
	if (m->msg.code == GCOAP_GET && !m->dialect->etag_in_group &&
	    gcoap_msg_find(&m->msg, GCOAP_ETAG) != NULL) {
		cli_warn("an ETag does not belong in a group request in dialect %s "
			 "(RFC 7252, 8.2.1)", m->dialect->name);
		cli_hint("add --dialect ietf, or send a Multi-ETag");
	}
	return CLI_OK;
}

int ask_target(const struct ask_message *m, const struct ask_args *args,
	       const struct target *t, struct gcoap_msg *msg, struct ask_store *store,
	       struct gcoap_ask *out)
{
	const struct ask_wait *wait = &args->wait;
	struct gcoap_diag diag = { 0 };
	struct gcoap_msg uri;
	int status = check_kind(m, args, t);

	if (status != CLI_OK)
		return status;
	/* The URI's queries go before those of --query. */
	gcoap_msg_init(&uri, GCOAP_NON, m->msg.code);
	memset(store, 0, sizeof(*store));
	if (gcoap_uri_to_options(&t->parsed, &uri, &store->uri, &diag) < 0)
		return cli_usage("%s: %s", t->text, diag.what != NULL ? diag.what : "bad URI");
	for (size_t i = 0; i < m->msg.n_options; i++) {
		const struct gcoap_option *o = &m->msg.options[i];

		if (gcoap_msg_add(&uri, o->number, o->value) < 0)
			return cli_usage("%s: more than %d options", t->text, GCOAP_OPTIONS_MAX);
	}
	uri.payload = m->msg.payload;
	*msg = uri;

	*out = (struct gcoap_ask)GCOAP_ASK_DEFAULT;
	out->request = msg;
	out->uri = t->uri;
	out->to = t->to;
	out->ifindex = t->ifindex;
	out->group = t->group;
	out->confirmable = !t->group && !args->request.non;
	out->dialect = m->dialect;
	out->registry = m->registry;
	out->timeout = ask_timeout(args, t);
	out->idle = wait->idle;
	out->expect = wait->expect;
	out->expect_from = m->n_expect_from > 0 ? m->expect_from : t->members;
	out->n_expect_from = m->n_expect_from > 0 ? m->n_expect_from : t->n_members;
	out->first = wait->first;
	out->repeat = t->group ? wait->repeat : 0;
	out->repeat_new_mid = wait->repeat_mid != NULL ? strcmp(wait->repeat_mid, "new") == 0 :
							 !m->dialect->repeat_same_mid;
	out->blockwise = !args->body.no_blockwise;
	out->block_szx = m->block_szx;
	/* Should it be a reverse-proxy: over a connection there is no other way. */
	if (t->transport != GCOAP_SCHEME_COAP)
		out->follow_up = GCOAP_FOLLOW_UP_PROXY;
	out->max_body = (uint32_t)args->body.max_body;
	if (t->proxy != NULL)
		status = ask_proxy(m, args, t, msg, store, out);
	else if (t->reverse)
		status = ask_reverse(m, args, t, msg, store, out);
	if (status != CLI_OK)
		return status;
	if (!out->blockwise && gcoap_msg_size(msg) + GCOAP_TOKEN_MAX > GCOAP_DATAGRAM_MAX)
		return cli_usage("%zu bytes of payload do not fit a datagram", msg->payload.len);
	memcpy(out->token, m->token, m->token_len);
	out->token_len = m->token_len;
	return CLI_OK;
}
