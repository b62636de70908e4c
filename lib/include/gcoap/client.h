/*
 * The client's half of the protocol as one engine: exchanges on top of the reliability layer,
 * follow-ups by unicast, results to a sink. No sockets and no clock.
 */
#ifndef GCOAP_CLIENT_H
#define GCOAP_CLIENT_H

#include <gcoap/exchange.h>

struct gcoap_client;

struct gcoap_client_config {
	struct gcoap_transmission transmission;
	struct gcoap_random *random; /* NULL: the kernel's */
	struct gcoap_sink *sink;     /* borrowed for the client's life */
	uint64_t max_held;	     /* bytes of bodies being put together, all servers: 64 MiB */
	gcoap_time linger;	     /* go on receiving so long after the end, to count late
					answers; 0 by default */
};

/* GCOAP_ENOMEM, GCOAP_ESYSTEM (no random bytes). */
int gcoap_client_new(struct gcoap_client **out, const struct gcoap_client_config *config);
/* NULL is fine; *@c is NULL after. */
void gcoap_client_free(struct gcoap_client **c);

/* The engine to give to the loop; lives as long as @c. */
struct gcoap_engine *gcoap_client_engine(struct gcoap_client *c);

/*
 * Bodies in blocks, and Echo challenges of a group's servers, are followed up by unicast, to 64
 * servers at a time: by CON where the request itself went as CON, else by NON, and by CON when
 * that is not answered. One server that challenges gets its request again. The record of such a
 * response comes when that has ended, at the latest EXCHANGE_LIFETIME after it began, or when a
 * server has been silent for MAX_TRANSMIT_SPAN. An exchange whose window has closed ends when its
 * follow-ups have.
 *
 * Start an exchange; the request goes out with the next sends (NSTART per destination: later
 * ones to the same group wait until the window of the one before ends, Section 4.7). Returns
 * its id, 1 and up; GCOAP_ENOMEM, GCOAP_EINVALID (CON to a group, a payload to a group that needs
 * Block1, option limits),
 * GCOAP_ERANGE (token in use within MIN_TOKEN_REUSE_TIME).
 */
int gcoap_client_ask(struct gcoap_client *c, const struct gcoap_ask *ask, gcoap_time now);

/* End every exchange now: Ctrl-C (GCOAP_ENDED_INTERRUPT) or a local fault (_ERROR). Missing
 * records are given to the sink. */
void gcoap_client_stop(struct gcoap_client *c, enum gcoap_ended_by why, gcoap_time now);
/* The same for one exchange, by its id; its follow-ups go on. Not from within a sink. */
void gcoap_client_end(struct gcoap_client *c, uint32_t id, enum gcoap_ended_by why,
		      gcoap_time now);
/* Local endpoint for request records, once known. */
void gcoap_client_set_local(struct gcoap_client *c, const struct gcoap_addr *local);

/* The negative value a sink returned, an error of sending, or 0. */
int gcoap_client_error(const struct gcoap_client *c);
/* The state so far: may be called at any time. kernel_drops is left 0. */
void gcoap_client_summary(const struct gcoap_client *c, struct gcoap_summary *out,
			  gcoap_time now);
/* For the progress line: the latest end of the running exchanges, GCOAP_NEVER when none. */
gcoap_time gcoap_client_ends_at(const struct gcoap_client *c);

#endif
