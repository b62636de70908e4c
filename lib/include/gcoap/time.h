/* Time for the engines: monotonic nanoseconds that the caller passes in. */
#ifndef GCOAP_TIME_H
#define GCOAP_TIME_H

#include <stdint.h>

typedef int64_t gcoap_time;

#define GCOAP_NEVER INT64_MAX
#define GCOAP_US ((gcoap_time)1000)
#define GCOAP_MS ((gcoap_time)1000000)
#define GCOAP_SECOND ((gcoap_time)1000000000)

/* Transmission parameters of RFC 7252, Section 4.8, with their defaults in the comments. */
struct gcoap_transmission {
	gcoap_time ack_timeout;	      /* 2 s */
	uint32_t ack_random_percent;  /* 150: ACK_RANDOM_FACTOR 1.5 */
	uint32_t max_retransmit;      /* 4 */
	uint32_t nstart;	      /* 1 */
	uint32_t probing_rate;	      /* 1 byte/s; 0: not limited */
	gcoap_time leisure;	      /* 5 s */
	gcoap_time exchange_lifetime; /* 247 s */
	gcoap_time non_lifetime;      /* 145 s */
	gcoap_time token_reuse;	      /* 500 s: groupcomm-bis, Section 3.1.5 */
};

#define GCOAP_TRANSMISSION_DEFAULT                                                         \
	{                                                                                  \
		.ack_timeout = 2 * GCOAP_SECOND, .ack_random_percent = 150,                \
		.max_retransmit = 4, .nstart = 1, .probing_rate = 1,                       \
		.leisure = 5 * GCOAP_SECOND, .exchange_lifetime = 247 * GCOAP_SECOND,      \
		.non_lifetime = 145 * GCOAP_SECOND, .token_reuse = 500 * GCOAP_SECOND      \
	}

#endif
