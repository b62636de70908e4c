/* gcoap-get's parts: one request to a group or a server, every server's answer. */
#ifndef GET_H
#define GET_H

#include <gcoap/client.h>
#include <gcoap/net.h>
#include "common/ask.h"
#include "common/render.h"
#include "common/trace.h"

struct get_run_args {
	uint32_t rounds;
	gcoap_time interval;
	const char *pcap;
	bool dry_run;
	uint32_t seed;
};

struct get_args {
	struct ask_args ask;
	struct output_args output;
	struct get_run_args run;
};
#define GET_ARGS_DEFAULT                                                                   \
	{                                                                                  \
		.ask = ASK_ARGS_DEFAULT, .output = OUTPUT_ARGS_DEFAULT,                    \
		.run = { .rounds = 1, .interval = GCOAP_SECOND }                           \
	}
extern const struct opt_command get_command;

/* What came of each target, and the records' way to the renderer. */
struct get_tally {
	struct gcoap_sink sink; /* first member */
	struct get *get;
	uint32_t *answers; /* by target */
	bool malformed;	   /* the first one is kept in the three below */
	struct gcoap_addr malformed_from;
	struct gcoap_diag malformed_diag;
	int broken; /* what the renderer's failed write returned */
};

/* The client's engine with rounds on top: it asks again every interval. */
struct get_rounds {
	struct gcoap_engine engine; /* first member */
	struct gcoap_engine *inner;
	struct get *get;
	uint32_t left;
	gcoap_time next;
	int send_error; /* errno of the first failed send */
	struct gcoap_addr send_to;
	uint32_t send_ifindex;
};

struct get {
	const struct get_args *args;
	struct gcoap_registry registry;
	struct ask_message message;
	struct target *targets;
	size_t n_targets;
	struct render *render;
	struct trace trace;
	struct get_tally tally;
	struct get_rounds rounds;
	struct gcoap_random random;
	struct gcoap_client *client;
	struct gcoap_udp *udp;
	struct gcoap_loop *loop;
	struct gcoap_capture *capture;
	gcoap_time started;
	bool detailed; /* request records are shown: look for local endpoint and interface */
	bool asked; /* at least one exchange was started: there is a summary to show */
	int error;  /* the run's own failure, negative */
};

/* Registry, renderer, targets and request, in this order. CLI_OK or an exit status after
 * saying why. get_close() is due in either case. */
int get_open(struct get *g, const struct get_args *args, int argc, char **argv);
void get_close(struct get *g);

/* Send, wait, show. Returns the exit status. */
int get_run(struct get *g);
/* --dry-run: show what would be sent. */
int get_dry_run(struct get *g);

/* client.c: the engine, its sink, and the asks of one round. */
int get_client_open(struct get *g);
int get_ask_one(struct get *g, const struct target *t, gcoap_time now);
int get_ask_all(struct get *g, gcoap_time now);

/* CLI_OK, or CLI_LOCAL when there is no memory. */
int get_tally_init(struct get *g);
void get_rounds_init(struct get *g, gcoap_time now);

/* endpoint.c: the socket that all targets share, and what is said before sending. */
int get_endpoint_open(struct get *g);
/* The local endpoint and the interface that @t is asked from; false: there is no route. */
bool get_way_out(const struct get *g, const struct target *t, struct gcoap_addr *local,
		 uint32_t *ifindex);

/* watch.c: Ctrl-C, SIGQUIT and the progress line. */
int get_watch(struct get *g);

/* verdict.c: what is said at the end, and the exit status. */
int get_verdict(struct get *g, const struct gcoap_summary *s);

/* words.c: messages with their hints; they return the exit status that they stand for. */
/* @t: the @n targets of one operand. */
int get_say_silence(const struct get *g, const struct target *t, size_t n,
		    const struct gcoap_summary *s);
int get_say_not_sent(const struct get *g);

#endif
