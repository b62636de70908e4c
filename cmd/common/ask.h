/* What every client asks and how long it waits: option rows, and the request they describe. */
#ifndef ASK_H
#define ASK_H

#include <gcoap/exchange.h>
#include "opt.h"
#include "target.h"

struct ask_wait {
	gcoap_time timeout; /* 0: by the kind of target */
	uint32_t expect;
	struct opt_list expect_from;
	gcoap_time idle;
	bool first;
	uint32_t repeat;
	const char *repeat_mid; /* "same", "new"; NULL: the dialect's */
};

struct ask_request {
	const char *method;
	const char *payload, *payload_file;
	const char *content_format, *accept;
	struct opt_list options, query;
	const char *no_response, *token;
	bool con, non;
};

struct ask_body {
	uint32_t block_size;
	bool no_blockwise;
	uint64_t max_body;
};

struct ask_dialect {
	const char *dialect;
	struct opt_list numbers; /* NAME=N */
};

struct ask_proxy {
	const char *proxy; /* NULL: none */
	gcoap_time timeout; /* T', when --proxy-timeout is given */
	const char *form, *follow_up;
};

struct ask_args {
	struct target_args where;
	struct ask_wait wait;
	struct ask_request request;
	struct ask_body body;
	struct ask_dialect dialect;
	struct ask_proxy proxy;
};
#define ASK_ARGS_DEFAULT                                                                   \
	{                                                                                  \
		.request = { .method = "get" },                                            \
		.body = { .block_size = 1024, .max_body = 1 << 20 },                       \
		.dialect = { .dialect = "tiloca-05" }                                      \
	}

extern const struct opt ask_where_opts[]; /* struct target_args */
extern const struct opt ask_wait_opts[];
extern const struct opt ask_method_opts[]; /* struct ask_request: what a GET has not */
extern const struct opt ask_request_opts[];
extern const struct opt ask_body_opts[];
extern const struct opt ask_dialect_opts[];
extern const struct opt ask_proxy_opts[];

#define ASK_STORE 4096

/* One request, but for its URI: the bytes that its options and payload borrow live here. */
struct ask_message {
	const struct gcoap_registry *registry;
	const struct gcoap_dialect *dialect;
	struct gcoap_msg msg; /* code, options, payload */
	uint8_t store[ASK_STORE];
	size_t used;
	uint8_t *payload; /* heap */
	uint8_t token[GCOAP_TOKEN_MAX];
	uint8_t token_len;
	uint8_t block_szx;
	struct gcoap_addr *expect_from; /* heap */
	size_t n_expect_from;
};

/* The registry in force: defaults, [options] of the config file, --option-number. CLI_OK, or
 * CLI_USAGE after saying why. */
int ask_registry(const struct ask_dialect *args, struct gcoap_registry *out);

/* Build and check what does not depend on the target. CLI_OK, or CLI_USAGE / CLI_LOCAL (a
 * payload file that cannot be read) after saying why. @registry is borrowed. */
int ask_message_init(struct ask_message *m, const struct ask_args *args,
		     const struct gcoap_registry *registry);
void ask_message_clear(struct ask_message *m);
/* --expect-from without ports means the port that is asked. */
void ask_expect_port(struct ask_message *m, uint16_t port);

/* What the message and the ask for one target borrow. */
struct ask_store {
	struct gcoap_uri_store uri;
	char proxy_uri[GCOAP_URI_MAX + 1];
	char host[GCOAP_HOST_MAX + 3];
	uint8_t port[4], timeout[4], no_response[4];
	struct gcoap_origin server;
};

/*
 * The ask for one target: @msg (which borrows @m, @store and @t) gets the URI's options, or
 * those that tell a proxy. CLI_OK, or CLI_USAGE after saying why (--con to a group).
 */
int ask_target(const struct ask_message *m, const struct ask_args *args,
	       const struct target *t, struct gcoap_msg *msg, struct ask_store *store,
	       struct gcoap_ask *out);

/* How long to wait for @t's answers: --timeout, else 7 s to a group (longer with repeats, or as
 * its proxy needs), 30 s to one server. */
gcoap_time ask_timeout(const struct ask_args *args, const struct target *t);

/* ask_proxy.c: is there a proxy to ask through ("" and "none" are none)? */
bool ask_proxy_wanted(const struct ask_args *args);
/* Do the options of a proxy fit together? CLI_OK, or CLI_USAGE after saying why. */
int ask_proxy_check(const struct ask_args *args);
/* Are servers to be asked directly, though their proxy is asked over a session? */
bool ask_leaves_session(const struct ask_args *args);
/* Are targets asked as reverse-proxies: is T' given, and no proxy? */
bool ask_reverse_wanted(const struct ask_args *args);
/* Make @msg and @out, of a target asked directly, those for its proxy, or for the reverse-proxy
 * that it is. CLI_OK, CLI_USAGE. */
int ask_proxy(const struct ask_message *m, const struct ask_args *args, const struct target *t,
	      struct gcoap_msg *msg, struct ask_store *store, struct gcoap_ask *out);
int ask_reverse(const struct ask_message *m, const struct ask_args *args, const struct target *t,
		struct gcoap_msg *msg, struct ask_store *store, struct gcoap_ask *out);
/* How long to wait for a proxy; @usual when --proxy-timeout does not tell. */
gcoap_time ask_proxy_wait(const struct ask_args *args, gcoap_time usual);
/* Is nothing awaited but the proxy's ACK (T' = 0)? */
bool ask_proxy_forgets(const struct ask_args *args, const struct target *t);

/* -O NAME=VAL: append it to @m->msg. CLI_OK or CLI_USAGE after saying why. */
int ask_add_option(struct ask_message *m, const char *text);
/* Keep a copy of @value in @m's store; NULL ptr when it is full. */
struct gcoap_bytes ask_keep(struct ask_message *m, const void *value, size_t len);

/* Read -p or -f and convert it for @format (-1: none). CLI_OK, CLI_USAGE, CLI_LOCAL. */
int ask_payload(struct ask_message *m, const struct ask_request *args, int32_t format);
/* JSON text as CBOR; @senml maps SenML's labels to their numbers (RFC 8428, Section 6).
 * Heap bytes in *@out, their number in *@len. GCOAP_EMALFORMED, GCOAP_ENOMEM, GCOAP_ELIMIT. */
int ask_cbor_from_json(const char *text, size_t text_len, bool senml, uint8_t **out,
		       size_t *len);

#endif
