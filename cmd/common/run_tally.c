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
	progress_hide();
	return keep(t, out->request(out, &full));
}

/* One more answer to the target of this exchange. */
static void count(struct run_tally *t, uint32_t id)
{
	if (id <= t->run->n_asked && t->run->asked[id - 1] < t->run->n_targets)
		t->answers[t->run->asked[id - 1]]++;
}

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct run_tally *t = (struct run_tally *)to;
	struct gcoap_sink *out = &t->run->render->sink;

	progress_hide();
	if (!r->duplicate && !r->late)
		count(t, r->id);
	if (out->response == NULL)
		return 0;
	return keep(t, out->response(out, r));
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	struct run_tally *t = (struct run_tally *)to;
	struct gcoap_sink *out = &t->run->render->sink;

	progress_hide();
	count(t, n->response->id);
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

int run_tally_init(struct run *run)
{
	run->tally = (struct run_tally){
		.sink = { on_request, on_response, on_missing, on_malformed, on_notification,
			  on_stale },
		.run = run,
		.answers = calloc(run->n_targets, sizeof(*run->tally.answers)),
	};
	if (run->tally.answers == NULL)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	return CLI_OK;
}
