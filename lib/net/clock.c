#include <time.h>
#include <gcoap/net.h>

static gcoap_time clock_read(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * GCOAP_SECOND + ts.tv_nsec;
}

gcoap_time gcoap_now(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

gcoap_time gcoap_wall_offset(void)
{
	return clock_read(CLOCK_REALTIME) - clock_read(CLOCK_MONOTONIC);
}
