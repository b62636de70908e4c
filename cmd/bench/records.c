/* What a run shows, in the format that is asked for. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "csv.h"
#include "records.h"

/* A document was begun by bench_show_request(), and waits for its end. */
static bool begun;

static const char *format_of(const struct bench_report *r)
{
	const char *format = "table";

	if (r->output->quiet > 1 || output_choose(r->output, &format))
		return "";
	return format;
}

static int write_out(struct jsonw *w, FILE *out)
{
	bool failed = w->failed, written;

	written = failed || (fwrite(w->buf, 1, w->len, out) == w->len && fflush(out) == 0);
	if (!written)
		cli_output_failed(errno);
	jsonw_clear(w);
	return failed ? GCOAP_ENOMEM : written ? 0 : GCOAP_ESYSTEM;
}

static struct render_base *base_new(const struct bench_report *r, FILE *out)
{
	struct render_env env = { .args = r->output, .tool = "gcoap-bench", .out = out,
				  .tty = r->tty, .wall = r->result ? r->result->wall : 0 };

	return render_new(sizeof(struct render_base), &env);
}

static void put_request(struct render_base *b, struct jsonw *w, const struct bench_report *r,
			const struct run *run, size_t i)
{
	const struct target *t = &run->targets[i];
	const struct ask_wait *wait = &run->args->ask.wait;
	struct gcoap_addr local;
	char name[IF_NAMESIZE], id[24];
	uint32_t ifindex;
	bool way = run_way_out(run, t, &local, &ifindex);

	jsonw_lit(w, "{\"type\":\"request\",\"v\":1,\"tool\":\"gcoap-bench\"");
	record_put_when(b, w, r->result ? r->result->started : 0);
	snprintf(id, sizeof(id), "r%zu", i + 1);
	records_key(w, "id");
	jsonw_text(w, id);
	records_key(w, "method");
	jsonw_text(w, gcoap_code_name(run->message.msg.code));
	records_key(w, "uri");
	jsonw_text(w, t->uri);
	records_key(w, "group");
	if (t->group && !t->proxy)
		record_put_addr(w, &t->to);
	else
		jsonw_lit(w, "null");
	records_key(w, "interface");
	jsonw_text(w, ifindex ? if_indextoname(ifindex, name) : NULL);
	records_key(w, "local");
	if (way)
		record_put_addr(w, &local);
	else
		jsonw_lit(w, "null");
	records_key(w, "via");
	if (t->proxy)
		record_put_addr(w, &t->to);
	else
		jsonw_lit(w, "null");
	records_key(w, "dialect");
	jsonw_text(w, run->message.dialect ? run->message.dialect->name : NULL);
	records_key(w, "mtype");
	jsonw_text(w, run->args->ask.request.con ? "CON" : "NON");
	jsonw_lit(w, ",\"mid\":null,\"token\":null,\"timeout_ms\":");
	jsonw_ms(w, ask_timeout(&run->args->ask, t), 3);
	records_key(w, "expect");
	if (wait->expect)
		jsonw_uint(w, wait->expect);
	else
		jsonw_lit(w, "null");
	records_key(w, "plan");
	records_plan(w, r, &t->uri, 1);
	jsonw_lit(w, "}");
}

/* A list of all of them, in a document. */
static void put_requests(struct render_base *b, struct jsonw *w, const struct bench_report *r,
			 const struct run *run)
{
	jsonw_lit(w, "{\"request\":");
	put_request(b, w, r, run, 0);
	jsonw_lit(w, ",\n\"requests\":[");
	for (size_t i = 0; i < run->n_targets; i++) {
		if (i)
			jsonw_lit(w, ",\n");
		put_request(b, w, r, run, i);
	}
	jsonw_lit(w, "]");
}

int bench_show_request(const struct bench_report *r, const struct run *run, FILE *out)
{
	const char *format = format_of(r);
	struct render_base *b;
	struct jsonw w = { 0 };

	begun = !strcmp(format, "json");
	if (!begun && strcmp(format, "jsonl"))
		return 0;
	b = base_new(r, out);
	if (!b)
		return GCOAP_ENOMEM;
	if (begun)
		put_requests(b, &w, r, run);
	for (size_t i = 0; !begun && i < run->n_targets; i++) {
		put_request(b, &w, r, run, i);
		jsonw_lit(&w, "\n");
	}
	render_free(&b->render);
	return write_out(&w, out);
}

static void put_errors(struct jsonw *w, const struct bench_report *r, const char *between)
{
	for (size_t i = 0; i < r->n_errors; i++) {
		const struct bench_error *e = &r->errors[i];
		size_t n = 0;

		while (e->hints && e->hints[n])
			n++;
		if (i)
			jsonw_raw(w, between, strlen(between));
		record_error(w, e->code, e->what, e->hints, n);
	}
}

static void put_lines(struct render_base *b, struct jsonw *w, const struct bench_report *r)
{
	const struct bench_result *v = r->result;

	for (size_t i = 0; v && i < v->n_servers; i++) {
		records_server(w, &v->servers[i]);
		jsonw_lit(w, "\n");
	}
	for (size_t i = 0; v && i < v->n_servers; i++) {
		if (v->servers[i].expected && !v->servers[i].answered) {
			records_missing(w, r, &v->servers[i]);
			jsonw_lit(w, "\n");
		}
	}
	put_errors(w, r, "\n");
	if (r->n_errors)
		jsonw_lit(w, "\n");
	if (v) {
		records_summary(b, w, r);
		jsonw_lit(w, "\n");
	}
}

/* Behind what bench_show_request() has begun, if it has. */
static void put_document(struct render_base *b, struct jsonw *w, const struct bench_report *r)
{
	const struct bench_result *v = r->result;
	bool any = false;

	if (!begun)
		jsonw_lit(w, "{\"request\":null,\n\"requests\":[]");
	begun = false;
	jsonw_lit(w, ",\n\"servers\":[");
	for (size_t i = 0; v && i < v->n_servers; i++) {
		if (i)
			jsonw_lit(w, ",\n");
		records_server(w, &v->servers[i]);
	}
	jsonw_lit(w, "],\n\"missing\":[");
	for (size_t i = 0; v && i < v->n_servers; i++) {
		if (!v->servers[i].expected || v->servers[i].answered)
			continue;
		if (any)
			jsonw_lit(w, ",\n");
		any = true;
		records_missing(w, r, &v->servers[i]);
	}
	jsonw_lit(w, "],\n\"errors\":[");
	put_errors(w, r, ",\n");
	jsonw_lit(w, "],\n\"summary\":");
	if (v)
		records_summary(b, w, r);
	else
		jsonw_lit(w, "null");
	jsonw_lit(w, "}\n");
}

static int show_json(const struct bench_report *r, FILE *out, bool document)
{
	struct render_base *b = base_new(r, out);
	struct jsonw w = { 0 };

	if (!b)
		return GCOAP_ENOMEM;
	if (document)
		put_document(b, &w, r);
	else
		put_lines(b, &w, r);
	render_free(&b->render);
	return write_out(&w, out);
}

int bench_show_errors(const struct bench_report *r, FILE *out)
{
	const char *format = format_of(r);

	if (strcmp(format, "json") && strcmp(format, "jsonl"))
		return 0;
	return show_json(r, out, !strcmp(format, "json"));
}

int bench_show(const struct bench_report *r, FILE *out)
{
	const char *format = format_of(r);
	struct jsonw w = { 0 };

	if (!*format)
		return 0;
	if (!strcmp(format, "json") || !strcmp(format, "jsonl"))
		return show_json(r, out, !strcmp(format, "json"));
	if (strcmp(format, "csv"))
		return bench_show_table(r, out);
	bench_csv(&w, r);
	return write_out(&w, out);
}
