/* What is made of the command line before anything is sent. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <gcoap/random.h>
#include "cli.h"
#include "config.h"
#include "run.h"

static const char *name_of(void *arg, const struct gcoap_addr *addr)
{
	return config_name_of(addr);
}

static void mirror_error(void *arg, int code, const char *what, const char *const *hints,
			 size_t n_hints)
{
	struct run *run = arg;

	if (run->render->error != NULL)
		run->render->error(run->render, code, what, hints, n_hints);
}

/* Asking the kernel for the way out takes a while; a table does not tell it. */
static bool wants_requests(const struct output_args *o)
{
	bool wanted = o->json || strncmp(o->format, "json", 4) == 0 || o->write_out != NULL;

	for (size_t i = 0; i < o->show.n; i++)
		wanted = wanted || strcmp(o->show.items[i], "req") == 0;
	return wanted;
}

static int open_output(struct run *run)
{
	struct render_env env = {
		.args = &run->args->output,
		.tool = cli_tool(),
		.registry = &run->registry,
		.name_of = name_of,
		.out = stdout,
		.err = stderr,
		.tty = isatty(STDOUT_FILENO),
		.cached = run->args->cache.cache || run->args->cache.only,
	};
	int status;

	cli_quiet(run->args->output.quiet);
	if (run->args->output.log_file != NULL) {
		status = cli_log_file(run->args->output.log_file);
		if (status != CLI_OK)
			return status;
	}
	status = run->open_render != NULL ? run->open_render(run, &env) :
					    render_open(&run->render, &env);
	if (status == CLI_OK)
		cli_on_error(mirror_error, run);
	return status;
}

static int open_targets(struct run *run, int argc, char **argv)
{
	const struct ask_args *ask = &run->args->ask;
	struct target_args where = ask->where;
	int status = CLI_OK;

	if (ask_proxy_wanted(ask)) {
		status = target_proxy_open(&run->proxy, ask->proxy.proxy, &where);
		run->proxy.names_are_groups = opt_given("proxy-timeout");
		where.proxy = &run->proxy;
	}
	where.reverse = ask_reverse_wanted(ask);
	for (int i = 0; i < argc && status == CLI_OK; i++)
		status = target_resolve(argv[i], &where, &run->targets, &run->n_targets);
	if (status != CLI_OK)
		return status;
	ask_expect_port(&run->message, run->targets[0].parsed.port);
	if (run->args->ask.request.token != NULL && run->n_targets * run->n_rounds > 1)
		return cli_usage("--token is for one request, this would be %zu",
				 run->n_targets * run->n_rounds);
	return CLI_OK;
}

/* A session instead of UDP, to the proxy or to the server. */
static int open_stream(struct run *run)
{
	const struct gcoap_uri *proxy = &run->proxy.parsed;

	if (run->proxy.uri == NULL)
		return run_stream_targets(run);
	if (proxy->scheme == GCOAP_SCHEME_COAP)
		return CLI_OK;
	return run_stream_use(run, proxy->scheme, proxy->host_is_name ? proxy->host : NULL,
			      &run->proxy.addr, true);
}

void run_init(struct run *run, const struct run_args *args)
{
	memset(run, 0, sizeof(*run));
	run->args = args;
	run->n_rounds = 1;
	run->detailed = wants_requests(&args->output);
}

int run_open(struct run *run, int argc, char **argv)
{
	const struct run_args *args = run->args;
	int status;

	if (argc < 1)
		return cli_usage("need a target: a URI, @name, @demo or all");
	if (opt_given("seed"))
		gcoap_random_init_seed(&run->random, args->how.seed);
	else
		gcoap_random_init(&run->random);
	status = ask_registry(&args->ask.dialect, &run->registry);
	if (status == CLI_OK)
		status = open_output(run);
	if (status == CLI_OK)
		status = ask_message_init(&run->message, &args->ask, &run->registry);
	if (status == CLI_OK)
		status = open_targets(run, argc, argv);
	if (status == CLI_OK)
		status = open_stream(run);
	if (status == CLI_OK)
		status = run_cache_open(run);
	if (status == CLI_OK)
		status = run_tally_init(run);
	run->trace = (struct trace){ stderr, args->output.verbose, &run->registry,
				    run_stream_wanted(run) ?
					    gcoap_scheme_name(run->stream.scheme) : NULL };
	return status;
}

void run_close(struct run *run)
{
	cli_on_error(NULL, NULL);
	(void)run_cache_close(run);
	run_stream_close(run);
	gcoap_loop_free(&run->loop);
	gcoap_udp_close(&run->udp);
	gcoap_udp_close(&run->stream.beside);
	gcoap_client_free(&run->client);
	run_tally_clear(run);
	free(run->asked);
	target_free(run->targets, run->n_targets);
	target_proxy_close(&run->proxy);
	ask_message_clear(&run->message);
	if (run->render != NULL)
		run->render->close(run->render);
}
