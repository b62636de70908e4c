/* The terminal of gcoap-observe --live: the only place that knows ncurses. */
#ifndef LIVE_SCREEN_H
#define LIVE_SCREEN_H

#include "live_view.h"

/* Can @out be drawn on? 0, or CLI_USAGE after saying why not. */
int live_screen_check(int out);
/* Take the terminal: keys come from stdin, or from /dev/tty when that is something else. False:
 * it cannot be. */
bool live_screen_open(bool colour);
/* Give it back as it was; also before a stop (Ctrl-Z). Does nothing when that is done. */
void live_screen_leave(void);
/* Take it again after a stop; false while we are in the background. */
bool live_screen_enter(void);
/* For good. */
void live_screen_close(void);

/* Where keys can be waited for; -1: nowhere. */
int live_screen_fd(void);
/* The next key, LIVE_KEY_NONE when there is none. */
enum live_key live_screen_key(void);
/* The terminal has another size now. */
void live_screen_resize(void);
/* Write everything again: something else wrote here. */
void live_screen_redraw(void);

/* An empty screen to paint on, and what differs from the one before to the terminal. */
struct live_paint live_screen_begin(void);
void live_screen_end(void);

#endif
