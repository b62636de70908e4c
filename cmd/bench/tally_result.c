/* What was counted, as others want to see it. */
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void server_name(const struct bench_tally *t, uint32_t i, struct bench_server *out)
{
	const struct gcoap_load_server *s = NULL;
	char addr[GCOAP_ADDR_TEXT];

	if (t->load != NULL)
		s = gcoap_load_server(t->load, i);
	if (s == NULL || s->addr.family == 0) {
		snprintf(out->text, sizeof(out->text), "%s",
			 s != NULL && s->name != NULL ? s->name : "-");
		return;
	}
	snprintf(out->text, sizeof(out->text), "%s", gcoap_addr_format(&s->addr, addr));
	if (t->config.name_of != NULL)
		out->name = t->config.name_of(&s->addr);
}

static void server_fill(const struct bench_tally *t, uint32_t i, struct bench_server *out)
{
	const struct tally_sums *s = &t->sums[i];

	server_name(t, i, out);
	out->expected = t->servers[i].expected_any;
	out->sent = s->early;
	out->answered = s->answered;
	out->further = s->further;
	out->duplicates = s->duplicates;
	out->late = s->late;
	out->errors = s->errors;
	out->rtt = s->rtt;
}

/* Expected ones first, then as they were heard: place[] by number. */
static void servers_order(const struct bench_tally *t, uint32_t *place)
{
	uint32_t n = 0;

	for (int expected = 1; expected >= 0; expected--)
		for (uint32_t i = 0; i < t->n_servers; i++)
			if (t->servers[i].expected_any == expected)
				place[i] = n++;
}

static int servers_fill(struct bench_tally *t, uint32_t *place)
{
	uint32_t n = t->n_servers, n_cells = n < TALLY_CELL_SERVERS ? n : TALLY_CELL_SERVERS;
	struct tally_pair pair;
	uint32_t at = 0;

	free(t->out);
	free(t->out_cells);
	t->out = calloc(n + 1, sizeof(*t->out));
	t->out_cells = calloc((size_t)(n_cells + 1) * BENCH_CELLS, sizeof(*t->out_cells));
	if (t->out == NULL || t->out_cells == NULL)
		return GCOAP_ENOMEM;
	servers_order(t, place);
	for (uint32_t i = 0; i < n; i++) {
		server_fill(t, i, &t->out[place[i]]);
		if (i < n_cells)
			t->out[place[i]].cells = &t->out_cells[(size_t)i * BENCH_CELLS];
	}
	while (tally_known_next(&t->known, &at, &pair))
		t->out[place[pair.server]].sent += t->targets[pair.target].rounds;
	tally_cells_show(t, place);
	return 0;
}

/* Without a plan a request may have waited for one of the warm-up to be over. */
static gcoap_time started(const struct bench_tally *t)
{
	return t->config.gap == 0 && t->planned > 0 ? t->first_due : t->cells.from;
}

/* The time that the rounds stand for: what was planned for them, else what they took. */
static gcoap_time elapsed(const struct bench_tally *t, gcoap_time now)
{
	gcoap_time from = started(t), planned_end = t->last_due + t->config.gap;

	if (t->planned == 0)
		return t->sum.interrupted_rounds > 0 && now > from ? now - from : 0;
	if (t->config.gap == 0)
		return t->last_end - from;
	return (t->last_sent > planned_end ? t->last_sent : planned_end) - from;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

#define REPLY_SIZE 4 /* an empty ACK or RST */

/* What the load counted, without the warm-up's requests and answers. */
static void load_fill(const struct bench_tally *t, gcoap_time now, struct bench_result *out)
{
	struct gcoap_load_count c;
	uint64_t requests, bytes;

	if (t->load == NULL)
		return;
	gcoap_load_count(t->load, &c, now);
	requests = less(c.sent, c.replies + c.stops);
	bytes = less(c.sent_bytes, REPLY_SIZE * c.replies + c.stop_bytes);
	out->request_size = requests > 0 ? (size_t)((bytes + requests / 2) / requests) : 0;
	out->stops = less(c.stops, t->warm_stops);
	out->sent = less(c.sent, t->warm_sent + t->warm_stops);
	out->received = less(c.received, t->warm_received);
	bytes = t->warm_sent * out->request_size +
		(c.stops > 0 ? c.stop_bytes / c.stops * t->warm_stops : 0);
	out->sent_bytes = less(c.sent_bytes, bytes);
	out->received_bytes = less(c.received_bytes, t->warm_bytes);
	out->malformed = c.malformed;
	out->unmatched = c.unmatched;
	out->mid_reused = c.mid_reused;
	out->dropped += c.dropped;
}

static void targets_fill(const struct bench_tally *t, struct bench_result *out)
{
	for (size_t i = 0; i < t->config.n_requests; i++) {
		const struct tally_target *to = &t->targets[i];

		out->complete_rounds += to->complete;
		out->expected_answers += to->rounds * tally_target_servers(t, to) + to->early;
	}
}

static void group_fill(const struct bench_tally *t, struct bench_result *out)
{
	bench_growth(&t->growth, (double)t->config.gap * (double)t->config.n_requests, &out->growth);
	if (!out->growth.grows)
		bench_leisure(&out->each, &out->leisure);
}

int bench_tally_result(struct bench_tally *t, gcoap_time now, struct bench_result *out)
{
	uint32_t *place;
	int r;

	if (t->load != NULL && gcoap_load_servers(t->load) > t->n_servers &&
	    tally_server_known(t, gcoap_load_servers(t->load) - 1) < 0)
		return GCOAP_ENOMEM;
	tally_settle(t, t->n_servers);
	place = calloc(t->n_servers + 1, sizeof(*place));
	if (place == NULL)
		return GCOAP_ENOMEM;
	r = servers_fill(t, place);
	free(place);
	gcoap_histogram_clear(&t->sum.each);
	if (r >= 0)
		r = tally_each(t, &t->sum.each);
	if (r >= 0)
		r = gcoap_histogram_add(&t->sum.lag, 0, t->on_time);
	t->on_time = r >= 0 ? 0 : t->on_time;
	if (r < 0)
		return r;
	*out = t->sum;
	out->group = t->config.group;
	out->started = started(t);
	out->elapsed = elapsed(t, now);
	out->dropped = t->dropped;
	if (out->answers > 0)
		out->answer_mean = (size_t)((t->answer_bytes + out->answers / 2) / out->answers);
	targets_fill(t, out);
	load_fill(t, now, out);
	if (!out->group)
		out->first = out->last = out->each;
	else
		group_fill(t, out);
	out->servers = t->out;
	out->n_servers = t->n_servers;
	for (uint32_t i = 0; i < t->n_servers; i++) {
		out->n_expected += t->out[i].expected;
		out->n_answering += t->out[i].answered > 0;
	}
	out->n_cells = t->cells.n;
	out->cell = t->cells.width;
	out->cells = t->out_all;
	out->parts = t->cells.parts;
	out->n_parts = TALLY_PARTS;
	return 0;
}
