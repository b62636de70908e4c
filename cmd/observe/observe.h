/* gcoap-observe's parts: what to observe, what to show of it, what to run for it. */
#ifndef OBSERVE_H
#define OBSERVE_H

#include "common/run.h"
#include "exec.h"

struct observe_own {
	gcoap_time duration; /* 0: until Ctrl-C */
	uint32_t count;	     /* notifications to show in all; 0: no end */
	bool changes_only, stale, live;
	gcoap_time reregister;
	bool no_cancel;
	const char *cancel; /* group each */
	const char *exec;
};

struct observe_args {
	struct run_args run;
	struct observe_own own;
};
#define OBSERVE_ARGS_DEFAULT { .run = RUN_ARGS_DEFAULT, .own = { .cancel = "group" } }
extern const struct opt_command observe_command;

struct observe {
	struct run run; /* first member */
	const struct observe_own *own;
	struct gcoap_observe how; /* of every target */
	struct exec exec;
	uint32_t shown; /* notifications */
	bool leaving;	/* shown enough */
};

/* CLI_OK or an exit status after saying why. observe_close() is due in either case. */
int observe_open(struct observe *o, const struct observe_args *args, int argc, char **argv);
void observe_close(struct observe *o);

/* lines.c: the default output, a line for each notification and a table of servers behind
 * them. As render_open(). */
int observe_lines_open(struct render **out, const struct render_env *env, const struct run *run);

/* end.c: each server's record, and what is to be said of them; the run's judge. */
int observe_judge(struct run *run, const struct gcoap_summary *s);
/* "2 lost, 1 late, 1 restart"; "0" when all came; "-" when its values do not count. */
char *observe_gaps_format(const struct gcoap_observed *s, char *buf, size_t cap);

#endif
