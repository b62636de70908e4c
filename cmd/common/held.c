#include "held.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

char *held_default_path(void)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *path = NULL;
	int n;

	if (xdg != NULL && xdg[0] == '/')
		n = asprintf(&path, "%s/gcoap/cache.db", xdg);
	else if (home != NULL && home[0] == '/')
		n = asprintf(&path, "%s/.cache/gcoap/cache.db", home);
	else
		return NULL;
	return n < 0 ? NULL : path;
}

/* A damaged file was set aside, at the start or in use: nothing is held for now. */
static void say_aside(struct held *h)
{
	const char *aside = gcoap_store_aside(h->store);

	if (aside == NULL || h->said_aside)
		return;
	h->said_aside = true;
	cli_warn("%s was damaged: it is %s now, and a new one was begun", h->path, aside);
}

/* The return of a look-up: in a file that was set aside nothing was found. */
static int looked_up(struct held *h, int r)
{
	if (r != GCOAP_EMALFORMED)
		return r;
	say_aside(h);
	return 0;
}

/* What went wrong with writing; the answers were shown all the same. */
static int say_not_written(struct held *h, int r)
{
	static const char *const full[] = { "what is there stays; free some space", NULL };
	static const char *const busy[] = { "another process writes to it for long", NULL };

	if (h->said)
		return CLI_LOCAL;
	h->said = true;
	return cli_error(CLI_LOCAL, r == GCOAP_ESPACE ? full : r == GCOAP_EAGAIN ? busy : NULL,
			 "%s: answers were not kept: %s", h->path,
			 r == GCOAP_ESPACE     ? "the disk is full"
			 : r == GCOAP_EAGAIN   ? "locked"
			 : r == GCOAP_EMALFORMED ? "the file is damaged"
						 : gcoap_strerror(r));
}

static int put(struct gcoap_holder *holder, struct gcoap_bytes key, const struct gcoap_held *e)
{
	struct held *h = (struct held *)holder;
	struct gcoap_stored s = { key, e->server, e->at, e->fresh_until, e->etag, e->message };
	int r = gcoap_store_put(h->store, &s);

	if (r < 0 && r != GCOAP_ELIMIT) {
		say_aside(h);
		say_not_written(h, r);
	}
	return r;
}

static void from_store(const struct gcoap_stored *s, struct gcoap_held *out)
{
	*out = (struct gcoap_held){ s->server, s->at, s->fresh_until, s->etag, s->message };
}

static int get(struct gcoap_holder *holder, struct gcoap_bytes key,
	       const struct gcoap_addr *server, gcoap_time now, struct gcoap_held *out)
{
	struct held *h = (struct held *)holder;
	struct gcoap_stored s;
	int r = looked_up(h, gcoap_store_get(h->store, key, server, now, &s));

	if (r > 0)
		from_store(&s, out);
	return r;
}

struct pass_on {
	int failed;
	int (*each)(void *arg, const struct gcoap_held *e);
	void *arg;
};

static int pass(void *arg, const struct gcoap_stored *s)
{
	struct pass_on *p = arg;
	struct gcoap_held e;

	from_store(s, &e);
	p->failed = p->each(p->arg, &e);
	return p->failed;
}

static int each(struct gcoap_holder *holder, struct gcoap_bytes key,
		int (*give)(void *arg, const struct gcoap_held *e), void *arg)
{
	struct held *h = (struct held *)holder;
	struct pass_on p = { 0, give, arg };
	int r = gcoap_store_each(h->store, key, pass, &p);

	return p.failed < 0 ? p.failed : looked_up(h, r);
}

static int remove_entry(struct gcoap_holder *holder, struct gcoap_bytes key,
			const struct gcoap_addr *server)
{
	struct held *h = (struct held *)holder;

	return looked_up(h, gcoap_store_remove(h->store, key, server));
}

static int say_not_open(const struct held *h, int r, const struct gcoap_diag *diag)
{
	static const char *const mode[] = { "chmod 600 it, or name another file", NULL };
	static const char *const newer[] = { "use the gcoap that made it, or name another file",
					     NULL };
	static const char *const full[] = { "free some space, or go without the cache", NULL };

	if (r == GCOAP_EPERMISSION)
		return cli_error(CLI_SECURITY, mode, "%s: %s", h->path, diag->what);
	if (r == GCOAP_ESPACE)
		return cli_error(CLI_LOCAL, full, "%s: the disk is full", h->path);
	if (r == GCOAP_ERANGE)
		return cli_error(CLI_LOCAL, newer, "%s: %s", h->path, diag->what);
	if (r == GCOAP_ESYSTEM && errno)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", h->path, strerror(errno));
	return cli_error(CLI_LOCAL, NULL, "%s: %s", h->path,
			 diag->what ? diag->what : gcoap_strerror(r));
}

int held_open(struct held *h, const char *path)
{
	struct gcoap_diag diag = { 0 };
	struct gcoap_store_config config = { 0 };
	int r;

	*h = (struct held){ .holder = { put, get, each, remove_entry } };
	h->path = path != NULL ? strdup(path) : held_default_path();
	if (h->path == NULL)
		return cli_error(CLI_LOCAL, NULL, "no place for the cache: HOME is not set");
	config.path = h->path;
	errno = 0;
	r = gcoap_store_open(&h->store, &config, &diag);
	if (r < 0)
		return say_not_open(h, r, &diag);
	say_aside(h);
	return CLI_OK;
}

int held_close(struct held *h)
{
	int r = gcoap_store_commit(h->store), status = h->said ? CLI_LOCAL : CLI_OK;

	if (r < 0) {
		say_aside(h);
		status = say_not_written(h, r);
	}
	(void)gcoap_store_close(&h->store);
	free(h->path);
	h->path = NULL;
	return status;
}

int held_forget(struct held *h)
{
	return looked_up(h, gcoap_store_remove(h->store, (struct gcoap_bytes){ 0 }, NULL));
}
