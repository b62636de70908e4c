/* Modules: parts whose libraries cost start-up time, loaded when first needed. */
#ifndef NET_MODULE_H
#define NET_MODULE_H

#include <gcoap/bytes.h>
#include <gcoap/error.h>
#include <gcoap/stream.h>
#include <gcoap/time.h>

/*
 * The table "gcoap_module_NAME" of NAME.so, from the folder gcoap beside this library, else
 * from the installed one. NULL when it is not there. Never unloaded.
 */
const void *gcoap__module(const char *name);

/* What a module stands on: "gcoap_libraries_NAME" ends with a row without a name. */
struct gcoap__library {
	const char *name;
	const char *(*version)(void);
};

/* capture.so: pcap files through libpcap. Times are nanoseconds since 1970. */
struct gcoap__module_capture {
	/* A new file of raw IP packets; NULL with errno. */
	void *(*create)(const char *path);
	void (*write)(void *w, gcoap_time at, struct gcoap_bytes packet);
	/* GCOAP_ESYSTEM when anything was lost. */
	int (*finish)(void *w);
	/* GCOAP_ESYSTEM with errno, GCOAP_EMALFORMED: not such a file. */
	int (*open)(void **r, const char *path, int *linktype);
	/* 1: @packet is the next one, valid until the next call; 0: end; GCOAP_EMALFORMED. */
	int (*next)(void *r, gcoap_time *at, struct gcoap_bytes *packet);
	void (*close)(void *r);
};

/*
 * stream.so: CoAP over DTLS, TCP and TLS through libcoap. A hub is a server with its endpoints
 * and sessions, or one session of a client; each has its own keys. None of its calls is made
 * from within the hub's callbacks, but send().
 */
struct gcoap__hub_config {
	bool server;
	const struct gcoap_credentials *credentials; /* NULL: TCP only */
	const char *host; /* of a client: the name the certificate must have; NULL: any */
	const uint16_t *critical; /* options that libcoap is to let through */
	size_t n_critical;
	uint32_t max_sessions;
	gcoap_time idle;
	void *owner;
	/* A session is established; @conn is for send(). What it returns comes with the calls
	 * below; NULL: a server does not want it. */
	void *(*opened)(void *owner, void *conn, const struct gcoap_peer *peer);
	/* A request or a response; duplicates are not handed over. */
	void (*message)(void *session, const struct gcoap_msg *msg);
	/* Nobody acknowledges what was sent with that token, or it was refused. */
	void (*lost)(void *session, const uint8_t *token, size_t token_len);
	/* The session is over, and @conn with it. @session NULL: it was never established (of a
	 * client only). @error: GCOAP_ECLOSED, GCOAP_ESECURITY, or GCOAP_ESYSTEM with errno. */
	void (*ended)(void *owner, void *session, int error, const char *text);
};

struct gcoap__module_stream {
	/* GCOAP_ENOMEM, GCOAP_ESECURITY: credentials that cannot be used. */
	int (*open)(void **hub, const struct gcoap__hub_config *config, struct gcoap_diag *diag);
	void (*close)(void *hub);
	/* Readable when process() has something to do. */
	int (*fd)(const void *hub);
	void (*process)(void *hub);
	int (*listen)(void *hub, enum gcoap_scheme scheme, const struct gcoap_addr *at,
		      struct gcoap_addr *bound, struct gcoap_diag *diag);
	int (*connect)(void *hub, enum gcoap_scheme scheme, const struct gcoap_addr *to,
		       void **conn, struct gcoap_diag *diag);
	/* GCOAP_ECLOSED, GCOAP_ENOMEM, GCOAP_ESPACE: too long for the other side, GCOAP_ELIMIT:
	 * too much waits already. */
	int (*send)(void *conn, const struct gcoap_msg *msg);
	void (*local)(const void *conn, struct gcoap_addr *out);
	/* Of a client's hub: has the server said anything in a handshake? */
	bool (*answered)(const void *hub);
};

#endif
