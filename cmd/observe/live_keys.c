/* What the keys do. */
#include "live_view.h"

static uint32_t position(const struct live_ui *ui, const struct live_model *m)
{
	for (uint32_t i = 0; i < m->n; i++)
		if (m->order[i] == ui->selected)
			return i;
	return 0;
}

static void select_at(struct live_ui *ui, const struct live_model *m, int64_t at)
{
	if (m->n == 0)
		return;
	at = at < 0 ? 0 : at >= m->n ? m->n - 1 : at;
	ui->selected = m->order[at];
	ui->moved = true;
}

/* The first key only shows where the selection is. */
static void step(struct live_ui *ui, const struct live_model *m, int by)
{
	select_at(ui, m, ui->moved ? (int64_t)position(ui, m) + by : ui->top);
}

/* The screen moves with it, so that a page is a page. */
static void page(struct live_ui *ui, const struct live_model *m, int by)
{
	int64_t at = ui->moved ? position(ui, m) : ui->top, top = (int64_t)ui->top + by;

	ui->top = top < 0 ? 0 : (uint32_t)top;
	select_at(ui, m, at + by);
}

static void next_sort(struct live_model *m)
{
	m->sort = (m->sort + 1) % LIVE_SORTS;
	live_model_sort(m);
}

static void next_mode(struct live_ui *ui, const struct live_model *m)
{
	ui->mode = (ui->mode + 1) % LIVE_MODES;
	if (ui->mode == LIVE_DETAILS && !ui->moved && m->n > 0) {
		ui->selected = m->order[ui->top < m->n ? ui->top : 0];
		ui->moved = true;
	}
}

void live_ui_key(struct live_ui *ui, struct live_model *m, enum live_key key)
{
	if (ui->help && key != LIVE_KEY_NONE && key != LIVE_KEY_REDRAW) {
		ui->help = false;
		return;
	}
	switch (key) {
	case LIVE_KEY_UP:
		step(ui, m, -1);
		break;
	case LIVE_KEY_DOWN:
		step(ui, m, 1);
		break;
	case LIVE_KEY_PAGE_UP:
		page(ui, m, -ui->page);
		break;
	case LIVE_KEY_PAGE_DOWN:
		page(ui, m, ui->page);
		break;
	case LIVE_KEY_HOME:
		select_at(ui, m, 0);
		break;
	case LIVE_KEY_END:
		select_at(ui, m, m->n);
		break;
	case LIVE_KEY_PAUSE:
		ui->paused = !ui->paused;
		break;
	case LIVE_KEY_SORT:
		next_sort(m);
		break;
	case LIVE_KEY_VIEW:
		next_mode(ui, m);
		break;
	case LIVE_KEY_HELP:
		ui->help = true;
		break;
	case LIVE_KEY_BACK:
		ui->moved = false;
		ui->mode = LIVE_VALUES;
		break;
	case LIVE_KEY_NONE:
	case LIVE_KEY_QUIT:
	case LIVE_KEY_REDRAW:
	case LIVE_KEY_OTHER:
		break;
	}
}
