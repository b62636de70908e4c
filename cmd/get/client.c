/* The engine, and the asks of one round. */
#include <string.h>
#include "common/cli.h"
#include "get.h"

int get_client_open(struct get *g)
{
	struct gcoap_client_config config = {
		.transmission = GCOAP_TRANSMISSION_DEFAULT,
		.random = &g->random,
		.sink = &g->tally.sink,
	};
	int r;

	r = gcoap_client_new(&g->client, &config);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot start: %s", gcoap_strerror(r));
	return CLI_OK;
}

int get_ask_one(struct get *g, const struct target *t, gcoap_time now)
{
	struct gcoap_uri_store store;
	struct gcoap_msg msg;
	struct gcoap_ask ask;
	int status = ask_target(&g->message, &g->args->ask, t, &msg, &store, &ask);
	int r;

	if (status != CLI_OK)
		return status;
	for (size_t i = 0; i < g->args->output.show.n; i++) {
		if (strcmp(g->args->output.show.items[i], "dup") == 0)
			ask.show_duplicates = true;
		if (strcmp(g->args->output.show.items[i], "late") == 0)
			ask.show_late = true;
	}
	r = gcoap_client_ask(g->client, &ask, now);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", t->uri, gcoap_strerror(r));
	g->asked = true;
	return CLI_OK;
}

int get_ask_all(struct get *g, gcoap_time now)
{
	int status = CLI_OK;

	for (size_t i = 0; i < g->n_targets && status == CLI_OK; i++)
		status = get_ask_one(g, &g->targets[i], now);
	return status;
}
