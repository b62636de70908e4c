/* gcoap-sim: a simulated group; one process plays 1 … 10,000 servers on loopback. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "sim/sim.h"

static void end(void *arg, int signo)
{
	struct sim *s = arg;

	/* Ctrl-C reaches the command by itself; we wait for its status. */
	if (s->child && signo != SIGINT)
		kill(s->child, signo);
	else if (!s->child)
		gcoap_loop_stop(s->loop);
}

static void time_is_up(void *arg, gcoap_time now)
{
	(void)now;
	end(arg, SIGTERM);
}

static int open_failed(struct sim *s, int err, const struct gcoap_diag *diag)
{
	const char *const in_use[] = { "end the server that has it, or choose another port: "
				       "--listen 127.0.0.1:5700", NULL };

	if (err == GCOAP_EBUSY)
		return cli_error(CLI_LOCAL, in_use, "port %u is in use", s->listen.port);
	return cli_error(CLI_LOCAL, NULL, "%s: %s", diag->what, strerror(errno));
}

static int open_endpoint(struct sim *s)
{
	struct gcoap_udp_config config = { .v4 = s->v4, .v6 = s->v6, .any_source = true,
					   .bind = { .port = s->listen.port } };
	struct gcoap_diag diag = { .what = "cannot open the endpoint" };
	char text[GCOAP_ADDR_TEXT];
	int r;

	memcpy(config.device, s->device, sizeof(config.device));
	r = gcoap_udp_open(&s->udp, &config, &diag);
	if (r < 0)
		return open_failed(s, r, &diag);
	for (size_t i = 0; i < s->n_groups; i++) {
		r = gcoap_udp_join(s->udp, &s->groups[i], s->ifindex);
		if (r < 0)
			return cli_error(CLI_LOCAL, NULL, "cannot join %s on %s: %s",
					 gcoap_addr_format_host(&s->groups[i], text), s->device,
					 strerror(errno));
	}
	return 0;
}

static int make_group(struct sim *s)
{
	struct gcoap_serve_config config = GCOAP_SERVE_CONFIG_DEFAULT;
	const struct sim_args *a = s->args;

	config.members = a->members;
	config.resources = s->resources;
	config.n_resources = s->n_resources;
	config.groups = s->groups;
	config.n_groups = s->n_groups;
	config.transmission.leisure = a->leisure;
	config.registry = &s->registry;
	config.dialect = gcoap_dialect_find(a->dialect);
	config.seed = s->seed;
	config.no_etag = a->no_etag;
	config.same_etag = a->same_etag || s->chaos;
	config.lying_etag = a->lying_etag;
	config.arg = s;
	config.member_of = sim_member_of;
	config.address_of = sim_address_of;
	config.joined = s->directory ? sim_joined : NULL;
	config.fate = sim_fate;
	config.seen = a->json ? sim_report_seen : NULL;
	return gcoap_serve_new(&s->serve, &config);
}

static int make_loop(struct sim *s)
{
	int r = gcoap_loop_new(&s->loop);

	if (r >= 0)
		r = gcoap_loop_add(s->loop, s->udp, gcoap_serve_engine(s->serve));
	if (r >= 0)
		r = gcoap_loop_add_signal(s->loop, SIGINT, end, s);
	if (r >= 0)
		r = gcoap_loop_add_signal(s->loop, SIGTERM, end, s);
	if (r >= 0 && s->args->duration)
		r = gcoap_loop_add_timer(s->loop, s->args->duration, s->args->duration,
					 time_is_up, s);
	return r;
}

static int run(struct sim *s, char **command)
{
	int r = open_endpoint(s);

	if (r)
		return r;
	r = make_group(s);
	if (r >= 0)
		r = make_loop(s);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(r));
	s->started = gcoap_now();
	sim_report_ready(s);
	if (command) {
		r = sim_command_start(s, command);
		if (r)
			return r;
	}
	r = gcoap_loop_run(s->loop);
	sim_report_summary(s);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(r));
	return s->child_status;
}

static void clear(struct sim *s)
{
	gcoap_loop_free(&s->loop);
	gcoap_serve_free(&s->serve);
	gcoap_udp_close(&s->udp);
	for (uint32_t i = 0; s->members && i < s->args->members; i++)
		free(s->members[i].scene);
	free(s->members);
	free(s->resources);
	free(s->link_paths);
	gcoap_rd_free(&s->rd);
}

int main(int argc, char *argv[])
{
	struct sim_args args = SIM_ARGS_DEFAULT;
	struct sim sim = { 0 };
	int status;

	cli_start("gcoap-sim");
	status = opt_parse(&sim_command, &argc, &argv, &args);
	if (status != OPT_RUN)
		return cli_finish(status);
	cli_quiet(args.quiet);
	if (args.netns && argc < 1)
		return cli_finish(cli_usage("--netns needs a command: --netns -- COMMAND..."));
	if (!args.netns && argc > 0)
		return cli_finish(cli_usage("unexpected argument \"%s\"", argv[0]));
	status = args.netns ? sim_netns_enter(args.first_address) : 0;
	if (!status)
		status = sim_setup(&sim, &args);
	if (!status)
		status = run(&sim, args.netns ? argv : NULL);
	clear(&sim);
	return cli_finish(status);
}
