/* All of one server, and the help. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <gcoap/format.h>
#include "live_view.h"

#define TEXT_AT 17

struct page {
	const struct live_paint *p;
	bool ascii;
	int y;
};

static void line(struct page *page, enum live_look look, const char *name, const char *text)
{
	if (page->y >= page->p->height - 1)
		return;
	live_put(page->p, page->y, 2, LIVE_HEADING, TEXT_AT - 2, page->ascii, name);
	live_put(page->p, page->y, TEXT_AT, look, page->p->width, page->ascii, text);
	page->y++;
}

/* A value of several lines' width is folded. */
static void value_lines(struct page *page, const char *value)
{
	int width = page->p->width - TEXT_AT;
	char part[LIVE_VALUE];
	const char *name = "value";
	size_t n;

	while (width > 0 && page->y < page->p->height - 1) {
		size_t end = 0, columns = 0;

		for (n = 0; value[n] != '\0' && columns <= (size_t)width; n++) {
			if (((uint8_t)value[n] & 0xc0) == 0x80)
				continue;
			end = n; /* a character begins here: all before it fits */
			memcpy(part, value, n);
			part[n] = '\0';
			columns = payload_columns(part) + 1;
		}
		if (value[n] == '\0')
			end = n;
		memcpy(part, value, end);
		part[end] = '\0';
		line(page, LIVE_PLAIN, name, part);
		value += end;
		name = "";
		if (*value == '\0' || end == 0)
			return;
	}
}

static void state_line(struct page *page, const struct live_row *r, gcoap_time now)
{
	bool stale = live_row_stale(r, now);
	int64_t max_age = r->is.max_age >= 0 ? r->is.max_age : 60;
	gcoap_time left = max_age * GCOAP_SECOND - live_row_age(r, now);
	char text[80], duration[16];

	if (r->is.state != GCOAP_OBSERVED_ACTIVE) {
		line(page, LIVE_PLAIN, "state", gcoap_observed_state_name(r->is.state));
		return;
	}
	live_duration(stale ? -left : left, duration);
	snprintf(text, sizeof(text), "%s, %s %s", gcoap_observed_state_name(r->is.state),
		 stale ? "stale for" : "fresh for", duration);
	line(page, stale ? LIVE_ALERT : LIVE_PLAIN, "state", text);
}

static void answer_lines(struct page *page, const struct live_row *r, gcoap_time now)
{
	const struct gcoap_format_info *f = NULL;
	const char *reason = gcoap_code_name(r->is.code);
	char text[160], code[5];

	if (r->is.code == 0)
		return;
	value_lines(page, r->value);
	snprintf(text, sizeof(text), "%s %s", gcoap_code_format(r->is.code, code),
		 reason != NULL ? reason : "");
	line(page, LIVE_PLAIN, "code", text);
	if (r->is.content_format >= 0)
		f = gcoap_format_find((uint32_t)r->is.content_format);
	if (f != NULL)
		snprintf(text, sizeof(text), "%s, %zu bytes", f->name, r->is.body_len);
	else if (r->is.content_format >= 0)
		snprintf(text, sizeof(text), "%d, %zu bytes", (int)r->is.content_format,
			 r->is.body_len);
	else
		snprintf(text, sizeof(text), "not given, %zu bytes", r->is.body_len);
	line(page, LIVE_PLAIN, "format", text);
	live_duration(live_row_age(r, now), text);
	line(page, LIVE_PLAIN, "age", text);
	if (r->is.max_age >= 0)
		snprintf(text, sizeof(text), "%" PRId64 " s", r->is.max_age);
	else
		snprintf(text, sizeof(text), "60 s, as none was given");
	line(page, LIVE_PLAIN, "Max-Age", text);
	snprintf(text, sizeof(text), r->is.value >= 0 ? "%d" : "none", (int)r->is.value);
	line(page, LIVE_PLAIN, "Observe", text);
}

static void count_lines(struct page *page, const struct live_row *r)
{
	const struct gcoap_observed *o = &r->is;
	char text[200], rate[16];

	live_rate_text(r, rate);
	snprintf(text, sizeof(text), "%u, %u of them changes, %s", o->n, o->changes, rate);
	line(page, LIVE_PLAIN, "notifications", text);
	if (o->lost >= 0)
		snprintf(text, sizeof(text), "%" PRId64, o->lost);
	else
		snprintf(text, sizeof(text), "not known: it does not count by one");
	line(page, LIVE_PLAIN, "lost", text);
	snprintf(text, sizeof(text), "%u reordered, %u duplicates, %u restarts, %u flooded",
		 o->reordered, o->duplicates, o->restarts, o->flooded);
	line(page, LIVE_PLAIN, "besides", text);
}

static void minute_lines(struct page *page, const struct live_model *m, const struct live_row *r,
			 gcoap_time now)
{
	char spark[LIVE_SECONDS * 4 + 1], text[80];
	int width = page->p->width - TEXT_AT;
	uint32_t second = live_second(m, now);
	unsigned blank;
	double min, max;

	if (width < 1)
		return;
	live_spark(r, second, width < LIVE_SECONDS ? (unsigned)width : LIVE_SECONDS, m->ascii,
		   spark, sizeof(spark), &blank);
	line(page, LIVE_PLAIN, "last 60 s", spark);
	if (!live_spark_range(r, second, &min, &max))
		return;
	snprintf(text, sizeof(text), "%.7g to %.7g", min, max);
	line(page, LIVE_PLAIN, "range", text);
}

void live_draw_details(struct live_ui *ui, const struct live_model *m, gcoap_time now,
		       const struct live_paint *p)
{
	const struct live_row *r = &m->rows[ui->selected < m->n ? ui->selected : 0];
	struct page page = { p, m->ascii, 1 };
	char endpoint[GCOAP_ADDR_TEXT];

	ui->page = 1;
	live_put(p, page.y++, 0, LIVE_MARKED, p->width, m->ascii, r->label);
	line(&page, LIVE_PLAIN, "endpoint", gcoap_addr_format(&r->is.server, endpoint));
	if (r->is.id > 0 && r->is.id <= m->n_requests)
		line(&page, LIVE_PLAIN, "request", m->requests[r->is.id - 1].uri);
	state_line(&page, r, now);
	answer_lines(&page, r, now);
	count_lines(&page, r);
	minute_lines(&page, m, r, now);
}

void live_draw_help(const struct live_paint *p, bool ascii)
{
	static const char *const rows[][2] = {
		{ "q", "quit: tell the servers, print the summary" },
		{ "p", "pause the screen, not the observation" },
		{ "s", "sort by server, value, age, rate, gaps" },
		{ "d", "view: values, last 60 s, one server" },
		{ "up down", "select a server" },
		{ "PgUp PgDn", "a page; Home, End: first, last" },
		{ "h ?", "this help; any key leaves it" },
		{ "", "" },
		{ "AGE", "! stale: older than its Max-Age" },
		{ "", "x ended by the server" },
		{ "", "= not observable: one answer only" },
		{ "GAPS", "lost, ~reordered, ^restarts" },
		{ "", "- its sequence does not count by one" },
		{ "LAST 60 s", "numbers between their least and" },
		{ "", "greatest; else a mark for what came:" },
		{ "", NULL },
	};

	for (int i = 0; i < (int)(sizeof(rows) / sizeof(*rows)) && i + 2 < p->height - 1; i++) {
		const char *text = rows[i][1] != NULL ? rows[i][1] :
				   ascii ? "o changed, . the same" : "● changed, · the same";

		live_put(p, i + 2, 0, LIVE_HEADING, 10, ascii, rows[i][0]);
		live_put(p, i + 2, 11, LIVE_PLAIN, p->width, ascii, text);
	}
}
