/* What --loss, --dup, --late and --error do to the answers. */
#include "sim.h"

static bool happens(struct sim *s, double percent)
{
	return percent > 0 && (double)gcoap_random_below(&s->random, 1000000) < percent * 10000;
}

/* Late is behind the leisure and the 2 s that clients add to it. */
void sim_fate(void *arg, uint32_t member, struct gcoap_fate *out)
{
	struct sim *s = arg;
	const struct sim_args *a = s->args;

	(void)member;
	*out = (struct gcoap_fate){ 0 };
	out->lost = happens(s, a->loss);
	out->twice = happens(s, a->dup);
	if (happens(s, a->late))
		out->late = a->leisure + 5 * GCOAP_SECOND / 2 +
			    (gcoap_time)gcoap_random_below(&s->random, GCOAP_SECOND);
	if (happens(s, a->error))
		out->code = GCOAP_SERVER_ERROR;
}
