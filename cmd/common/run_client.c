/* The engine, and the asks of one round. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "run.h"

int run_client_open(struct run *run)
{
	struct gcoap_client_config config = {
		.transmission = GCOAP_TRANSMISSION_DEFAULT,
		.random = &run->random,
		.sink = &run->tally.sink,
	};
	int r;

	r = gcoap_client_new(&run->client, &config);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot start: %s", run_why(r, errno));
	return CLI_OK;
}

int run_ask(struct run *run, const struct gcoap_ask *ask, size_t target, gcoap_time now)
{
	size_t cap = run->cap_asked > 0 ? 2 * run->cap_asked : 16, *asked;
	int r;

	if (run->n_asked == run->cap_asked) {
		asked = realloc(run->asked, cap * sizeof(*asked));
		if (asked == NULL)
			return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
		run->asked = asked;
		run->cap_asked = cap;
	}
	r = gcoap_client_ask(run->client, ask, now);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", ask->uri, gcoap_strerror(r));
	run->asked[run->n_asked++] = target; /* ids are 1, 2 ... */
	return CLI_OK;
}

int run_ask_one(struct run *run, const struct target *t, gcoap_time now)
{
	struct ask_store store;
	struct gcoap_msg msg;
	struct gcoap_ask ask;
	int status = run_cache_ask(run, (size_t)(t - run->targets), now);

	if (status != CLI_OK)
		return status == RUN_ANSWERED ? CLI_OK : status;
	status = ask_target(&run->message, &run->args->ask, t, &msg, &store, &ask);

	if (status != CLI_OK)
		return status;
	for (size_t i = 0; i < run->args->output.show.n; i++) {
		if (strcmp(run->args->output.show.items[i], "dup") == 0)
			ask.show_duplicates = true;
		if (strcmp(run->args->output.show.items[i], "late") == 0)
			ask.show_late = true;
	}
	if (run_operand_joint(run, (size_t)(t - run->targets)))
		ask.expect = 0;
	run->asking = (size_t)(t - run->targets);
	if (run_cache_validate(run, run->asking, &ask) < 0)
		return cli_error(CLI_LOCAL, NULL, "%s: too many options", t->text);
	if (run->prepare != NULL)
		status = run->prepare(run, &ask);
	if (status != CLI_OK)
		return status;
	return run_ask(run, &ask, (size_t)(t - run->targets), now);
}

int run_ask_all(struct run *run, gcoap_time now)
{
	int status = CLI_OK;

	for (size_t i = 0; i < run->n_targets && status == CLI_OK; i++)
		status = run_ask_one(run, &run->targets[i], now);
	return status;
}
