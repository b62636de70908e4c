/* Counts by target between the engine and the renderer. */
#include <stdlib.h>
#include "cli.h"
#include "progress.h"
#include "run.h"

static int keep(struct run_tally *t, int r)
{
	if (r < 0 && t->broken == 0)
		t->broken = r;
	return r;
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	struct run_tally *t = (struct run_tally *)to;
	struct gcoap_sink *out = &t->run->render->sink;
	struct gcoap_request_record full = *r;

	if (out->request == NULL)
		return 0;
	if (t->run->detailed)
		run_way_out(t->run, &(struct target){ .to = r->to, .ifindex = r->ifindex },
			    &full.local, &full.ifindex);
	if (full.id <= t->run->n_asked && t->run->asked[full.id - 1] < t->run->n_targets &&
	    run_operand_joint(t->run, t->run->asked[full.id - 1]))
		full.expect = t->run->args->ask.wait.expect;
	progress_hide();
	return keep(t, out->request(out, &full));
}

static struct run_target *target_of(struct run_tally *t, uint32_t id)
{
	size_t i = id > 0 && id <= t->run->n_asked ? t->run->asked[id - 1] : SIZE_MAX;

	return i < t->run->n_targets ? &t->targets[i] : NULL;
}

/* Its refusal of a group, or of one server: codes that are of gateways only. */
static void heard_of_proxy(struct run_tally *t, const struct gcoap_response *r)
{
	struct run_target *target = target_of(t, r->id);
	uint8_t code = r->msg->code;
	bool gateway = code == GCOAP_BAD_GATEWAY || code == GCOAP_GATEWAY_TIMEOUT ||
		       code == GCOAP_NOT_PROXY || code == GCOAP_HOP_LIMIT_REACHED;
	struct run_refusal refusal;

	if (target == NULL || (!r->refusal && r->server_from != GCOAP_FROM_REQUEST))
		return;
	run_refusal_keep(t->run, &refusal, r);
	if (r->refusal || gateway || (refusal.option != NULL && code == GCOAP_BAD_REQUEST))
		target->refusal = refusal;
}

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct run_tally *t = (struct run_tally *)to;

	struct gcoap_sink *out = &t->run->render->sink;

	r = run_cache_heard(t->run, r);
	progress_hide();
	if (r->proxied)
		heard_of_proxy(t, r);
	if (!r->refusal && !r->cached && keep(t, run_operand_heard(t->run, r, true)) < 0)
		return t->broken;
	if (t->run->answered != NULL && t->run->answered(t->run, r) == 0)
		return 0;
	return out->response != NULL ? keep(t, out->response(out, r)) : 0;
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	struct run_tally *t = (struct run_tally *)to;
	struct gcoap_sink *out = &t->run->render->sink;

	progress_hide();
	if (keep(t, run_operand_heard(t->run, n->response, false)) < 0)
		return t->broken;
	if (t->run->heard != NULL && t->run->heard(t->run, n) == 0)
		return 0;
	if (out->notification != NULL && keep(t, out->notification(out, n)) < 0)
		return t->broken;
	if (t->run->shown != NULL)
		t->run->shown(t->run, n);
	return 0;
}

static int on_stale(struct gcoap_sink *to, const struct gcoap_observed *o)
{
	struct run_tally *t = (struct run_tally *)to;
	struct gcoap_sink *out = &t->run->render->sink;

	return t->run->show_stale && out->stale != NULL ? keep(t, out->stale(out, o)) : 0;
}

static int on_missing(struct gcoap_sink *to, const struct gcoap_missing *m)
{
	struct run_tally *t = (struct run_tally *)to;
	struct gcoap_sink *out = &t->run->render->sink;

	if (t->run->missed != NULL && t->run->missed(t->run, m) == 0)
		return 0;
	return out->missing != NULL ? keep(t, out->missing(out, m)) : 0;
}

static int on_malformed(struct gcoap_sink *to, const struct gcoap_malformed *m)
{
	struct run_tally *t = (struct run_tally *)to;
	struct gcoap_sink *out = &t->run->render->sink;

	if (!t->malformed) {
		t->malformed = true;
		t->malformed_from = m->from;
		t->malformed_diag = m->diag;
	}
	return out->malformed != NULL ? keep(t, out->malformed(out, m)) : 0;
}

/* What the exchange got counts for its target. */
static int on_ended(struct gcoap_sink *to, const struct gcoap_ended *e)
{
	struct run_tally *t = (struct run_tally *)to;

	struct run_target *target = target_of(t, e->id);

	run_cache_ended(t->run, e, gcoap_now());
	if (target == NULL)
		return 0;
	target->answers += e->answers;
	target->error = e->error;
	target->acked = e->acked;
	target->gone = e->gone;
	return 0;
}

int run_tally_init(struct run *run)
{
	/* Records that nobody wants are not made. */
	bool wanted = run->render->sink.response != NULL || run->targets[0].proxy != NULL ||
		      !run->targets[0].group ||
		      run->answered != NULL || run->cache.open;

	for (size_t i = 0; i < run->n_targets; i = run_operand_end(run, i))
		wanted = wanted || run_operand_joint(run, i);
	run->tally = (struct run_tally){
		.sink = { on_request, wanted ? on_response : NULL, on_missing,
			  on_malformed, on_notification, on_stale, on_ended },
		.run = run,
		.targets = calloc(run->n_targets, sizeof(*run->tally.targets)),
	};
	if (run->tally.targets == NULL)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	return CLI_OK;
}

void run_tally_clear(struct run *run)
{
	for (size_t i = 0; run->tally.targets != NULL && i < run->n_targets; i++)
		addr_set_clear(&run->tally.targets[i].servers);
	free(run->tally.targets);
}
