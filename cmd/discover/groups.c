/* The groups that Resource Directories know: what is looked up, and what comes of it. */
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "directories.h"

int directories_open(struct discover *d)
{
	struct directories *all = calloc(1, sizeof(*all));
	struct ask_args *ask;
	int status;

	if (all == NULL)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	d->directories = all;
	all->ask = d->run.args->ask;
	ask = &all->ask;
	ask->request.query = (struct opt_list){ 0 };
	ask->request.token = NULL;
	ask->wait = (struct ask_wait){ .timeout = ask->wait.timeout };
	if (ask->wait.timeout == 0)
		ask->wait.timeout = LOOKUP_TIMEOUT;
	status = ask_message_init(&all->message, ask, &d->run.registry);
	return status;
}

void directories_close(struct discover *d)
{
	struct directories *all = d->directories;

	if (all == NULL)
		return;
	for (size_t i = 0; i < all->n; i++) {
		free(all->list[i].uri);
		free(all->list[i].body);
		target_free(all->list[i].target, all->list[i].n_targets);
	}
	free(all->list);
	ask_message_clear(&all->message);
	free(all);
	d->directories = NULL;
}

struct lookup *lookup_add(struct directories *all, enum lookup_kind kind, const char *server,
			  const char *uri)
{
	struct lookup new = { .kind = kind, .uri = strdup(uri) }, *list;
	size_t cap = all->cap > 0 ? 2 * all->cap : 32;

	/* @server may be in the list, which moves. */
	snprintf(new.server, sizeof(new.server), "%s", server);
	if (all->n == LOOKUPS_MAX || new.uri == NULL) {
		free(new.uri);
		return NULL;
	}
	if (all->n == all->cap) {
		list = realloc(all->list, cap * sizeof(*list));
		if (list == NULL) {
			free(new.uri);
			return NULL;
		}
		all->list = list;
		all->cap = cap;
	}
	all->list[all->n] = new;
	return &all->list[all->n++];
}

/* A URI on the directory itself, with nothing in it that a server could be led astray by. */
static bool own_uri(const struct found *rd, const struct link_record *l, char *buf, size_t cap)
{
	const char *uri = link_uri(l, buf, cap);
	size_t len = strlen(rd->origin);

	return uri != NULL && strncmp(uri, rd->origin, len) == 0 && uri[len] == '/' &&
	       strcasestr(uri, "%2e") == NULL && strpbrk(uri, "?#") == NULL;
}

struct directory {
	struct found *found;
	char ep[1400], res[1400], registrations[1400]; /* "": it has none */
	bool elsewhere;
};

static bool has_type(const struct gcoap_link *link, const char *type)
{
	char filter[64];

	snprintf(filter, sizeof(filter), "rt=%s", type);
	return gcoap_link_matches(link, gcoap_bytes_text(filter));
}

static int note_interface(void *arg, const struct link_record *l)
{
	static const char *const types[] = { "core.rd-lookup-ep", "core.rd-lookup-res", "core.rd" };
	struct directory *rd = arg;
	char *const places[] = { rd->ep, rd->res, rd->registrations };
	char uri[2 * GCOAP_LINK_VALUE_MAX];

	for (size_t i = 0; i < 3; i++) {
		if (!has_type(l->link, types[i]) || places[i][0] != '\0')
			continue;
		if (own_uri(rd->found, l, uri, sizeof(uri)) && strlen(uri) < sizeof(rd->ep))
			memcpy(places[i], uri, strlen(uri) + 1);
		else
			rd->elsewhere = true;
	}
	return 0;
}

/* What the answers to rt=core.rd* lead to: look-ups, or a walk over the registrations. */
static void begin(struct discover *d, struct found *f)
{
	struct directories *all = d->directories;
	struct directory rd = { .found = f };
	char uri[1500];
	struct lookup *l;

	found_links(f, note_interface, &rd);
	if (rd.elsewhere)
		cli_warn("%s: a link leads away from this server and is not followed", f->server);
	if (rd.ep[0] == '\0' && rd.registrations[0] == '\0')
		return;
	all->directories++;
	if (rd.ep[0] != '\0') {
		snprintf(uri, sizeof(uri), "%s?et=core.rd-group", rd.ep);
		l = lookup_add(all, LOOKUP_EP, f->server, uri);
		if (l != NULL)
			snprintf(l->res, sizeof(l->res), "%s", rd.res);
		return;
	}
	all->walked = true;
	cli_note("%s: this Resource Directory has no look-up interface; its registrations are "
		 "read one by one, and it may not say which are groups", f->server);
	snprintf(uri, sizeof(uri), "%s/.well-known/core", f->origin);
	l = lookup_add(all, LOOKUP_CORE, f->server, uri);
	if (l != NULL)
		snprintf(l->res, sizeof(l->res), "%s", rd.registrations);
}

bool directories_next(struct discover *d, gcoap_time now)
{
	struct directories *all = d->directories;
	bool asked = false;

	if (!all->begun) {
		all->begun = true;
		for (uint32_t i = 0; i < d->store.n; i++) {
			if (d->store.list[i].group == NULL)
				begin(d, &d->store.list[i]);
		}
	}
	for (size_t i = 0; i < all->n; i++) {
		if (all->list[i].id == 0)
			asked |= lookup_ask(d, &all->list[i], now);
	}
	return asked;
}

bool directories_shown(const struct discover *d, const struct found *f)
{
	return d->directories == NULL || f->group != NULL;
}

const char *directories_word(const struct discover *d)
{
	return d->directories->walked ? "registration" : "group";
}

int directories_judge(const struct discover *d)
{
	const struct directories *all = d->directories;
	const char *const hints[] = { "name its address, or use --rt core.rd* to see who answers",
				      NULL };
	int status = CLI_OK;

	for (size_t i = 0; i < all->n; i++) {
		const struct lookup *l = &all->list[i];

		if (l->answered && GCOAP_CODE_CLASS(l->code) == 2)
			continue;
		if (l->answered)
			cli_warn("%s answered %u.%02u", l->uri, GCOAP_CODE_CLASS(l->code),
				 GCOAP_CODE_DETAIL(l->code));
		else
			status = cli_error(CLI_SILENCE, NULL, "no answer from %s", l->uri);
	}
	if (d->store.n > 0 && all->directories == 0)
		status = cli_error(CLI_SILENCE, hints, "no Resource Directory answered");
	return status;
}
