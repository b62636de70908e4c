#include "live_screen.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <ncurses.h>
#include <term.h>
#include "common/cli.h"
#include "live_rescue.h"

static struct {
	SCREEN *screen;
	FILE *in, *out;
	bool shown; /* the terminal is ours now */
	bool gone;  /* its keys have come to an end */
	attr_t looks[LIVE_MARKED + 1];
	char rescue[LIVE_RESCUE_TEXT];
	size_t rescue_len;
} tty;

/* A capability's text; NULL: the terminal has none. */
static const char *capability(const char *name)
{
	const char *text = tigetstr(name);

	return text == (const char *)-1 ? NULL : text;
}

int live_screen_check(int out)
{
	const char *const hints[] = { "without --live a line is printed for each notification",
				      NULL };
	const char *term = getenv("TERM");
	int problem;
	bool able;

	if (!isatty(out))
		return cli_error(CLI_USAGE, hints, "--live needs a terminal, stdout is none");
	if (term == NULL || term[0] == '\0')
		return cli_error(CLI_USAGE, hints, "--live needs a terminal that can be drawn on, "
				 "TERM is not set");
	if (setupterm(NULL, out, &problem) != OK)
		return cli_error(CLI_USAGE, hints, "--live needs a terminal that can be drawn on, "
				 "nothing is known of TERM=%s", term);
	able = capability("cup") != NULL && capability("clear") != NULL;
	del_curterm(cur_term);
	if (!able)
		return cli_error(CLI_USAGE, hints, "--live needs a terminal that can be drawn on, "
				 "TERM=%s cannot", term);
	return CLI_OK;
}

static int collect(int c)
{
	if (tty.rescue_len < sizeof(tty.rescue))
		tty.rescue[tty.rescue_len++] = (char)c;
	return c;
}

/* What endwin() would write, made while there is time for it. */
static void prepare_rescue(void)
{
	static const char *const names[] = { "sgr0", "op", "cnorm", "rmkx", "rmcup" };

	tty.rescue_len = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (capability(names[i]) != NULL)
			tputs(capability(names[i]), 1, collect);
	if (capability("rmcup") == NULL) {
		collect('\r');
		collect('\n');
	}
}

static void set_looks(bool colour)
{
	tty.looks[LIVE_HEADING] = A_BOLD;
	tty.looks[LIVE_SORTED] = A_BOLD | A_UNDERLINE;
	tty.looks[LIVE_FAINT] = A_DIM;
	tty.looks[LIVE_ALERT] = A_BOLD;
	tty.looks[LIVE_MARKED] = A_REVERSE;
	if (!colour || start_color() == ERR || use_default_colors() == ERR)
		return;
	init_pair(1, COLOR_YELLOW, -1);
	tty.looks[LIVE_ALERT] |= (attr_t)COLOR_PAIR(1);
}

bool live_screen_open(bool colour)
{
	bool keys = isatty(STDIN_FILENO);
	int in = keys ? dup(STDIN_FILENO) : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	int out = dup(STDOUT_FILENO);

	tty.in = in >= 0 ? fdopen(in, "r") : NULL;
	tty.out = out >= 0 ? fdopen(out, "w") : NULL;
	tty.gone = tty.in == NULL;
	if (tty.out == NULL || !live_rescue_save(out))
		return false;
	tty.screen = newterm(NULL, tty.out, tty.in != NULL ? tty.in : stdin);
	if (tty.screen == NULL)
		return false;
	tty.shown = true;
	prepare_rescue();
	live_rescue_arm(tty.rescue, tty.rescue_len);
	set_escdelay(25); /* the key Escape must not hold up the network */
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	leaveok(stdscr, TRUE);
	set_looks(colour);
	return true;
}

static bool in_foreground(void)
{
	pid_t group = tcgetpgrp(fileno(tty.out));

	return group < 0 || group == getpgrp();
}

void live_screen_leave(void)
{
	if (!tty.shown)
		return;
	tty.shown = false;
	if (in_foreground())
		endwin();
	live_rescue_disarm();
}

bool live_screen_enter(void)
{
	if (tty.screen == NULL || !in_foreground())
		return false;
	if (!isendwin()) /* stopped without a chance to leave: modes are not ours any more */
		endwin();
	live_rescue_arm(tty.rescue, tty.rescue_len);
	tty.shown = true;
	live_screen_resize();
	live_screen_redraw();
	return true;
}

void live_screen_close(void)
{
	live_screen_leave();
	if (tty.screen != NULL)
		delscreen(tty.screen);
	if (tty.in != NULL)
		fclose(tty.in);
	if (tty.out != NULL)
		fclose(tty.out);
	tty.screen = NULL;
	tty.in = tty.out = NULL;
}

int live_screen_fd(void)
{
	return tty.in != NULL ? fileno(tty.in) : -1;
}

static enum live_key key_of(int c)
{
	static const struct {
		int c;
		enum live_key key;
	} keys[] = {
		{ KEY_UP, LIVE_KEY_UP }, { 'k', LIVE_KEY_UP },
		{ KEY_DOWN, LIVE_KEY_DOWN }, { 'j', LIVE_KEY_DOWN },
		{ KEY_PPAGE, LIVE_KEY_PAGE_UP }, { KEY_NPAGE, LIVE_KEY_PAGE_DOWN },
		{ KEY_HOME, LIVE_KEY_HOME }, { 'g', LIVE_KEY_HOME },
		{ KEY_END, LIVE_KEY_END }, { 'G', LIVE_KEY_END },
		{ ' ', LIVE_KEY_PAGE_DOWN },
		{ 'q', LIVE_KEY_QUIT }, { 'p', LIVE_KEY_PAUSE }, { 's', LIVE_KEY_SORT },
		{ 'd', LIVE_KEY_VIEW }, { 'h', LIVE_KEY_HELP }, { '?', LIVE_KEY_HELP },
		{ 27, LIVE_KEY_BACK }, { 'L' - '@', LIVE_KEY_REDRAW },
		{ KEY_RESIZE, LIVE_KEY_REDRAW },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].c == c)
			return keys[i].key;
	return LIVE_KEY_OTHER;
}

enum live_key live_screen_key(void)
{
	int c = tty.shown && !tty.gone ? getch() : ERR;

	return c == ERR ? LIVE_KEY_NONE : key_of(c);
}

void live_screen_resize(void)
{
	struct winsize size;

	if (tty.shown && ioctl(fileno(tty.out), TIOCGWINSZ, &size) == 0 && size.ws_row > 0 &&
	    size.ws_col > 0)
		resizeterm(size.ws_row, size.ws_col);
}

void live_screen_redraw(void)
{
	if (tty.shown)
		clearok(curscr, TRUE);
}

static void put(void *arg, int y, int x, enum live_look look, const char *text)
{
	attrset(tty.looks[look]);
	mvaddstr(y, x, text);
	attrset(A_NORMAL);
}

struct live_paint live_screen_begin(void)
{
	erase();
	return (struct live_paint){ .put = put, .width = COLS, .height = LINES };
}

void live_screen_end(void)
{
	refresh();
}
