/* What --loss, --dup, --late and --error do to the answers. */
#include "sim.h"

static bool happens(struct sim *s, double percent)
{
	return percent > 0 && (double)gcoap_random_below(&s->random, 1000000) < percent * 10000;
}

/* Behind the leisure and the 2 s that clients add to it. */
static gcoap_time lateness(struct sim *s)
{
	return s->args->leisure + 5 * GCOAP_SECOND / 2 +
	       (gcoap_time)gcoap_random_below(&s->random, GCOAP_SECOND);
}

/* In the chaos profile one member of eight says all twice, and one is always late. */
void sim_fate(void *arg, uint32_t member, struct gcoap_fate *out)
{
	struct sim *s = arg;
	const struct sim_args *a = s->args;

	*out = (struct gcoap_fate){ 0 };
	out->lost = happens(s, a->loss);
	out->twice = happens(s, a->dup) || (s->chaos && member % 8 == 1);
	if (happens(s, a->late) || (s->chaos && member % 8 == 3))
		out->late = lateness(s);
	if (happens(s, a->error))
		out->code = GCOAP_SERVER_ERROR;
}
