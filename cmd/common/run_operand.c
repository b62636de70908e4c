/*
 * One operand may be several targets, an interface or a family each: -n is for the servers that
 * answer any of them. --expect-from stays with each request.
 */
#include "cli.h"
#include "run.h"

size_t run_operand_end(const struct run *run, size_t first)
{
	size_t end = first;

	while (end < run->n_targets && run->targets[end].text == run->targets[first].text)
		end++;
	return end;
}

static size_t first_of(const struct run *run, size_t target)
{
	while (target > 0 && run->targets[target - 1].text == run->targets[target].text)
		target--;
	return target;
}

bool run_operand_joint(const struct run *run, size_t target)
{
	size_t first = first_of(run, target);

	return run->args->ask.wait.expect > 0 && run->message.n_expect_from == 0 &&
	       run->targets[first].n_members == 0 && run_operand_end(run, first) - first > 1;
}

static struct run_target *asked_of(struct run *run, uint32_t id)
{
	size_t target = id <= run->n_asked ? run->asked[id - 1] : SIZE_MAX;

	return target < run->n_targets ? &run->tally.targets[first_of(run, target)] : NULL;
}

/* Whose answer it is; NULL: not one of a joint operand. */
static struct run_target *operand_of(struct run *run, uint32_t id)
{
	struct run_target *operand = asked_of(run, id);

	return operand != NULL && run_operand_joint(run, run->asked[id - 1]) ? operand : NULL;
}

int run_operand_heard(struct run *run, const struct gcoap_response *r, bool ends)
{
	struct run_target *operand = operand_of(run, r->id);

	if (operand == NULL || r->duplicate || r->late || r->server.addr.family == 0)
		return 0;
	if (addr_set_add(&operand->servers, &r->server.addr) < 0)
		return GCOAP_ENOMEM;
	if (ends && operand->servers.n >= run->args->ask.wait.expect)
		operand->enough = run->tally.enough = true;
	return 0;
}

void run_operand_over(struct run *run, size_t target)
{
	run->tally.targets[first_of(run, target)].enough = run->tally.enough = true;
}

void run_operands_end(struct run *run, gcoap_time now)
{
	struct run_target *operand;

	if (!run->tally.enough)
		return;
	run->tally.enough = false;
	for (size_t i = 0; i < run->n_asked; i++) {
		operand = asked_of(run, (uint32_t)i + 1);
		if (operand != NULL && operand->enough)
			gcoap_client_end(run->client, (uint32_t)i + 1, GCOAP_ENDED_EXPECT, now);
	}
}

void run_operands_settle(struct run *run)
{
	for (size_t i = 0; i < run->n_targets; i = run_operand_end(run, i)) {
		struct run_target *operand = &run->tally.targets[i];

		if (run_operand_joint(run, i) && operand->servers.n < run->args->ask.wait.expect)
			run->tally.fewer = true;
		operand->enough = false;
		addr_set_clear(&operand->servers);
	}
}
