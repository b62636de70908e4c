/* Counts by target between the engine and the renderer. */
#include <stdlib.h>
#include "common/cli.h"
#include "common/progress.h"
#include "get.h"

static const struct target *target_of(const struct get *g, uint32_t id)
{
	return &g->targets[(id - 1) % g->n_targets];
}

static int keep(struct get_tally *t, int r)
{
	if (r < 0 && t->broken == 0)
		t->broken = r;
	return r;
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	struct get_tally *t = (struct get_tally *)to;
	struct gcoap_sink *out = &t->get->render->sink;
	struct gcoap_request_record full = *r;

	if (out->request == NULL)
		return 0;
	if (t->get->detailed)
		get_way_out(t->get, target_of(t->get, r->id), &full.local, &full.ifindex);
	progress_hide();
	return keep(t, out->request(out, &full));
}

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct get_tally *t = (struct get_tally *)to;
	struct gcoap_sink *out = &t->get->render->sink;

	progress_hide();
	if (!r->duplicate && !r->late)
		t->answers[target_of(t->get, r->id) - t->get->targets]++;
	if (out->response == NULL)
		return 0;
	return keep(t, out->response(out, r));
}

static int on_missing(struct gcoap_sink *to, const struct gcoap_missing *m)
{
	struct get_tally *t = (struct get_tally *)to;
	struct gcoap_sink *out = &t->get->render->sink;

	return out->missing != NULL ? keep(t, out->missing(out, m)) : 0;
}

static int on_malformed(struct gcoap_sink *to, const struct gcoap_malformed *m)
{
	struct get_tally *t = (struct get_tally *)to;
	struct gcoap_sink *out = &t->get->render->sink;

	if (!t->malformed) {
		t->malformed = true;
		t->malformed_from = m->from;
		t->malformed_diag = m->diag;
	}
	return out->malformed != NULL ? keep(t, out->malformed(out, m)) : 0;
}

int get_tally_init(struct get *g)
{
	g->tally = (struct get_tally){
		.sink = { on_request, on_response, on_missing, on_malformed },
		.get = g,
		.answers = calloc(g->n_targets, sizeof(*g->tally.answers)),
	};
	if (g->tally.answers == NULL)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	return CLI_OK;
}
