/* Rounds: an engine around the client's that asks again every interval. */
#include "common/cli.h"
#include "get.h"

static struct get_rounds *self(struct gcoap_engine *e)
{
	return (struct get_rounds *)e;
}

static int rounds_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	return self(e)->inner->send(self(e)->inner, out, now);
}

static int rounds_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	return self(e)->inner->recv(self(e)->inner, in, now);
}

static bool between(const struct get_rounds *r)
{
	return r->left > 0 && r->inner->done(r->inner);
}

static gcoap_time rounds_deadline(const struct gcoap_engine *e)
{
	const struct get_rounds *r = (const struct get_rounds *)e;

	return between(r) ? r->next : r->inner->deadline(r->inner);
}

static void rounds_tick(struct gcoap_engine *e, gcoap_time now)
{
	struct get_rounds *r = self(e);

	r->inner->tick(r->inner, now);
	if (!between(r) || now < r->next)
		return;
	r->left--;
	r->next = now + r->get->args->run.interval;
	if (get_ask_all(r->get, now) != CLI_OK)
		r->left = 0;
}

static bool rounds_done(const struct gcoap_engine *e)
{
	const struct get_rounds *r = (const struct get_rounds *)e;

	return r->left == 0 && r->inner->done(r->inner);
}

static void rounds_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			  gcoap_time now)
{
	struct get_rounds *r = self(e);

	if (r->send_error == 0) {
		r->send_error = error;
		r->send_to = out->to;
		r->send_ifindex = out->ifindex != 0 ? out->ifindex : out->to.scope;
	}
	if (r->inner->failed != NULL)
		r->inner->failed(r->inner, out, error, now);
}

void get_rounds_init(struct get *g, gcoap_time now)
{
	g->rounds = (struct get_rounds){
		.engine = { rounds_send, rounds_recv, rounds_deadline, rounds_tick, rounds_done,
			    rounds_failed },
		.inner = gcoap_client_engine(g->client),
		.get = g,
		.left = g->args->run.rounds - 1,
		.next = now + g->args->run.interval,
	};
}
