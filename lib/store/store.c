/* Responses by request and server: what waits in memory, and statements of the database. */
#include "store.h"

#include <stdlib.h>
#include <string.h>

#include "net/module.h"

/* The order of gcoap_addr_compare() for addresses and ports. */
void gcoap__store_server(const struct gcoap_addr *a, uint8_t out[STORE_SERVER])
{
	memset(out, 0, STORE_SERVER);
	out[0] = a->family;
	memcpy(out + 1, a->bytes, 16);
	out[17] = (uint8_t)(a->port >> 8);
	out[18] = (uint8_t)a->port;
	for (int i = 0; i < 4; i++)
		out[19 + i] = (uint8_t)(a->scope >> (24 - 8 * i));
}

void gcoap__store_server_read(struct gcoap_bytes b, struct gcoap_addr *out)
{
	memset(out, 0, sizeof(*out));
	if (b.len != STORE_SERVER)
		return;
	out->family = b.ptr[0];
	memcpy(out->bytes, b.ptr + 1, 16);
	out->port = (uint16_t)(b.ptr[17] << 8 | b.ptr[18]);
	for (int i = 0; i < 4; i++)
		out->scope = out->scope << 8 | b.ptr[19 + i];
}

int gcoap_store_open(struct gcoap_store **out, const struct gcoap_store_config *config,
		     struct gcoap_diag *diag)
{
	struct gcoap_store *s = calloc(1, sizeof(*s));
	int r = GCOAP_ENOMEM;

	*out = NULL;
	if (s) {
		STAILQ_INIT(&s->pending);
		s->max_size = config->max_size ? config->max_size : GCOAP_STORE_DEFAULT_SIZE;
		s->path = strdup(config->path);
	}
	if (!s || !s->path)
		goto fail;
	s->module = gcoap__module("store");
	r = s->module ? gcoap__store_file(s, diag)
		      : gcoap_fail(diag, GCOAP_EUNSUPPORTED, 0, "module",
				   "store.so is not there");
	if (r < 0)
		goto fail;
	*out = s;
	return 0;
fail:
	if (s) {
		free(s->path);
		free(s->aside);
	}
	free(s);
	return r;
}

const char *gcoap_store_aside(const struct gcoap_store *s)
{
	return s->aside;
}

/* A statement without rows. */
static int statement(struct gcoap_store *s, enum store_statement which,
		     const struct store_value *values, size_t n)
{
	int r = s->module->start(s->db, which, values, n);

	if (r >= 0)
		r = s->module->next(s->db, which);
	s->module->finish(s->db, which);
	return r < 0 ? r : 0;
}

/* Damage that shows while the file is in use: it is set aside and a new one begun. What SQLite
 * says alone counts: an error of a caller's must not come here. */
static int noticed(struct gcoap_store *s, int r)
{
	if (r == GCOAP_EMALFORMED && gcoap__store_set_aside(s) >= 0)
		(void)gcoap__store_file(s, NULL);
	return r;
}

static int totals(struct gcoap_store *s, uint64_t *entries, uint64_t *size)
{
	int r;

	*entries = *size = 0;
	r = s->module->start(s->db, STORE_TOTALS, NULL, 0);
	if (r >= 0)
		r = s->module->next(s->db, STORE_TOTALS);
	if (r > 0) {
		*entries = (uint64_t)s->module->number(s->db, STORE_TOTALS, 0);
		*size = (uint64_t)s->module->number(s->db, STORE_TOTALS, 1);
	}
	s->module->finish(s->db, STORE_TOTALS);
	return r < 0 ? r : 0;
}

int gcoap_store_totals(struct gcoap_store *s, uint64_t *entries, uint64_t *size)
{
	*entries = *size = 0;
	return s->db ? noticed(s, totals(s, entries, size)) : GCOAP_ECLOSED;
}

/* Least recently used ones go, a sixteenth of all at a time. */
static int make_room(struct gcoap_store *s)
{
	uint64_t entries, size;
	int r;

	while ((r = totals(s, &entries, &size)) >= 0 && size > s->max_size &&
	       entries) {
		struct store_value n = { .number = (int64_t)(entries / 16 + 1) };

		r = statement(s, STORE_EVICT, &n, 1);
		if (r < 0)
			break;
	}
	return r;
}

static int write_one(struct gcoap_store *s, const struct gcoap_stored *e)
{
	uint8_t server[STORE_SERVER];
	struct store_value v[7] = {
		{ .bytes = e->key }, { .bytes = { server, sizeof(server) } },
		{ .number = e->at }, { .number = e->fresh_until }, { .number = e->at },
		{ .bytes = e->etag.len ? e->etag : (struct gcoap_bytes){ 0 }, .empty = true },
		{ .bytes = e->message.len ? e->message : (struct gcoap_bytes){ 0 }, .empty = true },
	};

	gcoap__store_server(&e->server, server);
	return statement(s, STORE_PUT, v, 7);
}

static int note_use(struct gcoap_store *s, const struct gcoap_stored *e)
{
	uint8_t server[STORE_SERVER];
	struct store_value v[3] = { { .bytes = e->key },
				    { .bytes = { server, sizeof(server) } },
				    { .number = e->at } };

	gcoap__store_server(&e->server, server);
	return statement(s, STORE_USED, v, 3);
}

static void drop_pending(struct gcoap_store *s)
{
	struct store_pending *p;

	while ((p = STAILQ_FIRST(&s->pending))) {
		STAILQ_REMOVE_HEAD(&s->pending, next);
		free(p);
	}
	s->n_pending = 0;
}

static int write_pending(struct gcoap_store *s)
{
	struct store_pending *p;
	int end, r = s->module->begin(s->db);

	if (r < 0)
		return r;
	STAILQ_FOREACH(p, &s->pending, next) {
		r = p->used_only ? note_use(s, &p->entry) : write_one(s, &p->entry);
		if (r < 0)
			break;
	}
	if (r >= 0)
		r = make_room(s);
	end = s->module->end(s->db, r >= 0);
	return r < 0 ? r : end;
}

int gcoap_store_commit(struct gcoap_store *s)
{
	int owed = s->owed, r = 0;

	if (s->n_pending)
		r = s->db ? noticed(s, write_pending(s)) : GCOAP_ECLOSED;
	drop_pending(s);
	s->owed = 0;
	return owed < 0 ? owed : r;
}

/* Before a look-up, which does not fail when what waits cannot be written. */
static void commit_quietly(struct gcoap_store *s)
{
	s->owed = gcoap_store_commit(s);
}

/* Copy @e to what waits. */
static int add_pending(struct gcoap_store *s, const struct gcoap_stored *e, bool used_only)
{
	struct store_pending *p = malloc(sizeof(*p) + e->key.len + e->etag.len + e->message.len);
	uint8_t *at;

	if (!p)
		return GCOAP_ENOMEM;
	p->used_only = used_only;
	p->entry = *e;
	at = p->bytes;
	p->entry.key.ptr = memcpy(at, e->key.ptr, e->key.len);
	at += e->key.len;
	if (e->message.len)
		memcpy(at, e->message.ptr, e->message.len);
	p->entry.message.ptr = at;
	at += e->message.len;
	if (e->etag.len)
		memcpy(at, e->etag.ptr, e->etag.len);
	p->entry.etag.ptr = at;
	STAILQ_INSERT_TAIL(&s->pending, p, next);
	s->n_pending++;
	return 0;
}

int gcoap_store_put(struct gcoap_store *s, const struct gcoap_stored *e)
{
	int r;

	if (e->message.len > GCOAP_STORE_ENTRY_MAX ||
	    e->key.len + e->message.len > s->max_size / 4)
		return GCOAP_ELIMIT;
	r = add_pending(s, e, false);
	if (r < 0)
		return r;
	return s->n_pending >= STORE_BATCH ? gcoap_store_commit(s) : 0;
}

/* Is anything but uses waiting? A look-up must see it. */
static void settle(struct gcoap_store *s)
{
	const struct store_pending *p;

	STAILQ_FOREACH(p, &s->pending, next) {
		if (!p->used_only) {
			commit_quietly(s);
			return;
		}
	}
}

static void read_row(struct gcoap_store *s, enum store_statement which, struct gcoap_bytes key,
		     struct gcoap_stored *out)
{
	const struct gcoap__module_store *m = s->module;

	*out = (struct gcoap_stored){ .key = key };
	gcoap__store_server_read(m->bytes(s->db, which, 0), &out->server);
	out->at = m->number(s->db, which, 1);
	out->fresh_until = m->number(s->db, which, 2);
	out->etag = m->bytes(s->db, which, 3);
	out->message = m->bytes(s->db, which, 4);
}

int gcoap_store_get(struct gcoap_store *s, struct gcoap_bytes key,
		    const struct gcoap_addr *server, gcoap_time now, struct gcoap_stored *out)
{
	uint8_t bytes[STORE_SERVER];
	struct store_value v[2] = { { .bytes = key }, { .bytes = { bytes, sizeof(bytes) } } };
	struct gcoap_stored use = { .key = key, .server = *server, .at = now };
	int r;

	settle(s);
	if (!s->db)
		return GCOAP_ECLOSED;
	gcoap__store_server(server, bytes);
	r = s->module->start(s->db, STORE_GET, v, 2);
	if (r >= 0)
		r = s->module->next(s->db, STORE_GET);
	if (r <= 0) {
		s->module->finish(s->db, STORE_GET);
		return r < 0 ? noticed(s, r) : 0;
	}
	read_row(s, STORE_GET, key, out);
	if (s->n_pending < STORE_BATCH)
		(void)add_pending(s, &use, true);
	return 1;
}

int gcoap_store_each(struct gcoap_store *s, struct gcoap_bytes key,
		     int (*each)(void *arg, const struct gcoap_stored *e), void *arg)
{
	struct store_value v = { .bytes = key };
	struct gcoap_stored e;
	int r, given = 0;

	settle(s);
	if (!s->db)
		return GCOAP_ECLOSED;
	r = s->module->start(s->db, STORE_EACH, &v, 1);
	while (r >= 0 && given >= 0 && (r = s->module->next(s->db, STORE_EACH)) > 0) {
		read_row(s, STORE_EACH, key, &e);
		given = each(arg, &e);
	}
	s->module->finish(s->db, STORE_EACH);
	return given < 0 ? given : r < 0 ? noticed(s, r) : 0;
}

int gcoap_store_remove(struct gcoap_store *s, struct gcoap_bytes key,
		       const struct gcoap_addr *server)
{
	enum store_statement which = !key.ptr ? STORE_REMOVE_ALL
				     : server ? STORE_REMOVE
					      : STORE_REMOVE_KEY;
	uint8_t bytes[STORE_SERVER];
	struct store_value v[2] = { { .bytes = key }, { .bytes = { bytes, sizeof(bytes) } } };
	int r;

	commit_quietly(s);
	if (!s->db)
		return GCOAP_ECLOSED;
	if (server)
		gcoap__store_server(server, bytes);
	r = statement(s, which, v, !key.ptr ? 0 : server ? 2 : 1);
	return r < 0 ? noticed(s, r) : (int)s->module->changes(s->db);
}

int gcoap_store_close(struct gcoap_store **sp)
{
	struct gcoap_store *s = *sp;
	int r;

	*sp = NULL;
	if (!s)
		return 0;
	r = gcoap_store_commit(s);
	if (s->db)
		s->module->close(s->db);
	free(s->path);
	free(s->aside);
	free(s);
	return r;
}
