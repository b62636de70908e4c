/* What the keys do. */
#include "live_view.h"

static uint32_t position(const struct live_ui *ui, const struct live_model *m)
{
	for (uint32_t i = 0; i < m->n; i++)
		if (m->order[i] == ui->selected)
			return i;
	return 0;
}

/* To another line of the list; the first key only shows where one is. */
static void move(struct live_ui *ui, const struct live_model *m, int64_t by)
{
	int64_t at = ui->moved || ui->mode == LIVE_DETAILS ? position(ui, m) + by :
		     by == 1 || by == -1		   ? ui->top : ui->top + by;

	if (m->n == 0)
		return;
	at = at < 0 ? 0 : at >= m->n ? m->n - 1 : at;
	ui->selected = m->order[at];
	ui->moved = true;
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
		move(ui, m, -1);
		break;
	case LIVE_KEY_DOWN:
		move(ui, m, 1);
		break;
	case LIVE_KEY_PAGE_UP:
		move(ui, m, -(int64_t)ui->page);
		break;
	case LIVE_KEY_PAGE_DOWN:
		move(ui, m, ui->page);
		break;
	case LIVE_KEY_HOME:
		move(ui, m, -(int64_t)m->n);
		break;
	case LIVE_KEY_END:
		move(ui, m, m->n);
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
