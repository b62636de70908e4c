/*
 * The message layer of UDP (RFC 7252, Section 4): types, Message IDs, retransmission of CON,
 * ACK and RST, deduplication per source endpoint and Message ID, NSTART and PROBING_RATE.
 */
#ifndef GCOAP_RELIABILITY_H
#define GCOAP_RELIABILITY_H

#include <gcoap/datagram.h>
#include <gcoap/msg.h>
#include <gcoap/random.h>

struct gcoap_reliability;

/* What became of a message that was received or sent. */
enum gcoap_delivery {
	GCOAP_DELIVER,	 /* new: give it to the exchange */
	GCOAP_DUPLICATE, /* same endpoint and Message ID as before; an ACK is repeated */
	GCOAP_ACKED,	 /* empty ACK: the request arrived, the response comes later */
	GCOAP_RESET,	 /* the other side refused our message */
	GCOAP_STRAY	 /* ACK or RST that matches nothing of ours; ignored */
};

int gcoap_reliability_new(struct gcoap_reliability **out,
			  const struct gcoap_transmission *params, struct gcoap_random *random);
void gcoap_reliability_free(struct gcoap_reliability **r);

/*
 * Take a message for @to. CON: kept until acknowledged, reset, or given up. The Message ID is
 * chosen here (same endpoint: not reused within EXCHANGE_LIFETIME or NON_LIFETIME) unless
 * @keep_mid. @handle is returned with the outcome; 0: none is wanted, as for a group request,
 * to which no ACK and no RST can belong. A message with a handle is kept, so that a RST is
 * matched, until gcoap_reliability_cancel(). GCOAP_ENOMEM, GCOAP_ESPACE.
 */
int gcoap_reliability_submit(struct gcoap_reliability *r, const struct gcoap_addr *to,
			     uint32_t ifindex, struct gcoap_msg *msg, bool keep_mid,
			     uint64_t handle, gcoap_time now);
int gcoap_reliability_send(struct gcoap_reliability *r, struct gcoap_datagram *out,
			   gcoap_time now);
/*
 * Classify a decoded message. Give CON and NON messages only when their token is live, so that
 * strangers cannot fill the memory of Message IDs. An empty ACK or RST answer is queued by
 * gcoap_reliability_ack and _reset, which the exchange layer calls because only it knows the
 * token; both are repeated from here for a duplicate. *@handle is set for GCOAP_ACKED,
 * GCOAP_RESET and for GCOAP_DELIVER of a piggybacked response, else 0. A response that finds
 * no memory for its Message ID is delivered all the same.
 */
enum gcoap_delivery gcoap_reliability_recv(struct gcoap_reliability *r,
					   const struct gcoap_datagram *in,
					   const struct gcoap_msg *msg, uint64_t *handle,
					   gcoap_time now);
/* Queue an empty ACK or RST; GCOAP_ELIMIT when 32,768 wait already, GCOAP_ENOMEM: the other
 * side will repeat its message. */
int gcoap_reliability_ack(struct gcoap_reliability *r, const struct gcoap_addr *to,
			  uint16_t mid);
int gcoap_reliability_reset(struct gcoap_reliability *r, const struct gcoap_addr *to,
			    uint16_t mid);
/* The next CON that was given up after MAX_RETRANSMIT: 1 and its handle, or 0. */
int gcoap_reliability_failed(struct gcoap_reliability *r, uint64_t *handle);
void gcoap_reliability_cancel(struct gcoap_reliability *r, uint64_t handle);
/* The message has arrived, though no ACK says so: it is not sent again, and what comes
 * piggybacked on a late ACK is still known. */
void gcoap_reliability_settle(struct gcoap_reliability *r, uint64_t handle);
gcoap_time gcoap_reliability_deadline(const struct gcoap_reliability *r);
void gcoap_reliability_tick(struct gcoap_reliability *r, gcoap_time now);

#endif
