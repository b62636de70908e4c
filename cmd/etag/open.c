/* Targets, what is held of them, and the run's hooks. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/cli.h"
#include "common/config.h"
#include "etag.h"

static int open_render(struct run *run, const struct render_env *env)
{
	struct render_env own = *env;

	own.validations = true;
	own.footer = etag_footer;
	own.footer_arg = run;
	return render_open(&run->render, &own);
}

/* Read what is held of target @i. */
static int open_target(struct etag *e, size_t i)
{
	const struct target *t = &e->run.targets[i];
	struct etag_target *own = &e->targets[i];
	int status = held_target(&e->run, &e->held, t, false, &own->v);

	if (status == CLI_OK)
		e->held_before += gcoap_validate_held(own->v, NULL);
	return status;
}

struct spread {
	struct etag *e;
	size_t from; /* the group's target */
	struct target *list;
	size_t n;
	int status;
};

/* One server of a group as a target of its own. */
static int add_server(void *arg, const struct gcoap_validation *held)
{
	struct spread *s = arg;
	const struct target *t = &s->e->run.targets[s->from];
	struct target_args where = s->e->run.args->ask.where;
	char addr[GCOAP_ADDR_TEXT], uri[GCOAP_URI_MAX + GCOAP_ADDR_TEXT];

	gcoap_addr_format(&held->server, addr);
	snprintf(uri, sizeof(uri), "coap://%s%.*s%s%.*s", addr, (int)t->parsed.path.len,
		 t->parsed.path.len ? (const char *)t->parsed.path.ptr : "",
		 t->parsed.query.ptr ? "?" : "", (int)t->parsed.query.len,
		 t->parsed.query.ptr ? (const char *)t->parsed.query.ptr : "");
	if (t->proxy)
		where.proxy = t->proxy;
	s->status = target_resolve(uri, &where, &s->list, &s->n);
	return s->status == CLI_OK ? 0 : GCOAP_EINVALID;
}

/* --each: the servers that are held take the place of their group. */
static int spread_groups(struct etag *e)
{
	struct spread s = { .e = e };
	struct etag_target *own = NULL;

	for (; s.from < e->n_targets && s.status == CLI_OK; s.from++) {
		size_t before = s.n;

		if (e->run.targets[s.from].group)
			gcoap_validate_silent(e->targets[s.from].v, 0, add_server, &s);
		if (s.n == before) {
			cli_warn("--each: nothing is held of the servers of %s yet",
				 e->run.targets[s.from].text);
			cli_hint("ask the group first: leave --each out");
			return CLI_USAGE;
		}
	}
	if (s.status == CLI_OK)
		own = calloc(s.n + e->n_targets, sizeof(*own));
	if (!own) {
		target_free(s.list, s.n);
		return s.status != CLI_OK ? s.status
					  : cli_error(CLI_LOCAL, NULL, "out of memory");
	}
	for (size_t i = 0; i < s.n; i++)
		own[i] = (struct etag_target){ .v = e->targets[0].v, .shared = i > 0 };
	run_tally_clear(&e->run);
	target_free(e->run.targets, e->run.n_targets);
	free(e->targets);
	e->run.targets = s.list;
	e->run.n_targets = s.n;
	e->targets = own;
	e->n_targets = s.n;
	return run_tally_init(&e->run);
}

static int open_targets(struct etag *e)
{
	int status = CLI_OK;

	e->targets = calloc(e->run.n_targets + 1, sizeof(*e->targets));
	if (!e->targets)
		return cli_error(CLI_LOCAL, NULL, "out of memory");
	e->n_targets = e->run.n_targets;
	for (size_t i = 0; i < e->n_targets && status == CLI_OK; i++)
		status = open_target(e, i);
	if (status == CLI_OK && e->own->each) {
		if (e->n_targets > 1)
			return cli_usage("--each is for one target");
		if (e->run.targets[0].reverse)
			return cli_usage("--each is not for a reverse-proxy: its servers have "
					 "paths of their own");
		if (e->run.targets[0].group)
			status = spread_groups(e);
	}
	return status == CLI_OK ? etag_choose(e) : status;
}

/* [defaults] may hold what gcoap-get shows of answers. */
static int check_show(const struct opt_list *show)
{
	if (opt_origin("show") <= OPT_FROM_CONFIG && !config_option_in_tool("show"))
		return CLI_OK;
	for (size_t i = 0; i < show->n; i++)
		if (!strcmp(show->items[i], "opts") || !strcmp(show->items[i], "payload")) {
			cli_warn("--show %s: a line tells what became of what is held, not what came",
				 show->items[i]);
			cli_hint("--json has the answers, too, with options and payloads");
			return CLI_USAGE;
		}
	return CLI_OK;
}

int etag_open(struct etag *e, const struct etag_args *args, int argc, char **argv)
{
	int status;

	memset(e, 0, sizeof(*e));
	e->own = &args->own;
	run_init(&e->run, &args->run);
	e->run.open_render = open_render;
	e->run.prepare = etag_prepare;
	e->run.next = etag_next;
	e->run.answered = etag_answered;
	e->run.missed = etag_missed;
	e->run.ended = etag_ended;
	e->run.count = etag_count;
	e->run.judge = etag_judge;
	if (args->own.forget && argc)
		return cli_usage("--forget forgets everything: no target beside it");
	status = check_show(&args->run.output.show);
	if (status == CLI_OK)
		status = held_open(&e->held, args->own.state);
	e->open = status == CLI_OK;
	if (status == CLI_OK && !args->own.forget) {
		status = run_open(&e->run, argc, argv);
		if (status == CLI_OK)
			status = open_targets(e);
	}
	return status;
}

int etag_close(struct etag *e)
{
	for (size_t i = 0; i < e->n_targets; i++) {
		if (!e->targets[i].shared)
			gcoap_validate_free(&e->targets[i].v);
		addr_set_clear(&e->targets[i].told);
		addr_set_clear(&e->targets[i].failed);
		addr_set_clear(&e->targets[i].missed);
	}
	free(e->targets);
	run_close(&e->run);
	return e->open ? held_close(&e->held) : CLI_OK;
}
