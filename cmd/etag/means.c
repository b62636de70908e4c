/* Validators: which, and in which requests. */
#include "common/cli.h"
#include "etag.h"

#define OPTIONS_ROOM 8 /* options of a request that are not validators, at most */

const char *etag_means_name(enum etag_means m)
{
	static const char *const names[] = { NULL, "multi-etag", "etag", "group-etag", "unicast" };

	return names[m];
}

static const struct gcoap_dialect *dialect(const struct etag *e)
{
	return e->run.message.dialect;
}

static int check(const struct etag *e)
{
	const struct etag_own *o = e->own;
	bool proxied = ask_proxy_wanted(&e->run.args->ask) ||
		       ask_reverse_wanted(&e->run.args->ask);

	if (o->multi + o->plain + o->group + o->each > 1)
		return cli_usage("--multi, --plain, --group and --each exclude each other");
	if (o->multi && !dialect(e)->multi_etag) {
		cli_warn("--multi is not of dialect %s", dialect(e)->name);
		cli_hint("there ETag goes into the group request: --plain");
		return CLI_USAGE;
	}
	if (o->plain && !dialect(e)->etag_in_group) {
		cli_warn("--plain is not of dialect %s: RFC 7252, 8.2.1 forbids ETag to a group",
			 dialect(e)->name);
		cli_hint("--multi, or --dialect ietf");
		return CLI_USAGE;
	}
	if (o->group && !proxied) {
		cli_warn("--group needs a proxy: a Group-ETag names what a proxy's cache holds");
		cli_hint("-P URI names one");
		return CLI_USAGE;
	}
	if (o->max_request < 64 || o->max_request > 65507)
		return cli_usage("--max-request %u: want 64 to 65507", o->max_request);
	return CLI_OK;
}

static enum etag_means means_of(struct etag *e, size_t i)
{
	const struct target *t = &e->run.targets[i];
	struct etag_target *own = &e->targets[i];
	uint32_t tagged;

	gcoap_validate_held(own->v, &tagged);
	if (!target_many(t) || own->shared)
		return tagged ? ETAG_UNICAST : ETAG_NONE;
	if (e->own->group ||
	    ((t->proxy || t->reverse) && !e->own->multi && !e->own->plain))
		return etag_group_tag(e, own) > 0 ? ETAG_GROUP : ETAG_NONE;
	if (!tagged)
		return ETAG_NONE;
	return dialect(e)->multi_etag ? ETAG_MULTI : ETAG_PLAIN;
}

int etag_choose(struct etag *e)
{
	int status = check(e);

	for (size_t i = 0; i < e->n_targets && status == CLI_OK; i++)
		e->targets[i].means = means_of(e, i);
	return status;
}

int etag_prepare(struct run *run, struct gcoap_ask *ask)
{
	struct etag *e = (struct etag *)run;
	struct etag_target *t = &e->targets[run->asking];
	struct gcoap_validators store = { e->values, sizeof(e->values), 0 };
	const struct target *target = &run->targets[run->asking];
	struct gcoap_addr server = held_endpoint(target);
	uint32_t held;
	int r = 0;

	e->msg = *ask->request;
	if (t->ask_plainly) {
		t->ask_plainly = false;
		t->asked_plainly = true;
		return CLI_OK;
	}
	switch (t->means) {
	case ETAG_NONE:
		break;
	case ETAG_MULTI:
		r = gcoap_validate_multi_etag(t->v, &e->msg, &t->next, e->own->max_request,
					      GCOAP_OPTIONS_MAX - OPTIONS_ROOM, &store);
		/* Every further request draws every answer again: only when told to. */
		held = gcoap_validate_held(t->v, NULL);
		if (!e->own->multi && t->next < held) {
			e->unnamed += held - t->next;
			t->next = held;
		}
		break;
	case ETAG_PLAIN:
		r = gcoap_validate_etag(t->v, &e->msg, 8, &store); /* P4 of common limits */
		break;
	case ETAG_GROUP:
		r = etag_add_group_tag(e, t, &e->msg);
		break;
	case ETAG_UNICAST:
		r = gcoap_validate_one(t->v, ask->server ? &ask->server->addr : &server, &e->msg,
				       &store);
		break;
	}
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", target->text, gcoap_strerror(r));
	ask->request = &e->msg;
	return CLI_OK;
}

/* Is there another request to be sent for @t in this round? */
static bool more(const struct etag_target *t)
{
	if (t->ask_plainly)
		return true;
	return t->means == ETAG_MULTI && t->next && t->next < gcoap_validate_held(t->v, NULL);
}

int etag_next(struct run *run, gcoap_time now)
{
	struct etag *e = (struct etag *)run;
	int asked = 0;

	for (size_t i = 0; i < e->n_targets; i++)
		if (more(&e->targets[i]) && run_ask_one(run, &run->targets[i], now) == CLI_OK)
			asked = 1;
	return asked;
}
