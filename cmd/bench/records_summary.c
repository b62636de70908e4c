/* The summary of a run as a JSON object. */
#include <math.h>
#include <stdio.h>
#include "compare.h"
#include "records.h"

static void put_counts(struct jsonw *w, const struct bench_result *r)
{
	uint64_t ok = 0, missing = 0;

	for (unsigned c = 0x40; c < 0x60; c++)
		ok += r->codes[c];
	for (size_t i = 0; i < r->n_servers; i++)
		missing += r->servers[i].expected && !r->servers[i].answered;
	const struct {
		const char *key;
		uint64_t value;
	} counts[] = {
		{ "servers", r->n_answering },
		{ "responses", r->answers },
		{ "ok", ok },
		{ "errors", r->errors },
		{ "missing", missing },
		{ "duplicates", r->duplicates },
		{ "late", r->late },
		{ "incomplete", r->incomplete },
		{ "malformed", r->malformed },
		{ "unmatched", r->unmatched },
		{ "kernel_drops", r->kernel_drops },
		{ "bytes", r->received_bytes },
		{ "requests", r->rounds },
		{ "dropped", r->dropped },
		{ "unnamed", r->unnamed },
		{ "expected", r->n_expected },
		{ "expected_answers", r->expected_answers },
		{ "further", r->further },
		{ "refusals", r->refusals },
		{ "retransmissions", r->retransmissions },
		{ "resets", r->resets },
		{ "unreachable", r->unreachable },
		{ "mid_reused", r->mid_reused },
		{ "early_stops", r->stops },
		{ "rounds", r->rounds },
		{ "complete_rounds", r->complete_rounds },
		{ "answered_rounds", r->answered_rounds },
		{ "refused_rounds", r->refused_rounds },
		{ "unsent_rounds", r->unsent_rounds },
		{ "warmup_rounds", r->warmup_rounds },
		{ "interrupted_rounds", r->interrupted_rounds },
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		jsonw_lit(w, ",");
		jsonw_text(w, counts[i].key);
		jsonw_lit(w, ":");
		jsonw_uint(w, counts[i].value);
	}
}

static void put_throughput(struct jsonw *w, const struct bench_result *r)
{
	double seconds = (double)r->elapsed / GCOAP_SECOND, per = seconds > 0 ? 1 / seconds : NAN;

	records_key(w, "throughput");
	jsonw_lit(w, "{\"requests_per_s\":");
	records_number(w, (double)r->rounds * per);
	records_key(w, "answers_per_s");
	records_number(w, (double)r->answers * per);
	records_key(w, "sent_bits_per_s");
	records_number(w, 8 * (double)(r->sent_wire ? r->sent_wire : r->sent_bytes) * per);
	records_key(w, "received_bits_per_s");
	records_number(w,
		       8 * (double)(r->received_wire ? r->received_wire : r->received_bytes) * per);
	jsonw_lit(w, "}");
}

/* A number of bytes that is not known when it is 0. */
static void put_size(struct jsonw *w, uint64_t v)
{
	if (v)
		jsonw_uint(w, v);
	else
		jsonw_lit(w, "null");
}

static void put_wire(struct jsonw *w, const struct bench_result *r)
{
	records_key(w, "wire");
	jsonw_lit(w, "{\"sent\":");
	jsonw_uint(w, r->sent);
	records_key(w, "received");
	jsonw_uint(w, r->received);
	records_key(w, "sent_bytes");
	jsonw_uint(w, r->sent_bytes);
	records_key(w, "received_bytes");
	jsonw_uint(w, r->received_bytes);
	records_key(w, "sent_wire_bytes");
	put_size(w, r->sent_wire);
	records_key(w, "received_wire_bytes");
	if (r->sent_wire)
		jsonw_uint(w, r->received_wire); /* maybe none */
	else
		put_size(w, r->received_wire);
	records_key(w, "request_size");
	put_size(w, r->request_size);
	records_key(w, "answer_min");
	put_size(w, r->answer_min);
	records_key(w, "answer_max");
	put_size(w, r->answer_max);
	records_key(w, "answer_mean");
	put_size(w, r->answer_mean);
	jsonw_lit(w, "}");
}

static void put_leisure(struct jsonw *w, const struct bench_leisure *l)
{
	records_key(w, "leisure");
	if (!l->n) {
		jsonw_lit(w, "null");
		return;
	}
	jsonw_lit(w, "{\"answers\":");
	jsonw_uint(w, l->n);
	records_key(w, "outside");
	jsonw_uint(w, l->outside);
	records_key(w, "from_ms");
	jsonw_ms(w, l->from, 3);
	records_key(w, "window_ms");
	jsonw_ms(w, l->window, 3);
	records_key(w, "d");
	records_number(w, l->d);
	records_key(w, "p");
	records_number(w, l->p);
	records_key(w, "uniform");
	jsonw_bool(w, l->uniform);
	jsonw_lit(w, "}");
}

static void put_growth(struct jsonw *w, const struct bench_growth *g)
{
	records_key(w, "growth");
	if (!g->grows) {
		jsonw_lit(w, "null");
		return;
	}
	jsonw_lit(w, "{\"by_ms\":");
	jsonw_ms(w, g->by, 3);
	records_key(w, "slope");
	records_number(w, g->slope);
	records_key(w, "window_ms");
	jsonw_ms(w, g->window, 3);
	records_key(w, "queued");
	jsonw_bool(w, g->queued);
	records_key(w, "request_ms");
	if (g->queued)
		jsonw_ms(w, g->each, 3);
	else
		jsonw_lit(w, "null");
	jsonw_lit(w, "}");
}

static void put_codes(struct jsonw *w, const struct bench_result *r)
{
	char code[5], text[16];
	bool any = false;
	int n;

	records_key(w, "codes");
	jsonw_lit(w, "{");
	for (unsigned c = 0; c < 256; c++) {
		if (!r->codes[c])
			continue;
		n = snprintf(text, sizeof(text), "%s\"%s\":", any ? "," : "",
			     gcoap_code_format((uint8_t)c, code));
		jsonw_raw(w, text, (size_t)n);
		jsonw_uint(w, r->codes[c]);
		any = true;
	}
	jsonw_lit(w, "}");
}

static void put_figures(struct jsonw *w, const struct bench_report *r)
{
	records_key(w, "figures");
	jsonw_lit(w, "{");
	for (size_t i = 0; i < r->n_figures; i++) {
		const struct bench_figure *f = &r->figures[i];

		if (i)
			jsonw_lit(w, ",");
		jsonw_text(w, f->name);
		jsonw_lit(w, ":{\"value\":");
		records_number(w, f->known ? records_value(f->unit, f->value) : NAN);
		records_key(w, "unit");
		jsonw_text(w, records_unit(f->unit));
		records_key(w, "spread");
		records_number(w, f->known ? records_value(f->unit, f->spread) : NAN);
		records_key(w, "of");
		jsonw_text(w, f->known ? f->of : NULL);
		jsonw_lit(w, "}");
	}
	jsonw_lit(w, "}");
}

static void put_asserts(struct jsonw *w, const struct bench_report *r)
{
	records_key(w, "asserts");
	jsonw_lit(w, "[");
	for (size_t i = 0; i < r->n_asserts; i++) {
		const struct bench_assert *a = &r->asserts[i];
		const struct bench_figure *f = &a->figure;

		if (i)
			jsonw_lit(w, ",");
		jsonw_lit(w, "{\"expr\":");
		jsonw_text(w, a->expr);
		records_key(w, "ok");
		jsonw_bool(w, a->ok);
		records_key(w, "figure");
		jsonw_text(w, a->name);
		records_key(w, "value");
		records_number(w, f->known ? records_value(f->unit, f->value) : NAN);
		records_key(w, "limit");
		records_number(w, records_value(f->unit, a->limit));
		records_key(w, "unit");
		jsonw_text(w, records_unit(f->unit));
		records_key(w, "of");
		jsonw_text(w, f->known ? f->of : NULL);
		jsonw_lit(w, "}");
	}
	jsonw_lit(w, "]");
}

static void put_changes(struct jsonw *w, const struct bench_compare *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct bench_change *v = &c->list[i];

		if (i)
			jsonw_lit(w, ",");
		jsonw_lit(w, "{\"figure\":");
		jsonw_text(w, v->now->name);
		records_key(w, "unit");
		jsonw_text(w, records_unit(v->now->unit));
		records_key(w, "before");
		records_number(w, records_value(v->now->unit, v->before.value));
		records_key(w, "now");
		records_number(w, records_value(v->now->unit, v->now->value));
		records_key(w, "ratio");
		records_number(w, v->ratio);
		records_key(w, "spread");
		records_number(w, v->spread);
		records_key(w, "verdict");
		jsonw_text(w, bench_verdict_name(bench_change_verdict(v)));
		jsonw_lit(w, "}");
	}
}

static void put_compare(struct jsonw *w, const struct bench_report *r)
{
	const struct bench_compare *c = r->compare;
	char other[700];

	records_key(w, "compared_with");
	jsonw_text(w, c ? c->path : NULL);
	records_key(w, "compared_plan");
	jsonw_text(w, c && bench_compare_differs(c, r->result, other, sizeof(other)) ? other : NULL);
	records_key(w, "compare");
	jsonw_lit(w, "[");
	if (c)
		put_changes(w, c);
	jsonw_lit(w, "]");
}

void records_summary(struct render_base *b, struct jsonw *w, const struct bench_report *r)
{
	const struct bench_result *v = r->result;
	char when[32];

	jsonw_lit(w, "{\"type\":\"summary\",\"v\":1,\"tool\":\"gcoap-bench\",\"id\":");
	jsonw_text(w, v->n_targets == 1 ? "r1" : NULL);
	records_key(w, "started");
	jsonw_bytes(w, (struct gcoap_bytes){ (uint8_t *)when, render_when(b, v->started, when) });
	records_key(w, "elapsed_ms");
	jsonw_ms(w, v->elapsed, 1);
	records_key(w, "group");
	jsonw_bool(w, v->group);
	records_key(w, "via");
	jsonw_text(w, v->via);
	records_key(w, "plan");
	records_plan(w, r, v->targets, v->n_targets);
	put_counts(w, v);
	records_key(w, "rtt_ms");
	records_times(w, &v->each);
	records_key(w, "first_ms");
	records_times(w, &v->first);
	records_key(w, "last_ms");
	records_times(w, &v->last);
	records_key(w, "lag_ms");
	records_times(w, &v->lag);
	records_key(w, "hist");
	records_hist(w, r);
	put_throughput(w, v);
	put_wire(w, v);
	put_leisure(w, &v->leisure);
	put_growth(w, &v->growth);
	put_codes(w, v);
	put_figures(w, r);
	put_asserts(w, r);
	put_compare(w, r);
	records_key(w, "ended_by");
	jsonw_text(w, r->ended_by);
	records_key(w, "exit");
	jsonw_uint(w, (uint64_t)r->status);
	jsonw_lit(w, "}");
}
