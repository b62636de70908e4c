/* What is made of the command line before anything is sent. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <gcoap/random.h>
#include "common/cli.h"
#include "common/config.h"
#include "get.h"

static const char *name_of(void *arg, const struct gcoap_addr *addr)
{
	return config_name_of(addr);
}

static void mirror_error(void *arg, int code, const char *what, const char *const *hints,
			 size_t n_hints)
{
	struct get *g = arg;

	if (g->render->error != NULL)
		g->render->error(g->render, code, what, hints, n_hints);
}

/* Asking the kernel for the way out takes a while; a table does not tell it. */
static bool wants_requests(const struct output_args *o)
{
	bool wanted = o->json || strncmp(o->format, "json", 4) == 0 || o->write_out != NULL;

	for (size_t i = 0; i < o->show.n; i++)
		wanted = wanted || strcmp(o->show.items[i], "req") == 0;
	return wanted;
}

static int open_output(struct get *g)
{
	struct render_env env = {
		.args = &g->args->output,
		.tool = cli_tool(),
		.registry = &g->registry,
		.name_of = name_of,
		.out = stdout,
		.err = stderr,
		.tty = isatty(STDOUT_FILENO),
	};
	int status;

	cli_quiet(g->args->output.quiet);
	if (g->args->output.log_file != NULL) {
		status = cli_log_file(g->args->output.log_file);
		if (status != CLI_OK)
			return status;
	}
	status = render_open(&g->render, &env);
	if (status == CLI_OK)
		cli_on_error(mirror_error, g);
	return status;
}

static int open_targets(struct get *g, int argc, char **argv)
{
	int status = CLI_OK;

	for (int i = 0; i < argc && status == CLI_OK; i++)
		status = target_resolve(argv[i], &g->args->ask.where, &g->targets, &g->n_targets);
	if (status != CLI_OK)
		return status;
	if (g->args->ask.request.token != NULL && g->n_targets * g->args->run.rounds > 1)
		return cli_usage("--token is for one request, this would be %zu",
				 g->n_targets * g->args->run.rounds);
	return CLI_OK;
}

int get_open(struct get *g, const struct get_args *args, int argc, char **argv)
{
	int status;

	memset(g, 0, sizeof(*g));
	g->args = args;
	g->detailed = wants_requests(&args->output);
	if (argc < 1)
		return cli_usage("need a target: a URI, @name, @demo or all");
	if (args->run.rounds == 0)
		return cli_usage("--rounds 0: want 1 or more");
	if (opt_given("seed"))
		gcoap_random_init_seed(&g->random, args->run.seed);
	else
		gcoap_random_init(&g->random);
	status = ask_registry(&args->ask.dialect, &g->registry);
	if (status == CLI_OK)
		status = open_output(g);
	if (status == CLI_OK)
		status = ask_message_init(&g->message, &args->ask, &g->registry);
	if (status == CLI_OK)
		status = open_targets(g, argc, argv);
	if (status == CLI_OK)
		status = get_tally_init(g);
	g->trace = (struct trace){ stderr, args->output.verbose, &g->registry };
	return status;
}

void get_close(struct get *g)
{
	cli_on_error(NULL, NULL);
	gcoap_loop_free(&g->loop);
	gcoap_udp_close(&g->udp);
	gcoap_client_free(&g->client);
	free(g->tally.answers);
	target_free(g->targets, g->n_targets);
	ask_message_clear(&g->message);
	if (g->render != NULL)
		g->render->close(g->render);
}
