/* What a person sees at the end of a run. */
#include "screen.h"

#include <errno.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "common/cli.h"
#include "common/progress.h"
#include "common/render_common.h"

#define LINE_MAX_BYTES 1024
#define INDENT 2 /* of a line that goes on */

const struct bench_figure *screen_figure(const struct screen *s, const char *name)
{
	const struct bench_figure *f =
		bench_figure_find(s->report->figures, s->report->n_figures, name);

	return f && f->known ? f : NULL;
}

/* Bytes of @text up to the last blank within @columns that does not stand between a number and
 * its unit; all of it when it fits. */
static size_t fitting(const char *text, size_t columns)
{
	size_t used = 0, at = 0, blank = 0, n;
	uint32_t cp;

	if (payload_columns(text) <= columns)
		return strlen(text);
	while (text[at] && used <= columns) {
		if (text[at] == ' ' && at && (text[at - 1] < '0' || text[at - 1] > '9'))
			blank = at;
		n = payload_utf8((const uint8_t *)text + at, strlen(text + at), &cp);
		at += n ? n : 1;
		used++;
	}
	return blank ? blank : strcspn(text, " ");
}

void screen_line(struct screen *s, const char *format, ...)
{
	char raw[LINE_MAX_BYTES], line[LINE_MAX_BYTES];
	size_t room = s->look.width ? s->look.width : SIZE_MAX, n;
	const char *at = line;
	va_list ap;

	va_start(ap, format);
	vsnprintf(raw, sizeof(raw), format, ap);
	va_end(ap);
	payload_escape(gcoap_bytes_text(raw), line, sizeof(line), true, 0, s->look.ascii);
	for (;;) {
		n = fitting(at, at == line || room <= 2 * INDENT ? room : room - INDENT);
		jsonw_raw(&s->text, at, n);
		jsonw_lit(&s->text, "\n");
		at += n + strspn(at + n, " ");
		if (!*at)
			return;
		jsonw_lit(&s->text, "  ");
	}
}

void screen_grid(struct screen *s, struct grid *g)
{
	if (!g || grid_print(g, &s->text) < 0)
		s->failed = true;
	grid_free(g);
}

static void screen_init(struct screen *s, const struct bench_report *r, FILE *out)
{
	struct render_base b = { .env = { .args = r->output, .out = out, .tty = r->tty } };

	*s = (struct screen){
		.report = r,
		.result = r->result,
		.look = {
			.width = render_width(&b),
			.ascii = r->output->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
			.colour = render_colour(&b.env),
			.no_headings = r->output->no_headings,
		},
	};
}

static int screen_write(struct screen *s, FILE *out)
{
	bool failed = s->failed || s->text.failed, written;

	if (s->report->tty)
		progress_hide();
	written = failed || (fwrite(s->text.buf, 1, s->text.len, out) == s->text.len &&
			     fflush(out) == 0);
	if (!written)
		cli_output_failed(errno);
	jsonw_clear(&s->text);
	return failed ? GCOAP_ENOMEM : written ? 0 : GCOAP_ESYSTEM;
}

int bench_show_table(const struct bench_report *r, FILE *out)
{
	struct screen s;

	screen_init(&s, r, out);
	screen_times(&s);
	screen_servers(&s);
	if (strcmp(r->output->summary, "off") != 0)
		screen_remarks(&s);
	if (r->own->hist)
		screen_hist(&s);
	if (r->compare)
		screen_compare(&s);
	return screen_write(&s, out);
}
