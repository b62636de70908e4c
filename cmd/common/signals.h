/* Ctrl-C, SIGTERM and SIGQUIT, told to the loop; the second Ctrl-C leaves at once. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>
#include <gcoap/net.h>

struct signals {
	/* The first Ctrl-C, or SIGTERM. */
	void (*stop)(void *arg);
	/* SIGQUIT, unless the run is being stopped. */
	void (*interim)(void *arg);
	void *arg;
	/* The tool draws on the terminal: also called from a signal handler, when the second Ctrl-C
	 * ends the process; SIGHUP is as SIGTERM. NULL: it does not. */
	void (*leave_screen)(void);
};

/* Once in a process; *@s is copied. 0, or negative as of gcoap_loop_add_fd(). */
int signals_catch(const struct signals *s, struct gcoap_loop *loop);

#endif
