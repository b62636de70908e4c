/* gcoap-proxy: what its parts share. */
#ifndef PROXY_H
#define PROXY_H

#include <gcoap/gcoap.h>
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
};
extern const struct opt_command proxy_command;
#define PROXY_ARGS_DEFAULT                                                                 \
	{                                                                                  \
		.reverse_mode = "a", .cache = "64M", .cache_model = "t",                   \
		.dialect = "tiloca-05", .echo = "auto", .max_timeout = 300 * GCOAP_SECOND, \
		.margin = GCOAP_SECOND, .server_timeout = 30 * GCOAP_SECOND,               \
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

struct proxy {
	const struct proxy_args *args;
	struct proxy_rows rows;
	struct gcoap_proxy_config config;
	struct gcoap_proxy *core;
	struct gcoap_udp *upstream;
	struct gcoap_loop *loop;
	struct resolver *resolver;
	gcoap_time started;
	bool stopping;
};

/* rows.c, words.c: the arguments checked and resolved into p->rows and p->config. 0 or an exit
 * status after saying why. */
int proxy_setup(struct proxy *p, const struct proxy_args *args);
void proxy_rows_clear(struct proxy_rows *rows);

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

#endif
