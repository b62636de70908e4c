/* What each answer means, and what is said at the end. */
#include "common/cli.h"
#include "etag.h"

static struct etag_target *target_of(struct etag *e, uint32_t id)
{
	size_t i = id && id <= e->run.n_asked ? e->run.asked[id - 1] : SIZE_MAX;

	return i < e->n_targets ? &e->targets[i] : NULL;
}

static int tell(struct etag *e, struct etag_target *t, uint32_t id, enum etag_means means,
		const struct gcoap_validation *found, const struct gcoap_response *r)
{
	struct validation_record v = { .id = id, .found = found, .content_format = -1,
				       .means = etag_means_name(means),
				       .uri = e->run.targets[t - e->targets].uri,
				       .several = e->n_targets > 1 && !e->own->each };
	/* the servers of --each are those of one group */
	int added = addr_set_add(t->shared ? &e->targets[0].told : &t->told, &found->server);

	if (added <= 0)
		return added;
	e->count[found->state]++;
	e->saved += found->saved;
	e->kept_tags += found->kept_tag;
	e->same_bodies += found->state == GCOAP_VALIDATE_CHANGED && found->same_body;
	if (r && r->msg->code != GCOAP_VALID) {
		v.has_body = true;
		v.body = r->body;
		v.content_format = r->content_format;
	}
	return e->run.render->validation ? e->run.render->validation(e->run.render, &v) : 0;
}

struct telling {
	struct etag *e;
	struct etag_target *t;
	uint32_t id;
	enum etag_means means;
};

static int tell_held(void *arg, const struct gcoap_validation *found)
{
	struct telling *w = arg;

	return tell(w->e, w->t, w->id, w->means, found, NULL);
}

/* A body that is broken off, or an error, tells nothing of what is held. */
static bool tells(const struct gcoap_response *r)
{
	return !r->refusal && !r->duplicate && !r->late && r->complete &&
	       GCOAP_CODE_CLASS(r->msg->code) == 2;
}

/* An error is no representation: what is held of that server stays as it was. */
static void note_failed(struct etag *e, struct etag_target *t, const struct gcoap_response *r)
{
	if (r->refusal || r->duplicate || r->late || GCOAP_CODE_CLASS(r->msg->code) < 4 ||
	    addr_set_add(t->shared ? &e->targets[0].failed : &t->failed, &r->server.addr) <= 0)
		return;
	if (!e->n_failed++) {
		e->first_failed = r->server.addr;
		e->failed_code = r->msg->code;
	}
}

static int told_to_output(struct etag *e, int r)
{
	if (r < 0 && !e->run.tally.broken)
		e->run.tally.broken = r;
	return 1;
}

/* One 2.03 for all: there is nothing more to come. */
static int tell_set(struct etag *e, struct etag_target *t, const struct gcoap_response *r)
{
	struct telling w = { e, t, r->id, ETAG_GROUP };
	uint32_t before = e->count[GCOAP_VALIDATE_FRESH];
	int err = gcoap_validate_all(t->v, r->max_age, r->at, tell_held, &w);

	t->by_set = true;
	e->by_set += e->count[GCOAP_VALIDATE_FRESH] - before;
	run_operand_over(&e->run, (size_t)(t - e->targets));
	return err;
}

int etag_answered(struct run *run, const struct gcoap_response *r)
{
	struct etag *e = (struct etag *)run;
	struct etag_target *t = target_of(e, r->id);
	struct gcoap_validation found;

	if (!t)
		return 1;
	if (!tells(r)) {
		note_failed(e, t, r);
		return 1;
	}
	if (etag_is_whole_set(e, t, r))
		return told_to_output(e, tell_set(e, t, r));
	etag_note_group_tag(e, t, r);
	if (gcoap_validate_answer(t->v, r, r->at, &found) == GCOAP_ENOTFOUND)
		found.unknown_tag = r->msg->code == GCOAP_VALID;
	if (!found.unknown_tag && !r->server.addr.family)
		return 1;
	if (found.unknown_tag) {
		t->ask_plainly = !t->asked_plainly;
		return 1;
	}
	if (found.state == GCOAP_VALIDATE_FRESH && r->msg->code != GCOAP_VALID)
		e->in_vain += r->body.len;
	/* Its own Multi-ETag is still to be sent: a 2.03 to that will tell more. */
	if (found.state == GCOAP_VALIDATE_FRESH && r->msg->code != GCOAP_VALID &&
	    t->means == ETAG_MULTI && t->next < gcoap_validate_held(t->v, NULL))
		return 1;
	return told_to_output(e, tell(e, t, r->id,
				      r->msg->code == GCOAP_VALID ? t->means : ETAG_NONE, &found,
				      r));
}

static int tell_silent(void *arg, const struct gcoap_validation *silent)
{
	struct telling *w = arg;

	/* 0: it is one of those that answered with an error */
	return addr_set_add(&w->t->failed, &silent->server) == 0 ? 0 : tell_held(arg, silent);
}

/* Expected, silent, and nothing is held of them. */
static int tell_missed(struct telling *w)
{
	int r = 0;

	for (uint32_t i = 0; i < w->t->missed.cap && r >= 0; i++) {
		struct gcoap_validation silent = { .state = GCOAP_VALIDATE_SILENT,
						   .server = w->t->missed.slots[i] };

		if (silent.server.family)
			r = tell_silent(w, &silent);
	}
	return r;
}

/* The first request to a target; each was asked before any was told of. */
static uint32_t first_id(const struct etag *e, const struct etag_target *t)
{
	size_t k = 0;

	while (k < e->run.n_asked && e->run.asked[k] != (size_t)(t - e->targets))
		k++;
	return k < e->run.n_asked ? (uint32_t)k + 1 : 1;
}

/* The servers that were not told of: fresh though nobody confirmed it, or silent. */
static int tell_rest(struct etag *e, struct etag_target *t)
{
	struct telling w = { e, t, first_id(e, t), ETAG_NONE };
	int r;

	etag_keep_group_tag(e, t);
	r = gcoap_validate_answered(t->v, tell_held, &w);
	if (r >= 0)
		r = gcoap_validate_silent(t->v, gcoap_now(), tell_silent, &w);
	return r < 0 ? r : tell_missed(&w);
}

int etag_missed(struct run *run, const struct gcoap_missing *m)
{
	struct etag *e = (struct etag *)run;
	struct etag_target *t = target_of(e, m->id);

	if (t && t->by_set && addr_set_has(&t->told, &m->server)) {
		e->not_missing++;
		return 0;
	}
	if (t)
		(void)addr_set_add(&t->missed, &m->server);
	return 1;
}

/* Servers that a Group-ETag confirmed count as if they had answered. */
void etag_count(struct run *run, struct gcoap_summary *s)
{
	const struct etag *e = (const struct etag *)run;
	uint32_t expect = run->args->ask.wait.expect;

	if (!e->by_set)
		return;
	s->servers += e->by_set;
	s->missing -= e->not_missing;
	s->expect_failed = s->missing > 0 ||
			   (expect && run->n_targets == 1 && s->servers < expect);
}

void etag_ended(struct run *run)
{
	struct etag *e = (struct etag *)run;

	for (size_t i = 0; i < e->n_targets; i++)
		if (!e->targets[i].shared)
			told_to_output(e, tell_rest(e, &e->targets[i]));
}

static void warn_tags(const struct etag *e)
{
	uint32_t shared = 0;

	for (size_t i = 0; i < e->n_targets; i++)
		if (!e->targets[i].shared)
			shared += gcoap_validate_shared_tags(e->targets[i].v);
	if (shared) {
		cli_warn("%u servers have an entity-tag that another one has, too", shared);
		cli_hint("such tags do not tell whose answer it is: --each, or --multi");
	}
	if (e->unnamed) {
		cli_note("the entity-tags of %u %s did not fit into the request", e->unnamed,
			 e->unnamed == 1 ? "server" : "servers");
		cli_hint("--multi sends further requests, --each asks one by one, -P with Group-ETag "
			 "asks for all at once");
	}
	if (e->kept_tags) {
		cli_warn("%u %s the body and kept the entity-tag", e->kept_tags,
			 e->kept_tags == 1 ? "server changed" : "servers changed");
		cli_hint("what is held of such a server cannot be trusted: RFC 7252, 5.10.6");
	}
}

static void warn_same_bodies(const struct etag *e)
{
	if (!e->same_bodies)
		return;
	cli_warn("%u %s the same body under another entity-tag", e->same_bodies,
		 e->same_bodies == 1 ? "server sent" : "servers sent");
	cli_hint("such tags save nothing: they count answers, not representations");
}

static void warn_failed(const struct etag *e)
{
	char first[GCOAP_ADDR_TEXT], code[5];
	const char *name = gcoap_code_name(e->failed_code);

	if (!e->n_failed)
		return;
	gcoap_addr_format(&e->first_failed, first);
	gcoap_code_format(e->failed_code, code);
	if (e->n_failed == 1)
		cli_warn("%s answered %s%s%s", first, code, name ? " " : "", name ? name : "");
	else
		cli_warn("%u servers answered with an error, %s with %s%s%s", e->n_failed, first, code,
			 name ? " " : "", name ? name : "");
	cli_hint("an error confirms nothing: see all of them with --json, or with gcoap-get");
}

int etag_judge(struct run *run, const struct gcoap_summary *s)
{
	struct etag *e = (struct etag *)run;
	uint32_t changed = e->count[GCOAP_VALIDATE_CHANGED];

	warn_tags(e);
	warn_same_bodies(e);
	warn_failed(e);
	if (e->held_before)
		changed += e->count[GCOAP_VALIDATE_NEW];
	return e->own->exit_code && changed ? CLI_CONDITION : CLI_OK;
}

void etag_footer(void *arg, const struct gcoap_summary *s, char *buf, size_t cap)
{
	static const enum gcoap_validate_state order[] = {
		GCOAP_VALIDATE_FRESH, GCOAP_VALIDATE_CHANGED, GCOAP_VALIDATE_NEW,
		GCOAP_VALIDATE_NO_TAG, GCOAP_VALIDATE_SILENT
	};
	const struct etag *e = arg;
	uint32_t all = 0;
	const char *before = ":";
	size_t n;

	for (int i = 0; i < 5; i++)
		all += e->count[i];
	all += e->n_failed;
	n = (size_t)snprintf(buf, cap, "%u %s", all, all == 1 ? "server" : "servers");
	for (int i = 0; i < 5; i++)
		if (e->count[order[i]]) {
			n += (size_t)snprintf(buf + n, cap - n, "%s %u %s", before,
					      e->count[order[i]],
					      gcoap_validate_state_name(order[i]));
			before = ",";
		}
	if (e->n_failed)
		n += (size_t)snprintf(buf + n, cap - n, "%s %u %s", before, e->n_failed,
				      e->n_failed == 1 ? "error" : "errors");
	n += (size_t)snprintf(buf + n, cap - n, "; %llu bytes of bodies saved",
			      (unsigned long long)e->saved);
	if (e->in_vain)
		n += (size_t)snprintf(buf + n, cap - n, ", %llu came again",
				      (unsigned long long)e->in_vain);
	snprintf(buf + n, cap - n, ", %u %s", s->requests,
		 s->requests == 1 ? "request" : "requests");
}
