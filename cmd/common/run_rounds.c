/* Rounds: an engine around the client's that asks again every interval. */
#include "cli.h"
#include "run.h"

static struct run_rounds *self(struct gcoap_engine *e)
{
	return (struct run_rounds *)e;
}

static int rounds_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	return self(e)->inner->send(self(e)->inner, out, now);
}

static int rounds_recv(struct gcoap_engine *e, const struct gcoap_datagram *in,
		       gcoap_time now)
{
	int r = self(e)->inner->recv(self(e)->inner, in, now);

	run_operands_end(self(e)->run, now);
	return r;
}

static bool idle(const struct run_rounds *r)
{
	return r->inner->done(r->inner);
}

static gcoap_time rounds_deadline(const struct gcoap_engine *e)
{
	const struct run_rounds *r = (const struct run_rounds *)e;

	if (!idle(r))
		return r->inner->deadline(r->inner);
	if (r->open)
		return 0;
	return r->left > 0 ? r->next : GCOAP_NEVER;
}

static void rounds_tick(struct gcoap_engine *e, gcoap_time now)
{
	struct run_rounds *r = self(e);

	r->inner->tick(r->inner, now);
	run_operands_end(r->run, now);
	if (idle(r) && r->open)
		r->open = r->run->next(r->run, now) > 0;
	if (!idle(r) || r->open || r->left == 0 || now < r->next)
		return;
	r->left--;
	r->next = now + r->run->interval;
	r->open = r->run->next != NULL;
	run_operands_settle(r->run);
	if (run_ask_all(r->run, now) != CLI_OK)
		r->left = 0;
}

static bool rounds_done(const struct gcoap_engine *e)
{
	const struct run_rounds *r = (const struct run_rounds *)e;

	return r->left == 0 && !r->open && idle(r);
}

static void rounds_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			  gcoap_time now)
{
	struct run_rounds *r = self(e);

	if (r->send_error == 0) {
		r->send_error = error;
		r->send_to = out->to;
		r->send_ifindex = out->ifindex != 0 ? out->ifindex : out->to.scope;
	}
	if (r->inner->failed != NULL)
		r->inner->failed(r->inner, out, error, now);
}

static void rounds_unreachable(struct gcoap_engine *e, const struct gcoap_datagram *out,
			       int error, gcoap_time now)
{
	self(e)->inner->unreachable(self(e)->inner, out, error, now);
	run_operands_end(self(e)->run, now);
}

void run_rounds_init(struct run *run, gcoap_time now)
{
	run->rounds = (struct run_rounds){
		.engine = { rounds_send, rounds_recv, rounds_deadline, rounds_tick, rounds_done,
			    rounds_failed, rounds_unreachable },
		.inner = run->client != NULL ? gcoap_client_engine(run->client) : NULL,
		.run = run,
		.open = run->next != NULL,
		.left = run->n_rounds - 1,
		.next = now + run->interval,
	};
}
