/* What is held of the answers of one target. */
#include "cli.h"
#include "run.h"

/* The group of @t, or its server: through a proxy a name is only a name. */
struct gcoap_addr held_endpoint(const struct target *t)
{
	struct gcoap_addr a = t->to;

	if (t->proxy && !t->parsed.host_is_name) {
		a = t->parsed.addr;
		a.port = t->parsed.port;
	}
	return a;
}

int held_request(const struct run *run, const struct target *t, struct gcoap_msg *msg,
		 struct gcoap_uri_store *store)
{
	*msg = run->message.msg;
	store->used = 0;
	return gcoap_uri_to_options(&t->parsed, msg, store, NULL);
}

int held_target(const struct run *run, struct held *held, const struct target *t,
		bool read_only, struct gcoap_validate **out)
{
	struct gcoap_uri_store store;
	struct gcoap_msg msg;
	struct gcoap_addr addr = held_endpoint(t);
	struct gcoap_validate_config config = {
		.holder = &held->holder, .request = &msg, .registry = &run->registry,
		.group = target_many(t) ? &addr : NULL,
		.server = target_many(t) ? NULL : &addr,
		.reverse = t->reverse, .wall = gcoap_wall_offset(), .read_only = read_only,
	};
	int r = held_request(run, t, &msg, &store);

	*out = NULL;
	if (r >= 0)
		r = gcoap_validate_new(out, &config);
	if (r == GCOAP_EUNSUPPORTED)
		return cli_usage("only answers to GET and FETCH are held");
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", t->text, gcoap_strerror(r));
	return CLI_OK;
}
