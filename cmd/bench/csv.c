/* --csv: a row a server, and one for all with every figure. */
#include "csv.h"

#include <stdio.h>
#include <string.h>
#include "common/cli.h"
#include "file.h"
#include "format.h"
#include "records.h"

static void put_text(struct jsonw *w, const char *text)
{
	if (!text)
		return;
	if (!text[strcspn(text, ",\"\r\n")]) {
		jsonw_raw(w, text, strlen(text));
		return;
	}
	jsonw_lit(w, "\"");
	for (; *text; text++) {
		if (*text == '"')
			jsonw_lit(w, "\"");
		jsonw_raw(w, text, 1);
	}
	jsonw_lit(w, "\"");
}

static void put_times(struct jsonw *w, const struct gcoap_histogram *h)
{
	static const double parts[] = { 0.5, 0.9, 0.99, 0.999 };

	if (!h->count) {
		jsonw_lit(w, ",,,,,,,");
		return;
	}
	jsonw_lit(w, ",");
	jsonw_ms(w, h->min, 3);
	for (size_t i = 0; i < 4; i++) {
		jsonw_lit(w, ",");
		jsonw_ms(w, gcoap_histogram_at(h, parts[i]), 3);
	}
	jsonw_lit(w, ",");
	jsonw_ms(w, h->max, 3);
	jsonw_lit(w, ",");
	jsonw_ms(w, (gcoap_time)gcoap_histogram_mean(h), 3);
}

static void put_counts(struct jsonw *w, const uint64_t *counts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		jsonw_lit(w, ",");
		jsonw_uint(w, counts[i]);
	}
}

static void put_loss(struct jsonw *w, uint64_t sent, uint64_t answered)
{
	jsonw_lit(w, ",");
	if (sent)
		records_number(w, bench_loss(sent, answered));
}

static void put_server(struct jsonw *w, const struct bench_server *v)
{
	jsonw_lit(w, "server,");
	put_text(w, v->text);
	jsonw_lit(w, ",");
	put_text(w, v->name);
	put_counts(w, (const uint64_t[]){ v->sent, v->answered }, 2);
	put_loss(w, v->sent, v->answered);
	put_counts(w, (const uint64_t[]){ v->duplicates, v->late, v->errors }, 3);
	put_times(w, &v->rtt);
}

static void put_all(struct jsonw *w, const struct bench_result *r)
{
	jsonw_lit(w, "all,,");
	put_counts(w, (const uint64_t[]){ r->expected_answers, r->answers }, 2);
	put_loss(w, r->expected_answers, r->answers);
	put_counts(w, (const uint64_t[]){ r->duplicates, r->late, r->errors }, 3);
	put_times(w, &r->each);
}

static void put_headings(struct jsonw *w, const struct bench_report *r)
{
	jsonw_lit(w, "row,server,name,sent,answered,loss,duplicates,late,errors,min_ms,p50_ms,"
		     "p90_ms,p99_ms,p999_ms,max_ms,mean_ms");
	for (size_t i = 0; i < r->n_figures; i++) {
		jsonw_lit(w, ",");
		jsonw_raw(w, r->figures[i].name, strlen(r->figures[i].name));
		jsonw_lit(w, "_");
		jsonw_raw(w, records_unit(r->figures[i].unit),
			  strlen(records_unit(r->figures[i].unit)));
	}
	jsonw_lit(w, "\r\n");
}

void bench_csv(struct jsonw *w, const struct bench_report *r)
{
	if (!r->output->no_headings)
		put_headings(w, r);
	for (size_t i = 0; i < r->result->n_servers; i++) {
		put_server(w, &r->result->servers[i]);
		for (size_t k = 0; k < r->n_figures; k++)
			jsonw_lit(w, ",");
		jsonw_lit(w, "\r\n");
	}
	put_all(w, r->result);
	for (size_t i = 0; i < r->n_figures; i++) {
		jsonw_lit(w, ",");
		if (r->figures[i].known)
			records_number(w, records_value(r->figures[i].unit, r->figures[i].value));
	}
	jsonw_lit(w, "\r\n");
}

int bench_write_csv(const struct bench_report *r, const char *path)
{
	struct bench_file f;
	struct jsonw w = { 0 };
	int status;

	bench_csv(&w, r);
	if (w.failed) {
		jsonw_clear(&w);
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	}
	status = bench_file_open(&f, "--csv", path);
	if (status == CLI_OK) {
		fwrite(w.buf, 1, w.len, f.out);
		status = bench_file_commit(&f);
	}
	jsonw_clear(&w);
	return status;
}
