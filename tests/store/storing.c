/*
 * A script of puts, looks and removals for the client's cache, and what may be there after it
 * was killed at any point:
 *
 *   storing script FILE LEDGER STEPS   one transaction a step; a byte of LEDGER for each that
 *                                      is done; exit 5 when the store refuses
 *   storing check FILE LEDGER [exact]  FILE opens and holds what was there after the last step
 *                                      of LEDGER, or (unless exact) the one behind it
 *   storing fill FILE NAME N           N entries of that name, ten a transaction
 *   storing count FILE NAME            how many of them are there, whole
 */
#include <gcoap/store.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYS 12
#define SERVERS 4
#define LONGEST 6000

/* Which step wrote what is there; 0: nothing is. */
struct model {
	unsigned by[KEYS][SERVERS];
};

struct entry {
	char key[32];
	uint8_t message[LONGEST], etag[4];
	struct gcoap_stored stored;
};

static struct gcoap_store *store;

static struct gcoap_addr server(unsigned n)
{
	return (struct gcoap_addr){ .family = 4, .bytes = { 10, 0, 0, (uint8_t)n },
				    .port = GCOAP_PORT };
}

/* What step @step puts there: the whole follows from the three numbers. */
static void make_entry(struct entry *e, const char *name, unsigned key, unsigned from,
		       unsigned step)
{
	size_t len = (step * 977 + key * 131 + from) % LONGEST + 1;

	snprintf(e->key, sizeof(e->key), "%s %u", name, key);
	for (size_t i = 0; i < len; i++)
		e->message[i] = (uint8_t)(step * 31 + key * 7 + from + i * 13);
	memcpy(e->etag, &step, 4);
	e->stored = (struct gcoap_stored){
		.key = gcoap_bytes_text(e->key), .server = server(from),
		.at = step, .fresh_until = step + 60, .etag = { e->etag, 4 },
		.message = { e->message, len },
	};
}

static int open_store(const char *path)
{
	struct gcoap_store_config c = { .path = path };
	struct gcoap_diag diag = { 0 };
	int r = gcoap_store_open(&store, &c, &diag);

	if (r < 0)
		printf("open: %s\n", diag.what ? diag.what : gcoap_strerror(r));
	else if (gcoap_store_aside(store))
		printf("set aside: %s\n", gcoap_store_aside(store));
	return r;
}

static int put(const char *name, unsigned key, unsigned from, unsigned step)
{
	struct entry e;

	make_entry(&e, name, key, from, step);
	return gcoap_store_put(store, &e.stored);
}

/* Step @n on the store, unless @model alone. Steps are put, put many, look and remove. */
static int play(unsigned n, struct model *model, bool for_real)
{
	unsigned key = n * 5 % KEYS, from = n % SERVERS;
	struct gcoap_addr a = server(from);
	struct gcoap_stored found;
	struct entry e;
	int r = 0;

	make_entry(&e, "key", key, from, n);
	switch (n % 5) {
	case 0: /* all of a key: one transaction */
		for (from = 0; from < SERVERS && r >= 0; from++) {
			model->by[key][from] = n;
			r = for_real ? put("key", key, from, n) : 0;
		}
		break;
	case 1:
		r = for_real ? gcoap_store_get(store, e.stored.key, &a, n, &found) : 0;
		break;
	case 2:
		if (n % 3) {
			model->by[key][from] = 0;
			r = for_real ? gcoap_store_remove(store, e.stored.key, &a) : 0;
		} else {
			memset(model->by[key], 0, sizeof(model->by[key]));
			r = for_real ? gcoap_store_remove(store, e.stored.key, NULL) : 0;
		}
		break;
	default:
		model->by[key][from] = n;
		r = for_real ? put("key", key, from, n) : 0;
	}
	return r >= 0 && for_real ? gcoap_store_commit(store) : r;
}

static void say(int r)
{
	puts(r == GCOAP_ESPACE ? "the disk is full" : gcoap_strerror(r));
}

static int script(const char *path, const char *ledger, unsigned steps)
{
	int r, fd = open(ledger, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	struct model model = { 0 };

	if (fd < 0)
		return 1;
	r = open_store(path);
	for (unsigned n = 1; n <= steps && r >= 0; n++) {
		r = play(n, &model, true);
		if (r >= 0 && write(fd, ".", 1) != 1)
			return 1;
	}
	if (r >= 0)
		r = gcoap_store_close(&store);
	close(fd);
	if (r >= 0)
		return 0;
	say(r);
	(void)gcoap_store_close(&store);
	return 5;
}

/* ---- what is there ---- */

static bool is_entry(const struct gcoap_stored *found, const struct entry *e)
{
	return gcoap_bytes_equal(found->message, e->stored.message) &&
	       gcoap_bytes_equal(found->etag, e->stored.etag) && found->at == e->stored.at &&
	       found->fresh_until == e->stored.fresh_until;
}

/* Does the store hold what @m says, and nothing else? */
static bool holds(const struct model *m)
{
	uint64_t entries, size, want = 0, want_size = 0;
	struct gcoap_stored found;
	struct gcoap_addr a;
	struct entry e;
	int r;

	for (unsigned key = 0; key < KEYS; key++) {
		for (unsigned from = 0; from < SERVERS; from++) {
			make_entry(&e, "key", key, from, m->by[key][from]);
			a = server(from);
			r = gcoap_store_get(store, e.stored.key, &a, 1, &found);
			if (r != (m->by[key][from] > 0) || (r > 0 && !is_entry(&found, &e)))
				return false;
			want += r > 0;
			want_size += r > 0 ? e.stored.key.len + e.stored.message.len : 0;
		}
	}
	return gcoap_store_totals(store, &entries, &size) >= 0 && entries == want &&
	       size == want_size;
}

static int check(const char *path, const char *ledger, bool exact)
{
	struct model model = { 0 };
	struct stat st = { 0 };
	unsigned done;
	bool right;

	(void)stat(ledger, &st); /* killed before it was made: nothing was done */
	done = (unsigned)st.st_size;
	if (open_store(path) < 0 || gcoap_store_aside(store))
		return 1;
	for (unsigned n = 1; n <= done; n++)
		play(n, &model, false);
	right = holds(&model);
	if (!right && !exact) {
		play(done + 1, &model, false);
		right = holds(&model);
	}
	if (!right)
		printf("after %u steps something else is there\n", done);
	if (put("later", 1, 1, 1) < 0 || gcoap_store_commit(store) < 0) {
		printf("nothing can be written any more\n");
		right = false;
	}
	return gcoap_store_close(&store) < 0 || !right;
}

static int fill(const char *path, const char *name, unsigned n)
{
	int r = open_store(path);

	for (unsigned i = 0; i < n && r >= 0; i++) {
		r = put(name, i, 1, i + 1);
		if (r >= 0 && i % 10 == 9)
			r = gcoap_store_commit(store);
	}
	if (r >= 0)
		r = gcoap_store_close(&store);
	if (r < 0)
		say(r);
	return r < 0 ? 5 : 0;
}

static int count(const char *path, const char *name)
{
	struct gcoap_addr a = server(1);
	struct gcoap_stored found;
	unsigned n = 0;
	struct entry e;

	if (open_store(path) < 0)
		return 1;
	for (unsigned i = 0; i < 10000; i++) {
		make_entry(&e, name, i, 1, i + 1);
		n += gcoap_store_get(store, e.stored.key, &a, 1, &found) > 0 &&
		     is_entry(&found, &e);
	}
	printf("%u\n", n);
	return gcoap_store_close(&store) < 0;
}

int main(int argc, char *argv[])
{
	const char *what = argc > 3 ? argv[1] : "";

	if (!strcmp(what, "script") && argc == 5)
		return script(argv[2], argv[3], (unsigned)strtoul(argv[4], NULL, 10));
	if (!strcmp(what, "check"))
		return check(argv[2], argv[3], argc == 5);
	if (!strcmp(what, "fill") && argc == 5)
		return fill(argv[2], argv[3], (unsigned)strtoul(argv[4], NULL, 10));
	if (!strcmp(what, "count"))
		return count(argv[2], argv[3]);
	fputs("usage: storing script|check|fill|count FILE ...\n", stderr);
	return 2;
}
