/* --exec: a command for each notification; not more than a few at once, nothing waits for it. */
#ifndef OBSERVE_EXEC_H
#define OBSERVE_EXEC_H

#include <sys/queue.h>
#include <sys/types.h>
#include <gcoap/net.h>
#include <gcoap/observe.h>

#define EXEC_RUNNING_MAX 8
#define EXEC_QUEUED_MAX 1000
#define EXEC_BYTES_MAX (4u << 20) /* payloads that wait */

struct exec_job;
TAILQ_HEAD(exec_jobs, exec_job);

struct exec {
	char *text;   /* the words, one NUL-terminated behind the other */
	char **words; /* NULL at the end; NULL: there is no command */
	bool silent;  /* what it writes goes nowhere: the screen is in use */
	struct exec_jobs queue;
	uint32_t n_queued;
	size_t bytes;
	pid_t running[EXEC_RUNNING_MAX]; /* 0: free */
	uint32_t n_running;
	uint32_t failed;  /* ended with another status than 0, or could not be started */
	uint32_t dropped; /* found the queue full */
};

/* Split @command into words, without a shell: quotes and backslashes as in one, and nothing else.
 * CLI_OK; CLI_USAGE after saying why: no words, an open quote, no such program. */
int exec_open(struct exec *e, const char *command);
/* Reap children from the loop. GCOAP_ENOMEM, GCOAP_ESYSTEM. */
int exec_watch(struct exec *e, struct gcoap_loop *loop);
/* Run it soon. */
void exec_add(struct exec *e, const struct gcoap_notification *n);
/* The end: start what waits, and wait for all of it, 10 s at most. CLI_OK, or CLI_LOCAL after
 * saying that notifications were dropped. */
int exec_finish(struct exec *e);
void exec_close(struct exec *e);

/* exec_words.c: @out gets at most strlen(@text) + 1 bytes. Returns the number of words;
 * GCOAP_EMALFORMED: a quote is open, or a backslash ends it. */
int exec_split(const char *text, char *out);

#endif
