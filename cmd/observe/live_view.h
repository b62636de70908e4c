/*
 * How gcoap-observe --live looks: the model as texts at places, for any painter.
 */
#ifndef LIVE_VIEW_H
#define LIVE_VIEW_H

#include "live_model.h"

enum live_mode {
	LIVE_VALUES,   /* every column */
	LIVE_SPARKS,   /* the minute as wide as the screen */
	LIVE_DETAILS,  /* all of one server */
	LIVE_MODES
};

enum live_look { LIVE_PLAIN, LIVE_HEADING, LIVE_SORTED, LIVE_FAINT, LIVE_ALERT, LIVE_MARKED };

/* Where texts go; @columns wide at most. */
struct live_paint {
	void (*put)(void *arg, int y, int x, enum live_look look, const char *text);
	void *arg;
	int width, height;
};

/* What the keys change. */
struct live_ui {
	const char *title; /* "gcoap-observe @lab/temp" */
	enum live_mode mode;
	bool paused, help;
	bool moved;	   /* the selection is shown */
	uint32_t selected; /* a row of the model */
	uint32_t top;	   /* first line of the list: an index of its order */
	int page;	   /* lines of the list at the last drawing */
	size_t value_columns; /* of the widest value drawn: columns do not jump back */
	uint64_t paused_at;   /* notifications that had come */
};

enum live_key {
	LIVE_KEY_NONE, LIVE_KEY_UP, LIVE_KEY_DOWN, LIVE_KEY_PAGE_UP, LIVE_KEY_PAGE_DOWN,
	LIVE_KEY_HOME, LIVE_KEY_END, LIVE_KEY_QUIT, LIVE_KEY_PAUSE, LIVE_KEY_SORT,
	LIVE_KEY_VIEW, LIVE_KEY_HELP, LIVE_KEY_BACK, LIVE_KEY_REDRAW, LIVE_KEY_OTHER
};

/* Act on a key; what it changed is in @ui and @m->sort. */
void live_ui_key(struct live_ui *ui, struct live_model *m, enum live_key key);

/* The whole screen, on an empty one. @news: notifications that came while paused. */
void live_draw(struct live_ui *ui, const struct live_model *m, gcoap_time now, uint64_t news,
	       const struct live_paint *p);

enum live_column {
	LIVE_SERVER, LIVE_VALUE_COLUMN, LIVE_AGE, LIVE_N, LIVE_RATE, LIVE_GAPS, LIVE_LAST,
	LIVE_COLUMNS
};

/* Columns on the screen; width 0: not there. */
struct live_layout {
	int x[LIVE_COLUMNS], width[LIVE_COLUMNS];
};

/* @width columns of screen shared out, for contents so wide. Narrow screens lose columns from
 * the right, then cells are cut. */
struct live_layout live_layout(enum live_mode mode, int width,
			       const int content[LIVE_COLUMNS]);

/* ---- pieces ---- */

/* Row @r as it is called: with the path when there are several requests. */
void live_row_name(const struct live_model *m, const struct live_row *r, char *out, size_t cap);
/* "0.4 s", "12 s!", "-": the mark is ! stale, x ended, = not observable. */
void live_age_text(const struct live_row *r, gcoap_time now, char out[16]);
/* "1.0/s", "2.4/min"; "-" before the second notification. */
void live_rate_text(const struct live_row *r, char out[16]);
/* "2", "2 ~1 ^1": lost, reordered, restarts; "-" for what cannot be told. */
void live_gaps_text(const struct live_row *r, char out[40]);
/* "<- stale (Max-Age 5 s)" in so many columns, or shorter; "" when all is well. */
void live_note(const struct live_row *r, gcoap_time now, int columns, char *out,
	       size_t cap);
/* "4.6 s", "12 s", "3 min". */
void live_duration(gcoap_time t, char out[16]);

/* Text of at most @columns at a place. */
void live_put(const struct live_paint *p, int y, int x, enum live_look look, int columns,
	      bool ascii, const char *text);

void live_draw_details(struct live_ui *ui, const struct live_model *m, gcoap_time now,
		       const struct live_paint *p);
void live_draw_help(const struct live_paint *p, bool ascii);

#endif
