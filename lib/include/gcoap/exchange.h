/*
 * A group (or individual) exchange: one request, a window of time, and every answer that
 * carries its token (RFC 7252, Section 8; groupcomm-bis-03, Section 3.1).
 *
 * The exchange knows tokens and answers. Types, Message IDs, retransmission and
 * deduplication are the reliability layer's (gcoap/reliability.h); gcoap/client.h joins them.
 */
#ifndef GCOAP_EXCHANGE_H
#define GCOAP_EXCHANGE_H

#include <gcoap/random.h>
#include <gcoap/result.h>

struct gcoap_observe;

/* Where requests go that follow an answer through a proxy: the rest of a body, Echo. */
enum gcoap_follow_up {
	GCOAP_FOLLOW_UP_DIRECT, /* to the server that the proxy has named */
	GCOAP_FOLLOW_UP_PROXY	/* to the proxy, with Proxy-Uri of that server */
};

/*
 * Everything that is asked of an exchange; copied by gcoap_client_ask(), but for @dialect and
 * @registry, which must live as long as the client.
 */
struct gcoap_ask {
	const struct gcoap_msg *request; /* code, options, payload; type, mid, token ignored */
	const char *uri;		 /* as shown to the user */
	struct gcoap_addr to;
	uint32_t ifindex; /* egress; 0: by route */
	bool group;
	/*
	 * @to is a proxy and the target behind it a group: answers of many servers come from @to
	 * as to a group request, each named by Response-Forwarding or Reply-From; one without
	 * is of an unknown server. The request has Proxy-Uri or the like and the timeout
	 * option: T' seconds < @timeout < MIN_TOKEN_REUSE_TIME; 0: only the ACK is waited for.
	 * An error of the proxy itself ends it (GCOAP_ENDED_PROXY), once an Echo challenge was
	 * answered and the timeout option that the proxy misses (4.00) or wants larger
	 * (5.05) was sent, which happens by itself unless @relay; then only an observation
	 * takes the larger one. A proxy that is told to
	 * stop early by an Early Stop Request (dialect) gets one.
	 */
	bool proxied;
	/* @to is a proxy that UDP leads to: when it has acknowledged the request, and no answer
	 * has come until shortly after T', ask it by a CoAP ping whether it is still there. */
	bool ping;
	/* @to is a proxy, and behind it this one server: who its answers are from. NULL: no. */
	const struct gcoap_origin *server;
	enum gcoap_follow_up follow_up;
	/* A proxy asks for its client: answers are handed on as they are. No block and no Echo
	 * is followed up, no block is made, and an option that is not known is no fault. */
	bool relay;
	bool confirmable; /* not to a group */
	const struct gcoap_dialect *dialect;
	const struct gcoap_registry *registry; /* NULL: the default numbers */
	enum gcoap_port_reading port_reading;
	uint16_t group_port; /* for tp_info without a port; 0: @to's */

	gcoap_time timeout; /* last moment to accept answers, from the first send */
	gcoap_time idle;    /* 0: off; else end after this much silence since the last answer */
	uint32_t expect;    /* 0: off; end at so many distinct servers */
	/* These must answer; also ends when all have. One of them that is alone on its host, or
	 * has port 0, may answer from any port. */
	const struct gcoap_addr *expect_from;
	size_t n_expect_from;
	bool first;	    /* end at the first answer */
	uint32_t repeat;    /* send again so many times, same token */
	bool repeat_new_mid;
	gcoap_time repeat_gap; /* 0: the leisure */

	bool blockwise;	     /* fetch the rest of a long body by unicast from each server */
	uint8_t block_szx;   /* largest size we ask for */
	uint32_t max_body;   /* 1 MiB; what is longer is cut and said to be incomplete */
	uint32_t max_blocks; /* 4096 */
	/* Beyond these, and beyond a twentieth of them from one server, answers are only counted
	 * (dropped); 0: 20,000. Of an observation these are servers. */
	uint32_t max_answers;

	uint8_t token[GCOAP_TOKEN_MAX]; /* with token_len > 0: use this one (--token) */
	uint8_t token_len;
	bool show_duplicates, show_late;

	const struct gcoap_observe *observe; /* gcoap/observe.h; NULL: one answer each */
};

#define GCOAP_ASK_DEFAULT                                                                  \
	{                                                                                  \
		.timeout = 7 * GCOAP_SECOND, .blockwise = true, .block_szx = 6,            \
		.max_body = 1 << 20, .max_blocks = 4096,                                   \
		.port_reading = GCOAP_PORT_WGP_00                                          \
	}

#endif
