/* gcoap-observe --live: the servers on the whole screen, and the ordinary end behind it. */
#ifndef LIVE_H
#define LIVE_H

#include "common/run.h"
#include "live_rescue.h" /* live_rescue(): the run's leave_screen() */

/* A renderer that draws until live_leave() or the end, and passes the end (observed, finish),
 * requests and errors on to @inner, which it closes. 0, or an exit status after saying why, then
 * @inner stays the caller's: stdout is no terminal, TERM cannot be drawn on, -v. */
int live_open(struct render **out, const struct render_env *env, struct render *inner);
/* Take the terminal and draw from @run's loop; the run's begin(). Negative on failure. */
int live_start(struct render *live, struct run *run);
/* Give the terminal back: before the servers are told that nobody listens any more. */
void live_leave(struct render *live);

#endif
