/* Timers in a binary heap: the earliest in front, set and cancelled in O(log n). */
#ifndef GCOAP_ENGINE_TIMER_H
#define GCOAP_ENGINE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <gcoap/time.h>

struct gcoap__timer {
	gcoap_time due;
	size_t place; /* in the heap + 1; 0: not running */
	void *owner;
};

struct gcoap__timers {
	struct gcoap__timer **heap;
	size_t n, reserved, cap;
};

void gcoap__timers_clear(struct gcoap__timers *h);
/* Room for one timer more, so that setting it cannot fail; give it back with _release. */
bool gcoap__timers_reserve(struct gcoap__timers *h);
void gcoap__timers_release(struct gcoap__timers *h);
/* Start or move; GCOAP_NEVER stops it. */
void gcoap__timer_set(struct gcoap__timers *h, struct gcoap__timer *t, gcoap_time due);
void gcoap__timer_stop(struct gcoap__timers *h, struct gcoap__timer *t);
gcoap_time gcoap__timers_next(const struct gcoap__timers *h);
/* Stop and return a timer that is due, or NULL. */
struct gcoap__timer *gcoap__timers_due(struct gcoap__timers *h, gcoap_time now);

#endif
