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

/* A request on its way out. What @msg borrows is in the request itself and in @store. */
struct gcoap__target {
	enum gcoap__kind kind;
	enum gcoap_scheme scheme;
	char host[GCOAP_HOST_MAX + 1]; /* as named; "" when it is an address */
	struct gcoap_addr addr;	       /* with the port, which alone is set of a name */
	uint32_t ifindex;
	char uri[GCOAP_URI_MAX + 1]; /* of the target, canonical: for logs and keys */
	/* What goes to a server: without Proxy-*, the timeout and Group-ETag, Uri-* rebuilt. */
	struct gcoap_msg msg;
	struct gcoap_uri_store store;
	const struct gcoap_dialect *dialect; /* of the client's options; NULL: it has none */
	bool has_timeout;      /* the timeout option is there and usable */
	uint32_t timeout;      /* its value, seconds */
	bool timeout_empty;    /* it is there, without a value: an Early Stop Request */
	const struct gcoap_proxy_reverse *reverse; /* the row that led here; NULL: forward */
	const struct gcoap_proxy_group *group;	   /* its row in the allow-list, when it has one */
};

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
 * Read the target of a request: options that are not known (4.02), Hop-Limit (4.00, 5.08), then
 * Proxy-Uri, Proxy-Scheme, Proxy-Cri and Proxy-Scheme-Number with Uri-*, the reverse rows, the
 * group URI embedded in a path, else a resource of our own. 0, or the code of *@refusal.
 */
int gcoap__target_read(const struct gcoap_proxy_config *config, const struct gcoap_peer *from,
		       const struct gcoap_msg *request, struct gcoap__target *out,
		       struct gcoap__refusal *refusal);
/* A name was resolved: server or group. 0, or the code of *@refusal (5.02, 5.05). */
int gcoap__target_resolved(const struct gcoap_proxy_config *config, struct gcoap__target *t,
			   const struct gcoap_addr *addr, struct gcoap__refusal *refusal);

/* May this client send to that target? In the order 5.05, 5.01, 4.01. 0, or the code. */
int gcoap__policy(const struct gcoap_proxy_config *config, const struct gcoap_peer *from,
		  struct gcoap__target *t, struct gcoap__refusal *refusal);
/* Is the client in the allow-list at all? */
bool gcoap__policy_known(const struct gcoap_proxy_config *config,
			 const struct gcoap_peer *from);

/* The origin that an answer of @server is given: the server itself, or what stands for it in
 * modes B and C. Writes the option's value; returns its length, negative when it has none. */
int gcoap__standin(const struct gcoap_proxy_config *config, const struct gcoap__target *t,
		   const struct gcoap_peer *client, const struct gcoap_dialect *dialect,
		   const struct gcoap_origin *server, uint8_t *buf, size_t cap);

#endif
