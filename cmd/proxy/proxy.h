/* gcoap-proxy: what its parts share. */
#ifndef PROXY_H
#define PROXY_H

#include <gcoap/gcoap.h>
#include <stdio.h>
#include "common/credentials.h"
#include "common/jsonw.h"
#include "common/opt.h"
#include "common/target.h"
#include "resolve.h"

#define PROXY_LISTEN_DEFAULT "coap://127.0.0.1"
#define PROXY_STOP (3 * GCOAP_SECOND) /* what ongoing exchanges have left at SIGTERM */

struct proxy_args {
	struct opt_list listen, clients, groups, targets, members, reverse, aliases;
	struct opt_list option_numbers;
	const char *interface, *reverse_mode, *next_proxy, *cache, *cache_model, *dialect, *echo;
	const char *log_file;
	gcoap_time max_timeout, margin, server_timeout, t_proxy, duration;
	uint32_t hops, max_ongoing, max_per_client, max_per_minute, max_answers, max_clients;
	uint32_t max_sessions;
	bool reverse_only, trace, json;
	int verbose, quiet;
	struct credentials_args credentials;
};
extern const struct opt_command proxy_command;
#define PROXY_ARGS_DEFAULT                                                                 \
	{                                                                                  \
		.reverse_mode = "a", .cache = "64M", .cache_model = "t",                   \
		.dialect = "tiloca-05", .echo = "auto", .max_timeout = 300 * GCOAP_SECOND, \
		.margin = GCOAP_SECOND, .server_timeout = 25 * GCOAP_SECOND,               \
		.max_ongoing = 1024, .max_per_client = 4, .max_per_minute = 10,            \
		.max_answers = 1000, .max_clients = 4096, .max_sessions = 256              \
	}

/* An endpoint that clients write to. */
struct proxy_listen {
	const char *text; /* as the user wrote it */
	enum gcoap_scheme scheme;
	struct gcoap_addr at; /* port 0: the kernel's choice */
	bool alias;	      /* stands for a server (mode B): no ready line */
	struct gcoap_addr bound;
	size_t ours, n_ours;   /* its rows among our addresses */
	struct gcoap_udp *udp; /* coap: endpoint and front; else NULL */
	struct gcoap_front *front;
};

/* What the arguments mean; gcoap_proxy_config borrows from it. */
struct proxy_rows {
	struct gcoap_registry registry;
	struct proxy_listen *listen;
	size_t n_listen;
	struct target *groups; /* of --allow-group, in its order */
	size_t n_groups;
	struct target *reverse_groups; /* of --reverse */
	size_t n_reverse;
	struct gcoap_proxy_client *clients;
	struct gcoap_proxy_group *group_rows;
	struct gcoap_proxy_target *targets;
	struct gcoap_proxy_reverse *reverse;
	struct gcoap_proxy_alias *aliases;
	struct gcoap_addr *ours;
	char **texts; /* that the rows point into */
	size_t n_texts;
};

struct proxy_trace;
struct proxy_access;

struct proxy {
	const struct proxy_args *args;
	struct proxy_rows rows;
	struct gcoap_proxy_config config;
	struct credentials credentials;
	struct gcoap_stream *stream; /* NULL: no connections */
	struct gcoap_proxy *core;
	struct gcoap_udp *upstream;
	struct gcoap_loop *loop;
	struct resolver *resolver;
	FILE *log; /* of --log-file; NULL: stdout */
	struct proxy_access *access;
	struct proxy_trace *trace; /* NULL: not wanted */
	struct jsonw local; /* the body of a resource of our own */
	uint64_t drops;	   /* that were said */
	uint64_t unlogged; /* lines in a row */
	bool unread; /* stdout has lost its reader */
	gcoap_time started;
	bool stopping;
};

/* setup.c: the arguments checked and resolved into p->rows and p->config. 0 or an exit
 * status after saying why. */
int proxy_setup(struct proxy *p, const struct proxy_args *args);
void proxy_rows_clear(struct proxy_rows *rows);
/* Does anybody reach us by one of these transports, or is one of them secure? */
bool proxy_listens(const struct proxy *p, enum gcoap_scheme from, enum gcoap_scheme to);
bool proxy_secure(const struct proxy *p);

/*
 * words.c: values as the options take them. 0, or -1 and *@why.
 */
/* "10.0.0.0/8", "2001:db8::1": an address alone is a network of one. */
int proxy_net_parse(const char *text, struct gcoap_addr *net, uint8_t *prefix,
		    const char **why);
/* Does @text look like an address or a network, rather than like an identity? */
bool proxy_net_like(const char *text);
/* A URI without a path; port 0 is fine. */
int proxy_listen_parse(const char *text, struct gcoap_uri *uri, const char **why);
/* "64M", "off". */
int proxy_cache_parse(const char *text, size_t *bytes);

/* open.c: endpoints, core and loop; ready lines. Exit statuses. */
int proxy_open(struct proxy *p);
void proxy_ready(struct proxy *p);
void proxy_close(struct proxy *p);
/* Counted over all fronts. */
void proxy_front_stats(const struct proxy *p, struct gcoap_front_stats *out);

/* signals.c: SIGTERM and SIGINT, SIGUSR1, SIGHUP, --duration. */
int proxy_signals(struct proxy *p);

/* log.c: lines of the access log and the trace. Exit statuses. */
int proxy_log_open(struct proxy *p);
void proxy_log_close(struct proxy *p);
/* One line, to --log-file or stdout; a reader that has gone ends the run, one that does not
 * read misses lines. */
void proxy_log_line(struct proxy *p, const char *text, size_t len);
/* One line on stderr, or none while it is a pipe that nobody reads. */
void proxy_say(const char *text);
/* "2026-07-01T12:00:00.000123Z". */
char *proxy_time(gcoap_time at, char buf[32]);
/* ,"key":value for records. */
void proxy_put_key(struct jsonw *w, const char *key);
void proxy_put_time(struct jsonw *w, gcoap_time at);
/* "p12"; 0: null. */
void proxy_put_id(struct jsonw *w, uint64_t id);

/* access.c: a record of each request that has ended. GCOAP_ENOMEM. */
int proxy_access_new(struct proxy_access **out);
void proxy_access_free(struct proxy_access **a);
void proxy_access_event(struct proxy *p, const struct gcoap_proxy_event *e);
/* The request at hand was answered by a resource of our own. */
void proxy_access_local(struct proxy *p, const struct gcoap_peer *from, const char *uri,
			uint8_t code, size_t bytes, gcoap_time now);

/* trace.c: both sides on one timeline. GCOAP_ENOMEM. */
int proxy_trace_new(struct proxy_trace **out, struct proxy *p);
void proxy_trace_free(struct proxy_trace **t);
void proxy_trace_event(struct proxy_trace *t, const struct gcoap_proxy_event *e);
/* The fronts' side, and the tap of the upstream endpoint. */
void proxy_trace_seen(void *arg, bool sent, const struct gcoap_peer *peer,
		      const struct gcoap_msg *msg, gcoap_time now);
void proxy_trace_tap(void *arg, enum gcoap_direction dir, const struct gcoap_datagram *d);
/* What waited for its number. */
void proxy_trace_flush(struct proxy_trace *t);

/* stats.c: for SIGUSR1, and as a JSON object. */
void proxy_stats_say(struct proxy *p);
void proxy_stats_json(const struct proxy *p, struct jsonw *w, gcoap_time now);

/* local.c: the resources of the proxy itself. */
void proxy_local(void *arg, const struct gcoap_peer *from, const struct gcoap_msg *msg,
		 struct gcoap_proxy_reply *out, gcoap_time now);

#endif
