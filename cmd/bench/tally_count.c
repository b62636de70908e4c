/*
 * Answers wait in tally_open.c until their round is over. Then it is known whether the round
 * counts, and everything is counted in one go: what is shown while the run goes on is of whole
 * rounds, too.
 */
#include "tally.h"

static void count_other(struct bench_tally *t, const struct gcoap_load_answer *a)
{
	struct bench_result *r = &t->sum;
	struct tally_sums none = { 0 }, *s = &none;

	if (a->server != GCOAP_LOAD_UNKNOWN && a->server < t->n_servers)
		s = &t->sums[a->server];
	r->further += a->kind == GCOAP_LOAD_FURTHER;
	s->further += a->kind == GCOAP_LOAD_FURTHER;
	r->duplicates += a->kind == GCOAP_LOAD_DUPLICATE;
	s->duplicates += a->kind == GCOAP_LOAD_DUPLICATE;
	r->late += a->kind == GCOAP_LOAD_LATE;
	s->late += a->kind == GCOAP_LOAD_LATE;
}

static void add(struct bench_tally *t, struct gcoap_histogram *h, gcoap_time value)
{
	if (gcoap_histogram_add(h, value, 1) < 0)
		t->dropped++;
}

/* What is counted of an answer whether or not its round is, with what its server is to know of it,
 * @how; each of them is in its part, too, from where bench_result.each is told. */
static void count_answer(struct bench_tally *t, const struct tally_one *a, uint64_t how)
{
	struct bench_result *r = &t->sum;
	bool error = a->code >> 5 == 4 || a->code >> 5 == 5;

	r->answers++;
	r->incomplete += a->more;
	r->errors += error;
	r->codes[a->code]++;
	t->answer_bytes += a->size;
	if (a->size < r->answer_min || r->answers == 1)
		r->answer_min = a->size;
	if (a->size > r->answer_max)
		r->answer_max = a->size;
	if (a->server == GCOAP_LOAD_UNKNOWN)
		r->unnamed++;
	else
		tally_server_answer(t, a->server, a->rtt, error ? how | TALLY_ERROR : how);
}

/* One of a round that counts. */
static void count_in_cell(struct bench_tally *t, const struct tally_one *a, size_t cell,
			  bool early)
{
	uint64_t how = TALLY_IN_CELL | (early ? TALLY_EARLY : 0) | (uint64_t)cell << TALLY_CELL_AT;

	count_answer(t, a, how);
	add(t, &t->cells.parts[t->cells.at_part].each, a->rtt);
	tally_cell_count(&t->cells.all[cell], a->rtt, early);
}

/* What came of one round. */
struct came {
	uint32_t answers, expected, known; /* all, of expected servers, of those with a name */
	bool refused;
	bool early; /* others might have answered, too, had there been the time */
	gcoap_time first, last;
};

static struct came count_answers(struct bench_tally *t, const struct gcoap_load_round *r,
				 uint32_t head)
{
	struct came came = { .early = r->complete && t->targets[r->request].many };
	size_t cell = tally_cell_at(t, r->due);

	for (uint32_t i = head; i != TALLY_NONE; i = t->open.pool[i].next) {
		const struct tally_one *a = &t->open.pool[i];

		came.refused |= a->refusal;
		if (a->refusal)
			continue;
		if (came.answers == 0 || a->rtt < came.first)
			came.first = a->rtt;
		if (came.answers == 0 || a->rtt > came.last)
			came.last = a->rtt;
		came.answers++;
		count_in_cell(t, a, cell, came.early);
		if (a->server == GCOAP_LOAD_UNKNOWN)
			continue;
		tally_heard(t, a->server, r->request);
		came.known++;
		came.expected += t->servers[a->server].expected;
	}
	return came;
}

/* An answer in its time, to a request that had enough of them. */
static void count_after(struct bench_tally *t, const struct gcoap_load_answer *a,
			const struct tally_one *one)
{
	size_t cell = tally_cell_at(t, a->due);

	t->heard++;
	count_in_cell(t, one, cell, true);
	tally_part_at(t, a->due)->answers++;
	t->targets[a->request].early++;
}

/* The M bit of Block2, also where SZX 7 stands for many blocks (RFC 8323, Section 6). */
static bool has_more(const struct gcoap_msg *msg)
{
	const struct gcoap_option *o = msg != NULL ? gcoap_msg_find(msg, GCOAP_BLOCK2) : NULL;

	return o != NULL && o->value.len > 0 && (o->value.ptr[o->value.len - 1] & 8) != 0;
}

void tally_answer(struct gcoap_load_sink *sink, const struct gcoap_load_answer *a)
{
	struct bench_tally *t = (struct bench_tally *)sink;
	struct tally_one one = { .rtt = a->at - a->due, .server = a->server, .code = a->code,
				    .size = (uint32_t)a->size,
				    .refusal = a->kind == GCOAP_LOAD_REFUSAL,
				    .more = has_more(a->msg) };

	if (t->config.also != NULL)
		t->config.also->answer(t->config.also, a);
	if (a->server != GCOAP_LOAD_UNKNOWN && !one.refusal &&
	    tally_heard(t, a->server, a->request) < 0) {
		t->dropped++;
		return;
	}
	if (t->targets[a->request].many && a->due != GCOAP_NEVER &&
	    (a->kind == GCOAP_LOAD_ANSWER || a->kind == GCOAP_LOAD_LATE))
		tally_growth_answer(&t->growth, a->round, a->due - t->config.start,
				    one.rtt);
	if (a->warmup) {
		t->warm_received++;
		t->warm_bytes += a->size;
		return;
	}
	if (a->kind != GCOAP_LOAD_ANSWER && !one.refusal) {
		count_other(t, a);
		return;
	}
	if (a->over)
		count_after(t, a, &one);
	else if (tally_open_add(&t->open, a->round, &one) < 0)
		t->dropped++;
	else
		t->heard += !one.refusal;
}

static bool is_complete(const struct bench_tally *t, const struct tally_target *to,
			const struct came *came)
{
	if (!to->many)
		return came->answers > 0;
	if (t->config.expect > 0)
		return came->answers >= t->config.expect;
	if (to->expected > 0)
		return came->expected >= to->expected;
	return came->answers > 0 && came->known >= to->known;
}

static void count_round(struct bench_tally *t, const struct gcoap_load_round *r, uint32_t head)
{
	struct tally_target *to = &t->targets[r->request];
	struct came came = count_answers(t, r, head);
	struct bench_part *part = tally_part_at(t, r->due);

	t->sum.rounds++;
	t->sum.answered_rounds += came.answers > 0;
	t->sum.refused_rounds += came.refused;
	t->sum.refusals += came.refused;
	to->complete += is_complete(t, to, &came);
	part->rounds++;
	part->answers += came.answers;
	if (r->sent > r->due)
		add(t, &t->sum.lag, r->sent - r->due);
	else
		t->on_time++;
	if (r->sent > t->last_sent)
		t->last_sent = r->sent;
	if (came.early) {
		to->early += came.answers;
	} else if (!came.refused || came.answers > 0) {
		to->rounds++;
		to->answered += came.answers;
		tally_cell_round(t, tally_cell_at(t, r->due), r->request);
	}
	if (came.answers == 0 || !t->config.group)
		return;
	tally_growth_round(&t->growth, came.answers, came.last - came.first);
	add(t, &t->sum.first, came.first);
	add(t, &t->sum.last, came.last);
	add(t, &part->first, came.first);
	add(t, &part->last, came.last);
}

/* Before any round is over its answers are what there is: who answered counts as asked. */
static void count_interrupted(struct bench_tally *t, uint32_t request, uint32_t head)
{
	t->sum.interrupted_rounds++;
	for (uint32_t i = head; i != TALLY_NONE && t->sum.rounds == 0; i = t->open.pool[i].next) {
		const struct tally_one *a = &t->open.pool[i];

		if (a->refusal)
			continue;
		count_answer(t, a, TALLY_EARLY);
		add(t, &t->interrupted, a->rtt);
		t->targets[request].early++;
	}
}

void tally_round(struct gcoap_load_sink *sink, const struct gcoap_load_round *r)
{
	struct bench_tally *t = (struct bench_tally *)sink;
	struct tally_list list = tally_open_take(&t->open, r->round);

	if (t->config.also != NULL)
		t->config.also->round(t->config.also, r);
	if (r->sent == GCOAP_NEVER && r->error != 0 && t->sum.send_error == 0)
		t->sum.send_error = r->error;
	if (r->warmup) {
		t->sum.warmup_rounds++;
		t->warm_sent += r->sent != GCOAP_NEVER ? 1 + r->retransmissions : 0;
		t->warm_stops += r->stopped;
	} else if (r->interrupted) {
		count_interrupted(t, r->request, list.head);
	} else {
		t->planned++;
		if (r->due < t->first_due || t->planned == 1)
			t->first_due = r->due;
		if (r->due > t->last_due || t->planned == 1)
			t->last_due = r->due;
		if (r->ended > t->last_end)
			t->last_end = r->ended;
		t->sum.retransmissions += r->retransmissions;
		t->sum.resets += r->reset;
		t->sum.unreachable += r->sent != GCOAP_NEVER && r->error != 0;
		if (r->sent == GCOAP_NEVER)
			t->sum.unsent_rounds++;
		else
			count_round(t, r, list.head);
	}
	tally_open_free(&t->open, list);
}
