/* gcoap-observe --live: the servers on the whole screen, and the ordinary end behind it. */
#ifndef LIVE_H
#define LIVE_H

#include "common/run.h"

/* A renderer that draws until live_leave() or the end, and passes the end (observed, finish),
 * requests and errors on to @inner, which it closes. @title stands above. 0, or an exit status
 * after saying why: stdout is no terminal, --json ... */
int live_open(struct render **out, const struct render_env *env, struct render *inner,
	      const char *title);
/* Take the terminal and draw from @run's loop; the run's begin(). Negative on failure. */
int live_start(struct render *live, struct run *run);
/* Give the terminal back: before the servers are told that nobody listens any more. */
void live_leave(struct render *live);

#endif
