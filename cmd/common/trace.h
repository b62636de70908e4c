/* -v: what is sent and received, as text for people; also what --dry-run shows. */
#ifndef TRACE_H
#define TRACE_H

#include <stdio.h>
#include <gcoap/net.h>
#include <gcoap/option.h>

struct trace {
	FILE *out;
	int level; /* 1: one line a message, 2: options decoded, 3: hex dump */
	const struct gcoap_registry *registry;
	/* "coap+tcp": a session, which has types, Message IDs and sizes of its own; NULL: UDP. */
	const char *over;
};

/* To @t->out, and to the log file when there is one. */
void trace_datagram(const struct trace *t, enum gcoap_direction dir,
		    const struct gcoap_datagram *d);

/* "    Uri-Path: temp" for each option, then a line for the payload. */
void trace_options(FILE *out, const struct gcoap_registry *registry,
		   const struct gcoap_msg *m);
/* Offsets, 16 bytes a line in hex, and their ASCII. */
void trace_hex(FILE *out, struct gcoap_bytes data);
/* "NON GET, Message ID 666a, token 6361666501020304"; @over a session, without what is not of
 * the message: "coap+tcp GET, token 6361666501020304". */
void trace_head(FILE *out, const char *over, const struct gcoap_msg *m);

/* The value of @o for people: a number, escaped text, NUM/MORE/SIZE, an origin, or 0xHEX.
 * NUL-terminated, cut when it does not fit; returns @buf. */
char *trace_option_value(const struct gcoap_registry *registry, const struct gcoap_option *o,
			 char *buf, size_t cap);

#endif
