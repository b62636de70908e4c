/* The receive buffer, a datagram to ourselves by multicast, and versions. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include "common/opt.h"
#include "doctor.h"

#define SMALL_ANSWER 100
#define FEW_ANSWERS 1000

void doctor_buffer(struct doctor *d)
{
	struct gcoap_udp_config config = { .v4 = true };
	struct gcoap_udp *udp = NULL;
	unsigned holds;

	if (gcoap_udp_open(&udp, &config, NULL) < 0) {
		doctor_say(d, DOCTOR_FAIL, "receive buffer", NULL, "no UDP endpoint: %s",
			   strerror(errno));
		return;
	}
	holds = gcoap_udp_capacity(udp, SMALL_ANSWER);
	doctor_say(d, holds < FEW_ANSWERS ? DOCTOR_WARN : DOCTOR_OK, "receive buffer",
		   holds < FEW_ANSWERS ? "sudo sysctl -w net.core.rmem_max=4194304" : NULL,
		   "%u bytes: about %u small answers at once", gcoap_udp_rcvbuf(udp), holds);
	gcoap_udp_close(&udp);
}

/* An engine that sends one datagram to a group and waits for it to come back. */
struct echo {
	struct gcoap_engine engine; /* first member */
	struct gcoap_addr to;
	uint32_t ifindex;
	gcoap_time ends;
	bool sent, heard, over;
	int error;
};

static const uint8_t ping[] = { 'g', 'c', 'o', 'a', 'p' };

static int echo_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	struct echo *x = (struct echo *)e;

	if (x->sent)
		return 0;
	x->sent = true;
	*out = (struct gcoap_datagram){ .to = x->to, .ifindex = x->ifindex,
					.data = { ping, sizeof(ping) } };
	return 1;
}

static int echo_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	struct gcoap_bytes want = { ping, sizeof(ping) };
	struct echo *x = (struct echo *)e;

	x->heard = x->heard || gcoap_bytes_equal(in->data, want);
	return 0;
}

static gcoap_time echo_deadline(const struct gcoap_engine *e)
{
	return ((const struct echo *)e)->ends;
}

static void echo_tick(struct gcoap_engine *e, gcoap_time now)
{
	struct echo *x = (struct echo *)e;

	x->over = now >= x->ends;
}

static bool echo_done(const struct gcoap_engine *e)
{
	const struct echo *x = (const struct echo *)e;

	return x->heard || x->over;
}

static void echo_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			gcoap_time now)
{
	struct echo *x = (struct echo *)e;

	x->error = error;
	x->over = true;
}

/* Join @group on @lo at a port of our own, and send to it. 0, or an errno value; ETIME when
 * the datagram was sent but did not come. */
static int try_loopback(const struct gcoap_addr *group, const struct gcoap_iface *lo)
{
	struct gcoap_udp_config config = { .v4 = group->family == 4, .v6 = group->family == 6 };
	struct echo x = {
		.engine = { echo_send, echo_recv, echo_deadline, echo_tick, echo_done, echo_failed },
		.to = *group,
		.ifindex = lo->index,
		.ends = gcoap_now() + 500 * GCOAP_MS,
	};
	struct gcoap_loop *loop = NULL;
	struct gcoap_udp *udp = NULL;
	struct gcoap_addr local;
	int r;

	errno = 0;
	r = gcoap_udp_open(&udp, &config, NULL);
	if (r >= 0)
		r = gcoap_udp_join(udp, group, lo->index);
	if (r >= 0)
		r = gcoap_loop_new(&loop);
	if (r >= 0) {
		gcoap_udp_local(udp, group->family, &local);
		x.to.port = local.port;
		if (gcoap_addr_needs_zone(group))
			x.to.scope = lo->index;
		r = gcoap_loop_add(loop, udp, &x.engine);
	}
	if (r >= 0)
		r = gcoap_loop_run(loop);
	if (r < 0 && x.error == 0)
		x.error = errno != 0 ? errno : EIO;
	gcoap_loop_free(&loop);
	gcoap_udp_close(&udp);
	return x.heard ? 0 : x.error != 0 ? x.error : ETIME;
}

void doctor_loopback(struct doctor *d)
{
	static const char *const groups[] = { "224.0.1.187", "ff02::fd" };
	const struct gcoap_iface *lo = NULL;

	for (int i = 0; i < d->n_ifaces && lo == NULL; i++)
		if (d->ifaces[i].loopback && d->ifaces[i].up)
			lo = &d->ifaces[i];
	if (lo == NULL) {
		doctor_say(d, DOCTOR_FAIL, "loopback", "sudo ip link set lo up",
			   "no loopback interface is up");
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		struct gcoap_addr group;
		int error;

		gcoap_addr_parse(&group, groups[i], GCOAP_PORT);
		error = try_loopback(&group, lo);
		if (error == 0)
			doctor_say(d, DOCTOR_OK, "loopback multicast", NULL,
				   "a datagram to %s came back", groups[i]);
		else if (group.family == 4)
			doctor_say(d, DOCTOR_FAIL, "loopback multicast",
				   "gcoap-sim --netns -- COMMAND has a loopback of its own",
				   "IPv4: %s", strerror(error));
		else
			doctor_say(d, DOCTOR_WARN, "loopback multicast",
				   "sudo ip -6 route add local ff00::/8 dev lo, or gcoap-sim --netns",
				   "IPv6: %s", strerror(error));
	}
}
