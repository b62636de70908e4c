/* What came of each target, for the verdict. */
#include <string.h>
#include "tool.h"

static bool is_gateways(uint8_t code)
{
	return code == GCOAP_BAD_GATEWAY || code == GCOAP_GATEWAY_TIMEOUT ||
	       code == GCOAP_NOT_PROXY || code == GCOAP_HOP_LIMIT_REACHED;
}

/* The first one is kept. */
static void refused(const struct bench *b, struct run_target *t, const struct gcoap_load_answer *a)
{
	struct gcoap_response r = { .msg = a->msg, .body = a->msg->payload, .max_age = -1 };
	uint32_t max_age;

	if (t->refusal.code != 0)
		return;
	if (gcoap_msg_uint(a->msg, GCOAP_MAX_AGE, 4, &max_age) >= 0)
		r.max_age = max_age;
	run_refusal_keep(&b->run, &t->refusal, &r);
}

static void on_answer(struct gcoap_load_sink *s, const struct gcoap_load_answer *a)
{
	struct bench_heard *h = (struct bench_heard *)s;
	struct run_target *t = &h->bench->run.tally.targets[a->request];

	t->acked = true;
	if (a->kind == GCOAP_LOAD_ANSWER && !a->warmup)
		t->answers++;
	if (a->kind == GCOAP_LOAD_REFUSAL ||
	    (is_gateways(a->code) && h->bench->run.proxy.uri != NULL))
		refused(h->bench, t, a);
	h->to->answer(h->to, a);
}

static void on_round(struct gcoap_load_sink *s, const struct gcoap_load_round *r)
{
	struct bench_heard *h = (struct bench_heard *)s;
	struct run *run = &h->bench->run;

	if (r->sent != GCOAP_NEVER && !r->warmup) {
		h->first_sent = h->sent == 0 || r->sent < h->first_sent ? r->sent : h->first_sent;
		h->last_sent = r->sent > h->last_sent ? r->sent : h->last_sent;
		h->sent++;
	}
	h->resets += r->reset;
	run->tally.targets[r->request].acked |= r->acked;
	run->tally.targets[r->request].error = r->error;
	if (r->error != 0 && r->sent == GCOAP_NEVER && run->rounds.send_error == 0) {
		const struct target *t = &run->targets[r->request];

		run->rounds.send_error = r->error;
		run->rounds.send_to = t->to;
		run->rounds.send_ifindex = t->ifindex;
	}
	h->to->round(h->to, r);
}

static void on_malformed(struct gcoap_load_sink *s, const struct gcoap_datagram *d,
			 const struct gcoap_diag *diag)
{
	struct bench_heard *h = (struct bench_heard *)s;
	struct run_tally *tally = &h->bench->run.tally;

	if (!tally->malformed) {
		tally->malformed = true;
		tally->malformed_from = d->from;
		tally->malformed_diag = *diag;
	}
	if (h->to->malformed != NULL)
		h->to->malformed(h->to, d, diag);
}

void bench_heard_init(struct bench *b)
{
	b->heard = (struct bench_heard){
		.sink = { on_answer, on_round, on_malformed },
		.to = bench_tally_sink(b->tally),
		.bench = b,
	};
}
