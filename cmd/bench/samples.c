/* --samples: a JSON line an answer, and one a request that is over, as they come. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "common/config.h"
#include "records.h"

#define BUFFERED (1u << 16)

/* What is the same in every line of a server: "10.77.0.2:5683","name":"kitchen" */
struct label {
	char *text;
	size_t len;
};

struct bench_samples {
	struct gcoap_load_sink sink; /* first member */
	struct render_base *base;
	const struct gcoap_load *load;
	const char *path;
	FILE *out;
	struct jsonw w;
	struct label *labels;
	uint32_t n_labels;
	int error; /* errno of the first write that failed */
};

static void drain(struct bench_samples *s)
{
	if (s->w.failed && !s->error)
		s->error = ENOMEM;
	if (s->w.len && fwrite(s->w.buf, 1, s->w.len, s->out) != s->w.len && !s->error)
		s->error = errno;
	s->w.len = 0;
}

static void label_make(struct bench_samples *s, uint32_t i, struct label *out)
{
	const struct gcoap_load_server *v = s->load ? gcoap_load_server(s->load, i) : NULL;
	const char *name = NULL;
	char addr[GCOAP_ADDR_TEXT];
	struct jsonw w = { 0 };

	if (v && v->addr.family)
		name = config_name_of(&v->addr);
	jsonw_text(&w, !v ? NULL : v->addr.family ? gcoap_addr_format(&v->addr, addr) : v->name);
	records_key(&w, "name");
	jsonw_text(&w, name);
	if (w.failed)
		jsonw_clear(&w);
	out->text = w.buf;
	out->len = w.len;
}

/* NULL: not known, or no memory. */
static const struct label *label_of(struct bench_samples *s, uint32_t i)
{
	uint32_t n = s->n_labels ? s->n_labels : 16;
	struct label *labels;

	if (i == GCOAP_LOAD_UNKNOWN)
		return NULL;
	if (i >= s->n_labels) {
		while (n <= i)
			n *= 2;
		labels = realloc(s->labels, n * sizeof(*labels));
		if (!labels)
			return NULL;
		memset(labels + s->n_labels, 0, (n - s->n_labels) * sizeof(*labels));
		s->labels = labels;
		s->n_labels = n;
	}
	if (!s->labels[i].text)
		label_make(s, i, &s->labels[i]);
	return s->labels[i].text ? &s->labels[i] : NULL;
}

/* null: it is not known any more. */
static void put_due(struct bench_samples *s, gcoap_time due)
{
	char when[32];
	size_t n;

	records_key(&s->w, "due");
	if (due == GCOAP_NEVER) {
		jsonw_lit(&s->w, "null");
		return;
	}
	n = render_when(s->base, due, when);
	jsonw_lit(&s->w, "\"");
	jsonw_raw(&s->w, when, n);
	jsonw_lit(&s->w, "\"");
}

/* From the planned time; null when there was none, or when either is not known. */
static void put_since(struct jsonw *w, gcoap_time at, gcoap_time due)
{
	if (at == GCOAP_NEVER || due == GCOAP_NEVER)
		jsonw_lit(w, "null");
	else
		jsonw_ms(w, at - due, 3);
}

static void put_common(struct bench_samples *s, uint32_t client, uint32_t request, bool warmup)
{
	records_key(&s->w, "client");
	jsonw_uint(&s->w, client);
	records_key(&s->w, "target");
	jsonw_uint(&s->w, request);
	records_key(&s->w, "warmup");
	jsonw_bool(&s->w, warmup);
	jsonw_lit(&s->w, "}\n");
	if (s->w.len >= BUFFERED)
		drain(s);
}

static void on_answer(struct gcoap_load_sink *to, const struct gcoap_load_answer *a)
{
	static const char *const kinds[] = {
		[GCOAP_LOAD_ANSWER] = "answer",	      [GCOAP_LOAD_FURTHER] = "further",
		[GCOAP_LOAD_DUPLICATE] = "duplicate", [GCOAP_LOAD_LATE] = "late",
		[GCOAP_LOAD_REFUSAL] = "refusal",
	};
	struct bench_samples *s = (struct bench_samples *)to;
	const struct label *label = label_of(s, a->server);
	char code[5];

	jsonw_lit(&s->w, "{\"type\":\"sample\",\"round\":");
	jsonw_uint(&s->w, a->round);
	records_key(&s->w, "server");
	if (label)
		jsonw_raw(&s->w, label->text, label->len);
	else
		jsonw_lit(&s->w, "null,\"name\":null");
	put_due(s, a->due);
	records_key(&s->w, "rtt_ms");
	put_since(&s->w, a->at, a->due);
	records_key(&s->w, "sent_late_ms");
	put_since(&s->w, a->sent, a->due);
	jsonw_lit(&s->w, ",\"code\":\"");
	jsonw_raw(&s->w, gcoap_code_format(a->code, code), 4);
	jsonw_lit(&s->w, "\",\"bytes\":");
	jsonw_uint(&s->w, a->size);
	jsonw_lit(&s->w, ",\"kind\":\"");
	jsonw_raw(&s->w, kinds[a->kind], strlen(kinds[a->kind]));
	jsonw_lit(&s->w, "\"");
	put_common(s, a->client, a->request, a->warmup);
}

static void on_round(struct gcoap_load_sink *to, const struct gcoap_load_round *r)
{
	struct bench_samples *s = (struct bench_samples *)to;

	jsonw_lit(&s->w, "{\"type\":\"round\",\"round\":");
	jsonw_uint(&s->w, r->round);
	put_due(s, r->due);
	records_key(&s->w, "sent_late_ms");
	put_since(&s->w, r->sent, r->due);
	records_key(&s->w, "first_ms");
	put_since(&s->w, r->first, r->due);
	records_key(&s->w, "last_ms");
	put_since(&s->w, r->last, r->due);
	records_key(&s->w, "answered");
	jsonw_uint(&s->w, r->answered);
	records_key(&s->w, "complete");
	jsonw_bool(&s->w, r->complete);
	records_key(&s->w, "interrupted");
	jsonw_bool(&s->w, r->interrupted);
	records_key(&s->w, "error");
	jsonw_text(&s->w, r->error ? strerror(r->error) : NULL);
	put_common(s, r->client, r->request, r->warmup);
}

int bench_samples_open(struct bench_samples **out, const char *path, const struct run *run,
		       gcoap_time wall)
{
	struct render_env env = { .args = &run->args->output, .wall = wall };
	struct bench_samples *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (!s)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	s->path = path;
	s->sink = (struct gcoap_load_sink){ on_answer, on_round, NULL };
	s->out = strcmp(path, "-") ? fopen(path, "we") : stdout;
	if (!s->out) {
		int error = errno;

		free(s);
		return cli_file_error("--samples", path, error);
	}
	env.out = s->out;
	s->base = render_new(sizeof(*s->base), &env);
	if (!s->base) {
		if (s->out != stdout)
			fclose(s->out);
		free(s);
		return CLI_LOCAL;
	}
	s->base->time = TIME_ISO;
	*out = s;
	return CLI_OK;
}

struct gcoap_load_sink *bench_samples_sink(struct bench_samples *s)
{
	return &s->sink;
}

void bench_samples_load(struct bench_samples *s, const struct gcoap_load *load)
{
	s->load = load;
}

int bench_samples_close(struct bench_samples **s)
{
	struct bench_samples *p = *s;
	int status = CLI_OK;

	*s = NULL;
	if (!p)
		return CLI_OK;
	drain(p);
	if ((p->out == stdout ? fflush(p->out) : fclose(p->out)) != 0 && !p->error)
		p->error = errno;
	if (p->error && p->out == stdout)
		cli_output_failed(p->error);
	else if (p->error)
		status = cli_file_error("--samples", p->path, p->error);
	for (uint32_t i = 0; i < p->n_labels; i++)
		free(p->labels[i].text);
	free(p->labels);
	jsonw_clear(&p->w);
	render_free(&p->base->render);
	free(p);
	return status;
}
