/* --cache: fresh answers of before beside the new ones (RFC 7252, Sections 5.6 and 8.2.1). */
#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "run.h"

#define ROW(type, member) type, offsetof(struct run_cache_args, member)

const struct opt run_cache_opts[] = {
	{ 0, "cache", NULL, "keep answers, and show fresh ones of servers that do not answer now",
	  ROW(OPT_FLAG, cache) },
	{ 0, "cache-only", NULL, "send nothing: show what is fresh", ROW(OPT_FLAG, only) },
	{ 0, "no-store", NULL, "with --cache: keep nothing new", ROW(OPT_FLAG, no_store) },
	{ 0 },
};

static bool wanted(const struct run *run)
{
	return run->args->cache.cache || run->args->cache.only;
}

int run_cache_open(struct run *run)
{
	struct run_cache *c = &run->cache;
	int status;

	if (!wanted(run)) {
		if (run->args->cache.no_store)
			return cli_usage("--no-store goes with --cache");
		return CLI_OK;
	}
	if (run->args->cache.only && opt_given("expect-from"))
		return cli_usage("--cache-only asks nobody: --expect-from goes with --cache");
	status = held_open(&c->held, NULL);
	if (status != CLI_OK)
		return status;
	c->open = true;
	c->of = calloc(run->n_targets, sizeof(struct gcoap_validate *));
	c->n = run->n_targets;
	return c->of != NULL ? CLI_OK : cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
}

int run_cache_close(struct run *run)
{
	struct run_cache *c = &run->cache;

	for (size_t i = 0; c->of != NULL && i < c->n; i++)
		gcoap_validate_free(&c->of[i]);
	free(c->of);
	c->of = NULL;
	if (!c->open)
		return CLI_OK;
	c->open = false;
	return held_close(&c->held);
}

struct giving {
	struct run *run;
	const struct target *target;
	size_t index;
	uint32_t id, n;
	gcoap_time now;
};

static int64_t uint_option(const struct gcoap_msg *m, uint16_t number, size_t max)
{
	uint32_t v;

	return gcoap_msg_uint(m, number, max, &v) < 0 ? -1 : (int64_t)v;
}

/* Code, options and body of what is held, in the place of those that came. */
static void use_held(struct gcoap_response *r, const struct gcoap_validation *held)
{
	const struct gcoap_option *etag = gcoap_msg_find(&held->held, GCOAP_ETAG);

	r->msg = &held->held;
	r->body = held->held.payload;
	r->blocks = 1;
	r->complete = true;
	r->content_format = (int32_t)uint_option(&held->held, GCOAP_CONTENT_FORMAT, 2);
	r->max_age = uint_option(&held->held, GCOAP_MAX_AGE, 4);
	r->etag = etag != NULL ? etag->value : (struct gcoap_bytes){ 0 };
	r->cached = true;
	r->age = held->age;
}

static int give(void *arg, const struct gcoap_validation *held)
{
	struct giving *g = arg;
	struct run_tally *t = &g->run->tally;
	struct gcoap_response r = { .id = g->id, .at = g->now, .server = { .addr = held->server },
				    .server_from = GCOAP_FROM_SOURCE, .from = held->server,
				    .rtt = -1, .nth = 1 };
	char uri[GCOAP_URI_MAX + GCOAP_ADDR_TEXT];
	struct gcoap_uri_store store;
	struct gcoap_msg msg;

	use_held(&r, held);
	if (held_request(g->run, g->target, &msg, &store) < 0 ||
	    gcoap_uri_from_options(&msg, &held->server, uri, sizeof(uri)) < 0)
		uri[0] = '\0';
	r.uri = uri;
	g->n++;
	g->run->cache.shown++;
	g->run->cache.ok += GCOAP_CODE_CLASS(r.msg->code) == 2;
	g->run->cache.bytes += r.body.len;
	t->targets[g->index].answers++;
	return t->sink.response != NULL ? t->sink.response(&t->sink, &r) : 0;
}

/* Show what is fresh of target @i: how many; negative is an error that was noted. */
static int show_fresh(struct run *run, size_t i, uint32_t id, gcoap_time now)
{
	struct giving g = { run, &run->targets[i], i, id, 0, now };
	int r = gcoap_validate_fresh(run->cache.of[i], now, give, &g);

	if (r < 0 && run->tally.broken == 0)
		run->tally.broken = r;
	return r < 0 ? r : (int)g.n;
}

int run_cache_ask(struct run *run, size_t i, gcoap_time now)
{
	struct run_cache *c = &run->cache;
	int status, n;

	if (!c->open)
		return CLI_OK;
	gcoap_validate_free(&c->of[i]);
	status = held_target(run, &c->held, &run->targets[i], run->args->cache.no_store, &c->of[i]);
	if (status != CLI_OK)
		return status;
	if (!run->args->cache.only && target_many(&run->targets[i]))
		return CLI_OK;
	n = show_fresh(run, i, 0, now);
	return n > 0 || run->args->cache.only ? RUN_ANSWERED : CLI_OK;
}

int run_cache_validate(struct run *run, size_t i, struct gcoap_ask *ask)
{
	struct run_cache *c = &run->cache;
	struct gcoap_validators store = { c->values, sizeof(c->values), 0 };
	struct gcoap_addr server = held_endpoint(&run->targets[i]);
	int r;

	if (!c->open || ask->group || ask->proxied)
		return 0;
	c->msg = *ask->request;
	r = gcoap_validate_one(c->of[i], &server, &c->msg, &store);
	if (r > 0)
		ask->request = &c->msg;
	return r;
}

const struct gcoap_response *run_cache_heard(struct run *run, const struct gcoap_response *r)
{
	struct run_cache *c = &run->cache;
	size_t i = r->id > 0 && r->id <= run->n_asked ? run->asked[r->id - 1] : SIZE_MAX;

	if (!c->open || i >= c->n || r->cached || r->refusal || r->duplicate || r->late)
		return r;
	if (gcoap_validate_answer(c->of[i], r, r->at, &c->found) < 0 && !c->found.has_held)
		return r;
	if (r->msg->code != GCOAP_VALID || !c->found.has_held)
		return r;
	c->response = *r;
	c->found.held.type = r->msg->type;
	c->found.held.mid = r->msg->mid;
	use_held(&c->response, &c->found);
	c->response.max_age = r->max_age;
	c->response.age = 0;
	return &c->response;
}

void run_cache_ended(struct run *run, const struct gcoap_ended *e, gcoap_time now)
{
	size_t i = e->id > 0 && e->id <= run->n_asked ? run->asked[e->id - 1] : SIZE_MAX;

	if (run->cache.open && i < run->cache.n && target_many(&run->targets[i]))
		show_fresh(run, i, e->id, now);
}

void run_cache_count(const struct run *run, struct gcoap_summary *s)
{
	const struct run_cache *c = &run->cache;
	uint32_t expect = run->args->ask.wait.expect;

	if (c->open && s->requests == 0 && s->ended_by == GCOAP_ENDED_NOT)
		s->ended_by = GCOAP_ENDED_CACHE;
	s->cached = c->shown;
	s->servers += c->shown;
	s->responses += c->shown;
	s->ok += c->ok;
	s->errors += c->shown - c->ok;
	s->bytes += c->bytes;
	/* what is held of a server counts as its answer */
	if (c->open && run->n_targets == 1 && expect > 0 && s->missing == 0)
		s->expect_failed = s->servers < expect;
}
