/* Counts and delays of all exchanges of a client. */
#ifndef GCOAP_ENGINE_STATS_H
#define GCOAP_ENGINE_STATS_H

#include <gcoap/result.h>
#include "table.h"

#define GCOAP__SAMPLES_MAX (1u << 20)

struct gcoap__stats {
	struct gcoap_summary sum; /* rtt and elapsed are made when asked for */
	struct gcoap__table servers; /* who has answered */
	uint32_t *rtt_us; /* of responses; beyond a million only counted in min and max */
	uint32_t n_rtt, cap_rtt;
	gcoap_time min, max;
	gcoap_time first_sent, last_end; /* GCOAP_NEVER: not yet */
	bool failed, interrupted;	 /* an exchange ended so */
};

void gcoap__stats_init(struct gcoap__stats *s, size_t key_size, const uint64_t seed[2]);
void gcoap__stats_clear(struct gcoap__stats *s);
/* 1: it was not there; 0: it was; GCOAP_ENOMEM. The caller counts. */
int gcoap__stats_server(struct gcoap__stats *s, const void *key);
int gcoap__stats_rtt(struct gcoap__stats *s, gcoap_time rtt);
void gcoap__stats_ended(struct gcoap__stats *s, enum gcoap_ended_by why, bool fault,
			gcoap_time now);
void gcoap__stats_summary(const struct gcoap__stats *s, struct gcoap_summary *out,
			  gcoap_time now, bool running);

#endif
