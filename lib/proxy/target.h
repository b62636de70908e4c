/* Where a request wants to go, what is sent there, and whether that is allowed. */
#ifndef PROXY_TARGET_H
#define PROXY_TARGET_H

#include <gcoap/proxy.h>

enum gcoap__kind {
	GCOAP__LOCAL,  /* a resource of the proxy itself */
	GCOAP__NAMED,  /* a host name that is not resolved yet */
	GCOAP__SERVER, /* one server */
	GCOAP__GROUP
};

/* A request on its way out. What @msg borrows is in the request itself and in this structure,
 * which therefore is not copied. */
struct gcoap__target {
	enum gcoap__kind kind;
	enum gcoap_scheme scheme;
	char host[GCOAP_HOST_MAX + 1]; /* as named; "" when it is an address */
	struct gcoap_addr addr;	       /* with the port, which alone is set of a name */
	uint32_t ifindex;
	char uri[GCOAP_URI_MAX + 1]; /* of the target, canonical: for logs and keys; "" LOCAL */
	/* What goes to a server: without Proxy-*, the timeout and Group-ETag, Uri-* rebuilt.
	 * LOCAL: what the resource of our own is asked. */
	struct gcoap_msg msg;
	struct gcoap_uri_store store;
	uint8_t hop_limit;
	const struct gcoap_dialect *dialect; /* of the client's options; NULL: it has none */
	bool has_timeout;      /* the timeout option is there and usable */
	uint32_t timeout;      /* its value, seconds */
	bool timeout_empty;    /* it is there, without a value: an Early Stop Request */
	/* The client wrote to us as to a server: by a row, by the group URI in the path, by an
	 * address that stands for a server. */
	bool reversed;
	const struct gcoap_proxy_reverse *reverse; /* the row that led here, when one did */
	const struct gcoap_proxy_alias *alias;	   /* mode B: so did this one */
	const struct gcoap_proxy_group *group; /* its row in the allow-list: gcoap__policy() */
	bool answered; /* the server is asked for the rest of its answer to a group */
};

/* Why a group is sent no body in blocks (RFC 7959, Section 2.8). */
#define GCOAP__NO_BLOCK1 "option 27: a group takes no request in blocks"

/* An error of ours, ready to be sent. */
struct gcoap__refusal {
	uint8_t code; /* 0: none */
	char text[120]; /* diagnostic payload; "" none */
	bool timeout_option; /* with the timeout option: empty, or @timeout > 0 */
	uint32_t timeout;
	int64_t max_age; /* -1: none */
	const char *why; /* short name for logs */
};

/* @code with a diagnostic text, which is cut when it is too long. Returns @code. */
int gcoap__refuse(struct gcoap__refusal *r, uint8_t code, const char *why, const char *format,
		  ...) __attribute__((format(printf, 4, 5)));

/*
 * Read the target of a request: options that are not known (4.02), then Proxy-Uri,
 * Proxy-Scheme, Proxy-Cri and Proxy-Scheme-Number with Uri-* (4.00, 5.05), the reverse rows, the
 * group URI embedded in a path, else a resource of our own; Hop-Limit (4.00; of what is sent on
 * 5.08). A name in the allow-list has the address that it has there. 0, or the code of
 * *@refusal; @out then has what was read before, its dialect above all.
 */
int gcoap__target_read(const struct gcoap_proxy_config *config, const struct gcoap_peer *from,
		       const struct gcoap_msg *request, struct gcoap__target *out,
		       struct gcoap__refusal *refusal);
/* A name was resolved: server or group. @addr NULL: it was not (5.02). Its port is not looked
 * at. 0, or the code of *@refusal. */
int gcoap__target_resolved(const struct gcoap_proxy_config *config, struct gcoap__target *t,
			   const struct gcoap_addr *addr, struct gcoap__refusal *refusal);

/*
 * May this client send to that target? In the order 5.05, 5.01, 4.01; then 4.00 for what no
 * proxy can send on: a block size of 7, and blocks but the first one of a group. To be asked
 * of a NAMED target before it is resolved, that nobody unknown makes us ask for names, and
 * again after. Gives a group its row, and the zone and interface of that. 0, or the code.
 */
int gcoap__policy(const struct gcoap_proxy_config *config, const struct gcoap_peer *from,
		  struct gcoap__target *t, struct gcoap__refusal *refusal);
/*
 * Is the client in the allow-list at all? Both conditions of T_PROXY are met by that: whoever
 * configures T_PROXY vouches for the clients of the list, that they know of it and take
 * several responses to one request.
 */
bool gcoap__policy_known(const struct gcoap_proxy_config *config,
			 const struct gcoap_peer *from);

/*
 * The origin that an answer of @server is given: the server itself, or what stands for it when
 * the request was for us (modes B and C). Writes the value of @dialect's option; returns its
 * length, GCOAP_ENOTFOUND when nothing stands for the server, GCOAP_ESPACE, GCOAP_EINVALID.
 */
int gcoap__standin(const struct gcoap_proxy_config *config, const struct gcoap__target *t,
		   const struct gcoap_peer *client, const struct gcoap_dialect *dialect,
		   const struct gcoap_origin *server, uint8_t *buf, size_t cap);

#endif
