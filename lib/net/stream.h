/* The inside of a stream: shared by the files stream*.c. */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <gcoap/stream.h>
#include "module.h"

#define IDENTITY_TEXT 129

struct gcoap__session {
	struct gcoap_stream *stream;
	struct gcoap_peer peer; /* its identity is the array below, or NULL */
	char identity[IDENTITY_TEXT];
	void *conn; /* the module's; NULL: it has ended */
	/* Of a client: its own hub. */
	void *hub;
	char host[GCOAP_ADDR_TEXT];
	/* It has ended: its owner is told when nobody is in the middle of it, then it goes. */
	bool over;
	int error, number; /* GCOAP_E*, errno */
	char text[160];
};

struct gcoap_stream {
	struct gcoap_way way; /* first member */
	struct gcoap_stream_config config;
	const struct gcoap__module_stream *module;
	void *server; /* hub, with the first endpoint */
	int epfd;     /* of all hubs, and of the next */
	int wake_fd;  /* a session ended while something was sent */
	size_t n_over;
	/* A number says which slot, and, in what is above SLOT_BITS, which use of it. */
	struct gcoap__session **slots;
	size_t n_slots;
	uint64_t uses;
	uint16_t critical[GCOAP_DRAFT_COUNT + 8];
	size_t n_critical;
};

/* stream_session.c */
/* A new session with its number. NULL: no memory, or too many. */
struct gcoap__session *gcoap__session_new(struct gcoap_stream *s);
void gcoap__session_free(struct gcoap__session *x);
/* NULL: there is none any more. */
struct gcoap__session *gcoap__session_find(const struct gcoap_stream *s, uint64_t number);

/* stream_hub.c */
int gcoap__stream_server(struct gcoap_stream *s, struct gcoap_diag *diag);
/* The hub of a client's session; closed with the session. */
int gcoap__stream_client(struct gcoap__session *x, const char *host, struct gcoap_diag *diag);
int gcoap__stream_respond(struct gcoap_way *w, const struct gcoap_peer *to,
			  struct gcoap_msg *msg, enum gcoap_send_as as, gcoap_time now);
int gcoap__stream_send(struct gcoap__session *x, const struct gcoap_msg *msg);
/* Tell of the sessions that are over, and free them. */
void gcoap__stream_bury(struct gcoap_stream *s);
bool gcoap__stream_answered(const struct gcoap_stream *s, uint64_t session);

#endif
