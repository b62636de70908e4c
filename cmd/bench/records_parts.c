#include "records.h"

#include <math.h>
#include <stdio.h>
#include "bins.h"
#include "format.h"

void records_number(struct jsonw *w, double v)
{
	char text[40];
	int n;

	if (!isfinite(v)) {
		jsonw_lit(w, "null");
		return;
	}
	n = snprintf(text, sizeof(text), "%.*g", fabs(v) < 1e9 ? 9 : 15, v);
	jsonw_raw(w, text, (size_t)n);
}

void records_times(struct jsonw *w, const struct gcoap_histogram *h)
{
	static const struct {
		const char *key;
		double part;
	} parts[] = { { ",\"median\":", 0.5 }, { ",\"p90\":", 0.9 }, { ",\"p99\":", 0.99 },
		      { ",\"p999\":", 0.999 } };

	if (!h->count) {
		jsonw_lit(w, "null");
		return;
	}
	jsonw_lit(w, "{\"min\":");
	jsonw_ms(w, h->min, 3);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		jsonw_raw(w, parts[i].key, strlen(parts[i].key));
		jsonw_ms(w, gcoap_histogram_at(h, parts[i].part), 3);
	}
	records_key(w, "max");
	jsonw_ms(w, h->max, 3);
	records_key(w, "mean");
	jsonw_ms(w, (gcoap_time)gcoap_histogram_mean(h), 3);
	jsonw_lit(w, "}");
}

double records_value(enum bench_unit unit, double v)
{
	return unit == BENCH_TIME ? v / 1e6 : v;
}

const char *records_unit(enum bench_unit unit)
{
	static const char *const names[] = {
		[BENCH_TIME] = "ms",	[BENCH_SHARE] = "share", [BENCH_COUNT] = "count",
		[BENCH_RATE] = "per_s", [BENCH_BYTES] = "bytes",
	};

	return names[unit];
}

/* 0 means that there is no such limit. */
static void put_limit(struct jsonw *w, uint32_t v)
{
	if (v)
		jsonw_uint(w, v);
	else
		jsonw_lit(w, "null");
}

void records_plan(struct jsonw *w, const struct bench_report *r, const char *const *targets,
		  size_t n)
{
	const struct bench_own *own = r->own;

	jsonw_lit(w, "{\"targets\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			jsonw_lit(w, ",");
		jsonw_text(w, targets[i]);
	}
	jsonw_lit(w, "],\"rate_per_s\":");
	records_number(w, own->gap > 0 ? 1e9 / (double)own->gap : NAN);
	records_key(w, "requests");
	put_limit(w, own->requests);
	records_key(w, "duration_ms");
	if (own->duration)
		jsonw_ms(w, own->duration, 3);
	else
		jsonw_lit(w, "null");
	records_key(w, "warmup_ms");
	jsonw_ms(w, own->warmup, 3);
	records_key(w, "clients");
	jsonw_uint(w, own->clients ? own->clients : 1);
	records_key(w, "outstanding");
	put_limit(w, own->outstanding);
	jsonw_lit(w, "}");
}

void records_server(struct jsonw *w, const struct bench_server *v)
{
	jsonw_lit(w, "{\"type\":\"server\",\"server\":");
	jsonw_text(w, v->text);
	records_key(w, "name");
	jsonw_text(w, v->name);
	records_key(w, "sent");
	jsonw_uint(w, v->sent);
	records_key(w, "answered");
	jsonw_uint(w, v->answered);
	records_key(w, "loss");
	records_number(w, v->sent ? bench_loss(v->sent, v->answered) : NAN);
	records_key(w, "duplicates");
	jsonw_uint(w, v->duplicates);
	records_key(w, "late");
	jsonw_uint(w, v->late);
	records_key(w, "errors");
	jsonw_uint(w, v->errors);
	records_key(w, "further");
	jsonw_uint(w, v->further);
	records_key(w, "expected");
	jsonw_bool(w, v->expected);
	records_key(w, "rtt_ms");
	records_times(w, &v->rtt);
	jsonw_lit(w, "}");
}

void records_missing(struct jsonw *w, const struct bench_report *r, const struct bench_server *v)
{
	jsonw_lit(w, "{\"type\":\"missing\",\"id\":");
	jsonw_text(w, r->result->n_targets == 1 ? "r1" : NULL);
	records_key(w, "server");
	jsonw_text(w, v->text);
	records_key(w, "name");
	jsonw_text(w, v->name);
	jsonw_lit(w, "}");
}

void records_hist(struct jsonw *w, const struct bench_report *r)
{
	struct bench_bin bins[BENCH_BINS];
	size_t n = r->own->hist ? bench_hist(&r->result->each, bins) : 0;

	if (!r->own->hist) {
		jsonw_lit(w, "null");
		return;
	}
	jsonw_lit(w, "[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			jsonw_lit(w, ",");
		jsonw_lit(w, "{\"from_ms\":");
		records_number(w, bins[i].from / 1e6);
		records_key(w, "to_ms");
		records_number(w, bins[i].to / 1e6);
		records_key(w, "count");
		jsonw_uint(w, bins[i].count);
		jsonw_lit(w, "}");
	}
	jsonw_lit(w, "]");
}
