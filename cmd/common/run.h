/*
 * What the clients that ask have in common: command line to targets and a renderer, one socket,
 * requests out, records to the renderer, verdict. gcoap-get is this and its option rows; other
 * tools put struct run first in theirs and fill the callbacks.
 */
#ifndef RUN_H
#define RUN_H

#include <gcoap/observe.h>
#include <gcoap/net.h>
#include <gcoap/stream.h>
#include "addr_set.h"
#include "ask.h"
#include "credentials.h"
#include "held.h"
#include "render.h"
#include "trace.h"

struct run_how {
	const char *pcap;
	bool dry_run;
	uint32_t seed;
};
extern const struct opt run_how_opts[];

struct run_cache_args {
	bool cache, only, no_store;
};
extern const struct opt run_cache_opts[];

struct run_args {
	struct ask_args ask;
	struct output_args output;
	struct credentials_args secrets;
	struct run_how how;
	struct run_cache_args cache;
};
#define RUN_ARGS_DEFAULT { .ask = ASK_ARGS_DEFAULT, .output = OUTPUT_ARGS_DEFAULT }

/* What a proxy answers itself. */
struct run_refusal {
	uint8_t code;
	char text[128];	     /* its diagnostic payload, as it came */
	const char *option;  /* the timeout option in it: its name; NULL: none */
	uint32_t least;	     /* and its value */
	bool retried;	     /* it was sent in a second request, which this one refuses, too */
	int64_t max_age;     /* -1: none */
};

/* What came of each target, and the records' way to the renderer. */
struct run_tally {
	struct gcoap_sink sink; /* first member */
	struct run *run;
	struct run_target {
		uint32_t answers;
		int error; /* errno value: the last request did not reach its server */
		bool acked; /* the proxy gave a sign of life */
		bool gone;  /* and none any more */
		struct run_refusal refusal; /* the proxy's; code 0: none */
		/* Of the first target of a joint operand: who answered any, in this round. */
		struct addr_set servers;
		bool enough; /* as many as -n says, or all that can come */
	} *targets;
	bool enough; /* some operand has, and its exchanges are to be ended */
	bool fewer;  /* a joint operand had fewer in some round */
	bool malformed;	   /* the first one is kept in the three below */
	struct gcoap_addr malformed_from;
	struct gcoap_diag malformed_diag;
	int broken; /* what the renderer's failed write returned */
};

/* The client's engine with rounds on top: it asks again every interval. */
struct run_rounds {
	struct gcoap_engine engine; /* first member */
	struct gcoap_engine *inner;
	struct run *run;
	uint32_t left;
	bool open; /* this round is not over before run->next() says so */
	gcoap_time next;
	int send_error; /* errno of the first failed send */
	struct gcoap_addr send_to;
	uint32_t send_ifindex;
};

/* The session that carries all requests, instead of the UDP endpoint. */
struct run_stream {
	enum gcoap_scheme scheme; /* coap: there is none */
	const char *host;	  /* the name its certificate must have; NULL: the address */
	struct gcoap_addr to;
	bool proxy; /* for exit statuses */
	struct credentials credentials;
	struct gcoap_udp *beside; /* for follow-ups to the servers themselves; or NULL */
	struct gcoap_carrier *carrier;
	int error; /* why it ended before us, negative */
};

/* Answers of before. */
struct run_cache {
	bool open;
	struct held held;
	struct gcoap_validate **of; /* by target */
	size_t n;
	uint32_t shown, ok;
	uint64_t bytes;
	struct gcoap_msg msg; /* a request with its ETag */
	uint8_t values[16];
	struct gcoap_validation found;
	struct gcoap_response response;
};

struct run {
	const struct run_args *args;
	/* The tool's own, set between run_init() and run_open(); each may stay as it is. */
	uint32_t n_rounds; /* ask so many times: 1 */
	gcoap_time interval;
	/* Instead of render_open(): sets run->render. */
	int (*open_render)(struct run *run, const struct render_env *env);
	/* All exchanges of a round have ended: 1 when it asked more that belongs to the round,
	 * with run_ask(); 0 when the round is over. */
	int (*next)(struct run *run, gcoap_time now);
	/* An ask as the command line has it, before it is asked: CLI_OK, or a status. */
	int (*prepare)(struct run *run, struct gcoap_ask *ask);
	/* The loop is there and runs next: CLI_OK, or a status. */
	int (*begin)(struct run *run);
	/* A notification: 1 when it is to be shown, 0 when not. */
	int (*heard)(struct run *run, const struct gcoap_notification *n);
	/* A response: 1 when it is to be shown, 0 when not. */
	int (*answered)(struct run *run, const struct gcoap_response *r);
	/* A server of --expect-from that did not answer this request: 1 when it is to be shown,
	 * 0 when not. */
	int (*missed)(struct run *run, const struct gcoap_missing *m);
	/* It was shown. */
	void (*shown)(struct run *run, const struct gcoap_notification *n);
	bool show_stale;
	/* The first Ctrl-C, instead of ending at once. */
	void (*interrupt)(struct run *run, gcoap_time now);
	/* The tool draws on the terminal: no progress line; SIGHUP ends the run as SIGTERM does.
	 * Called, also from a signal handler, when the second Ctrl-C ends the process at once. */
	void (*leave_screen)(void);
	/* The session that carries the requests has ended before us; NULL: the client stops. */
	void (*lost)(struct run *run, gcoap_time now);
	/* The last exchange has ended, the verdict is next. */
	void (*ended)(struct run *run);
	/* The summary, before it is shown and judged. */
	void (*count)(struct run *run, struct gcoap_summary *s);
	/* Something to add to the verdict: an exit status. */
	int (*judge)(struct run *run, const struct gcoap_summary *s);

	struct gcoap_registry registry;
	struct ask_message message;
	struct target_proxy proxy; /* of --proxy */
	struct target *targets;
	size_t n_targets;
	struct render *render;
	struct trace trace;
	struct run_tally tally;
	struct run_rounds rounds;
	struct gcoap_random random;
	struct gcoap_client *client;
	struct gcoap_udp *udp; /* NULL: a stream */
	struct run_stream stream;
	struct run_cache cache;
	struct gcoap_loop *loop;
	struct gcoap_capture *capture;
	gcoap_time started;
	size_t asking; /* the target that prepare() is called for */
	bool detailed; /* request records are shown: look for local endpoint and interface */
	size_t *asked; /* which target each exchange went to, by id; SIZE_MAX: none */
	size_t n_asked, cap_asked;
	int error;  /* the run's own failure, negative */
	int why;    /* and its errno */
};

void run_init(struct run *run, const struct run_args *args);
/* Registry, renderer, request and targets, in this order. CLI_OK or an exit status after
 * saying why. run_close() is due in either case. */
int run_open(struct run *run, int argc, char **argv);
void run_close(struct run *run);

/* Send, wait, show. Returns the exit status. */
int run_go(struct run *run);
/* --pcap: before the endpoint opens, and behind its last datagram. CLI_OK, or CLI_LOCAL after
 * saying why. */
int run_capture_open(struct run *run);
int run_capture_close(struct run *run);
/* --dry-run: show what would be sent. */
int run_dry(struct run *run);
/* One of its requests, and where that goes: the text is the output of a table for people; beside
 * records for scripts it is a remark. */
void run_dry_show(const struct run *run, const struct target *t, const struct gcoap_datagram *d);
FILE *run_dry_stream(const struct run *run);

/* run_client.c: the engine, its sink, and the asks of one round. */
int run_client_open(struct run *run);
int run_ask_one(struct run *run, const struct target *t, gcoap_time now);
int run_ask_all(struct run *run, gcoap_time now);
/* One exchange of @ask; @target SIZE_MAX: none of the command line's. */
int run_ask(struct run *run, const struct gcoap_ask *ask, size_t target, gcoap_time now);

/* CLI_OK, or CLI_LOCAL when there is no memory. */
int run_tally_init(struct run *run);
void run_tally_clear(struct run *run);

/* run_operand.c: the first target of the next operand. */
size_t run_operand_end(const struct run *run, size_t first);
/* Is -n for all targets of this one's operand together? */
bool run_operand_joint(const struct run *run, size_t target);
/* Count the server; @ends: when there are enough, the operand's exchanges end with the next
 * run_operands_end(). GCOAP_ENOMEM. */
int run_operand_heard(struct run *run, const struct gcoap_response *r, bool ends);
/* The tool has seen that no more answers of @target can come. */
void run_operand_over(struct run *run, size_t target);
void run_operands_end(struct run *run, gcoap_time now);
/* A round is over. */
void run_operands_settle(struct run *run);
void run_rounds_init(struct run *run, gcoap_time now);

/* run_endpoint.c: the socket that all targets share, and what is said before sending. */
int run_endpoint_open(struct run *run);
/* Another one, for so many answers at once. CLI_OK, or a status after saying why. */
int run_endpoint_new(struct run *run, uint32_t expect, struct gcoap_udp **out);
/* Better said before answers are lost than after: they are more than the buffer holds. */
void run_endpoint_warn(const struct gcoap_udp *udp, uint32_t expect);
/* The local endpoint and the interface that @t is asked from; false: there is no route. */
bool run_way_out(const struct run *run, const struct target *t, struct gcoap_addr *local,
		 uint32_t *ifindex);

/* run_stream.c: coaps, coap+tcp and coaps+tcp, to a server or a proxy. */
bool run_stream_wanted(const struct run *run);
/* What the targets ask for: CLI_OK, also over UDP, or a status after saying why. */
int run_stream_targets(struct run *run);
/* All that is sent goes over one session to @to; credentials are read. @host is borrowed, as of
 * struct run_stream. Before run_go(); CLI_OK, or a status after saying why. */
int run_stream_use(struct run *run, enum gcoap_scheme scheme, const char *host,
		   const struct gcoap_addr *to, bool proxy);
/* The loop is there: connect for its engine. CLI_OK, or a status after saying why. */
int run_stream_open(struct run *run);
/* Why the session ended before us, or, when nobody has @answered, why it never began: an exit
 * status. CLI_OK: it did, or there is none. */
int run_stream_say(const struct run *run, bool answered);
void run_stream_close(struct run *run);

/* held_target.c: what is held of a target's answers. CLI_OK, or a status after saying why. */
int held_target(const struct run *run, struct held *held, const struct target *t,
		bool read_only, struct gcoap_validate **out);
/* The endpoint that stands in its keys, and the request as its servers see it. */
struct gcoap_addr held_endpoint(const struct target *t);
int held_request(const struct run *run, const struct target *t, struct gcoap_msg *msg,
		 struct gcoap_uri_store *store);

/* run_cache.c: --cache. CLI_OK, or a status after saying why. */
int run_cache_open(struct run *run);
int run_cache_close(struct run *run);
#define RUN_ANSWERED (-2)
/* Target @i is to be asked: CLI_OK, RUN_ANSWERED (from the cache, nothing is to be sent), or a
 * status after saying why. */
int run_cache_ask(struct run *run, size_t i, gcoap_time now);
/* Ask one server to confirm what is held: 1 when @ask got an ETag. */
int run_cache_validate(struct run *run, size_t i, struct gcoap_ask *ask);
/* An answer came; returns what is to be shown for it. */
const struct gcoap_response *run_cache_heard(struct run *run, const struct gcoap_response *r);
/* An exchange has ended: who of its group did not answer is represented by what is fresh. */
void run_cache_ended(struct run *run, const struct gcoap_ended *e, gcoap_time now);
void run_cache_count(const struct run *run, struct gcoap_summary *s);

/* run_watch.c: Ctrl-C, SIGQUIT and the progress line. */
int run_watch(struct run *run);

/* run_verdict.c: what is said at the end, and the exit status. */
int run_verdict(struct run *run, const struct gcoap_summary *s);
/* Its parts, for tools that have no client: run->tally.targets tells what came of each. */
int run_say_silences(const struct run *run, const struct gcoap_summary *s);
int run_say_malformed(const struct run *run, const struct gcoap_summary *s);
int run_say_losses(const struct run *run, const struct gcoap_summary *s);

/* Silence is what was asked for: No-Response for 2.xx (RFC 7967, Section 2.1). */
bool run_silence_wanted(const struct run *run);

/* run_words.c: messages with their hints; they return the exit status that they stand for. */
/* @t: the @n targets of one operand. */
int run_say_silence(const struct run *run, const struct target *t, size_t n,
		    const struct gcoap_summary *s);
/* run_proxy.c: keep what the proxy says of itself in @r. */
void run_refusal_keep(const struct run *run, struct run_refusal *out,
		      const struct gcoap_response *r);
/* The proxy of @t refused. CLI_PROXY. */
int run_say_refused(const struct run *run, const struct target *t, const struct run_refusal *r);
/* Nothing came of @t through its proxy. */
int run_say_proxy_silence(const struct run *run, const struct target *t,
			  const struct run_target *got, const struct gcoap_summary *s);
/* Answers came that do not name their server. */
void run_say_unnamed(const struct run *run, const struct gcoap_summary *s);
/* ICMP says that @t's server cannot be reached: errno value @error. */
int run_say_unreachable(const struct target *t, int error);
/* The text of error @r; of a failed system call, that of errno value @why. */
const char *run_why(int r, int why);
int run_say_not_sent(const struct run *run);

#endif
