/* The list: title, headings, a line per server, the sums below. */
#include <stdio.h>
#include <string.h>
#include "live_view.h"

#define LINES_AROUND 3 /* title, headings, sums */

static int page_of(const struct live_paint *p)
{
	return p->height > LINES_AROUND ? p->height - LINES_AROUND : 1;
}

static void draw_title(const struct live_ui *ui, const struct live_paint *p, bool ascii)
{
	const char *keys = "(q quit, p pause, s sort, d view)";
	int title = (int)payload_columns(ui->title), room;

	if (p->width < title + 2 + (int)strlen(keys))
		keys = "(h help)";
	room = p->width - 2 - (int)strlen(keys);
	live_put(p, 0, 0, LIVE_HEADING, room, ascii, ui->title);
	if (room > 8)
		live_put(p, 0, room + 2, LIVE_PLAIN, (int)strlen(keys), ascii, keys);
}

static int digits(uint32_t v)
{
	int n = 1;

	while (v >= 10) {
		v /= 10;
		n++;
	}
	return n;
}

/* How wide the contents are: names of all, values of those on the screen. */
static struct live_layout measure(struct live_ui *ui, const struct live_model *m, int width)
{
	int content[LIVE_COLUMNS] = { 6, 5, 6, 2, 5, 4, 0 };
	char text[LIVE_LABEL + LIVE_PATH];
	size_t columns;

	for (uint32_t i = ui->top; i < m->n && i < ui->top + (uint32_t)ui->page; i++) {
		const struct live_row *r = &m->rows[m->order[i]];

		columns = payload_columns(r->value);
		if (columns > ui->value_columns)
			ui->value_columns = columns;
		if (digits(r->is.n) > content[LIVE_N])
			content[LIVE_N] = digits(r->is.n);
		live_gaps_text(r, text);
		if ((int)strlen(text) > content[LIVE_GAPS])
			content[LIVE_GAPS] = (int)strlen(text);
		live_row_name(m, r, text, sizeof(text));
		columns = payload_columns(text);
		if ((int)columns > content[LIVE_SERVER])
			content[LIVE_SERVER] = (int)columns;
	}
	if ((int)m->label_columns > content[LIVE_SERVER])
		content[LIVE_SERVER] = (int)m->label_columns;
	if ((int)ui->value_columns > content[LIVE_VALUE_COLUMN])
		content[LIVE_VALUE_COLUMN] = (int)ui->value_columns;
	return live_layout(ui->mode, width, content);
}

static void draw_headings(const struct live_model *m, const struct live_layout *l,
			  const struct live_paint *p)
{
	static const char *const names[LIVE_COLUMNS] = {
		"SERVER", "VALUE", "AGE", "N", "RATE", "GAPS", "LAST 60 s"
	};
	static const int sorted[LIVE_SORTS] = {
		LIVE_SERVER, LIVE_VALUE_COLUMN, LIVE_AGE, LIVE_RATE, LIVE_GAPS
	};

	for (int i = 0; i < LIVE_COLUMNS; i++) {
		int x = l->x[i] + (i == LIVE_N ? l->width[i] - 1 : 0);

		if (l->width[i] > 0)
			live_put(p, 1, x, i == sorted[m->sort] ? LIVE_SORTED : LIVE_HEADING,
				 l->width[i], m->ascii, names[i]);
	}
}

/* The minute, and what is to be said of the server where nothing else stands. */
static void draw_last(const struct live_model *m, const struct live_row *r, int y,
		      const struct live_layout *l, gcoap_time now, const struct live_paint *p)
{
	unsigned used, blank;
	int x = l->x[LIVE_LAST], room = p->width - x;
	char spark[LIVE_SECONDS * 4 + 1], note[80];

	used = live_spark(r, live_second(m, now), (unsigned)l->width[LIVE_LAST], m->ascii, spark,
			  sizeof(spark), &blank);
	if (r->is.state != GCOAP_OBSERVED_ACTIVE) {
		live_note(r, now, room, note, sizeof(note));
		live_put(p, y, x, LIVE_FAINT, room, m->ascii, note);
		return;
	}
	live_put(p, y, x, LIVE_PLAIN, (int)used, m->ascii, spark);
	room -= (int)(used - blank) + 2;
	live_note(r, now, room, note, sizeof(note));
	live_put(p, y, p->width - (int)strlen(note) < x + (int)used + 2 ?
			       p->width - (int)strlen(note) : x + (int)used + 2,
		 LIVE_ALERT, room, m->ascii, note);
}

static void draw_row(const struct live_ui *ui, const struct live_model *m, uint32_t index, int y,
		     const struct live_layout *l, gcoap_time now, const struct live_paint *p)
{
	const struct live_row *r = &m->rows[index];
	bool stale = live_row_stale(r, now), marked = ui->moved && index == ui->selected;
	enum live_look look = r->is.state == GCOAP_OBSERVED_ACTIVE ? LIVE_PLAIN : LIVE_FAINT;
	char text[LIVE_COLUMNS][LIVE_LABEL + LIVE_PATH];

	live_row_name(m, r, text[LIVE_SERVER], sizeof(text[0]));
	live_age_text(r, now, text[LIVE_AGE]);
	snprintf(text[LIVE_N], sizeof(text[0]), "%*u", l->width[LIVE_N], r->is.n);
	live_rate_text(r, text[LIVE_RATE]);
	live_gaps_text(r, text[LIVE_GAPS]);
	for (int i = LIVE_SERVER; i <= LIVE_GAPS; i++) {
		const char *cell = i != LIVE_VALUE_COLUMN ? text[i] :
				   r->is.code != 0	  ? r->value : "-";

		live_put(p, y, l->x[i], i == LIVE_SERVER && marked ? LIVE_MARKED :
			 i == LIVE_AGE && stale ? LIVE_ALERT : look, l->width[i], m->ascii, cell);
	}
	if (l->width[LIVE_LAST] > 0)
		draw_last(m, r, y, l, now, p);
}

static int add(char *out, size_t cap, int n, uint32_t count, const char *what)
{
	if (count > 0)
		n += snprintf(out + n, cap - (size_t)n, ", %u %s", count, what);
	return n;
}

static void draw_sums(const struct live_ui *ui, const struct live_model *m, gcoap_time now,
		      uint64_t news, const struct live_paint *p)
{
	uint32_t states[4] = { 0 }, stale = 0;
	char text[256], range[40] = "";
	int n = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		states[m->rows[i].is.state]++;
		stale += live_row_stale(&m->rows[i], now);
	}
	if (ui->paused)
		n = snprintf(text, sizeof(text), "PAUSED, %llu since; ", (unsigned long long)news);
	if (m->n > (uint32_t)ui->page && ui->mode != LIVE_DETAILS)
		snprintf(range, sizeof(range), "%u-%u of ", ui->top + 1,
			 ui->top + (uint32_t)ui->page < m->n ? ui->top + (uint32_t)ui->page : m->n);
	n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%u server%s", range, m->n + m->more,
		      m->n + m->more == 1 ? "" : "s");
	n = add(text, sizeof(text), n, stale, "stale");
	n = add(text, sizeof(text), n, states[GCOAP_OBSERVED_ENDED], "ended");
	n = add(text, sizeof(text), n, states[GCOAP_OBSERVED_NOT_OBSERVABLE], "not observable");
	n = add(text, sizeof(text), n, states[GCOAP_OBSERVED_SILENT], "silent");
	n = add(text, sizeof(text), n, m->more, "not shown");
	n += snprintf(text + n, sizeof(text) - (size_t)n, "; %llu notification%s; by %s",
		      (unsigned long long)m->notifications, m->notifications == 1 ? "" : "s",
		      live_sort_name(m->sort));
	live_put(p, p->height - 1, 0, ui->paused ? LIVE_ALERT : LIVE_PLAIN, p->width, m->ascii,
		 text);
}

/* Keep the list within its rows, and the selection on the screen. */
static void keep_in_view(struct live_ui *ui, const struct live_model *m, int page)
{
	uint32_t at = 0, lines = (uint32_t)page;

	ui->page = page;
	while (at < m->n && m->order[at] != ui->selected)
		at++;
	if (ui->moved && at < m->n && at < ui->top)
		ui->top = at;
	if (ui->moved && at < m->n && at >= ui->top + lines)
		ui->top = at - lines + 1;
	if (ui->top + lines > m->n)
		ui->top = m->n > lines ? m->n - lines : 0;
}

static void draw_list(struct live_ui *ui, const struct live_model *m, gcoap_time now,
		      const struct live_paint *p)
{
	struct live_layout l;

	keep_in_view(ui, m, page_of(p));
	l = measure(ui, m, p->width);
	draw_headings(m, &l, p);
	if (m->n == 0)
		live_put(p, 2, 0, LIVE_FAINT, p->width, m->ascii, "waiting for the first answer");
	for (int i = 0; i < ui->page && ui->top + (uint32_t)i < m->n; i++)
		draw_row(ui, m, m->order[ui->top + (uint32_t)i], i + 2, &l, now, p);
}

void live_draw(struct live_ui *ui, const struct live_model *m, gcoap_time now, uint64_t news,
	       const struct live_paint *p)
{
	draw_title(ui, p, m->ascii);
	if (ui->help)
		live_draw_help(p, m->ascii);
	else if (ui->mode == LIVE_DETAILS && m->n > 0)
		live_draw_details(ui, m, now, p);
	else
		draw_list(ui, m, now, p);
	if (p->height > 2)
		draw_sums(ui, m, now, news, p);
}
