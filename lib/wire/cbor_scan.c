/*
 * The one pass that CBOR from the network must survive before anything interprets it
 * (RFC 8949, Section 5.3.1 well-formedness, and of validity: UTF-8 and unique map keys).
 * Work is bounded by the item limit, not by what a head declares.
 */
#include <gcoap/cbor.h>

#include <string.h>

#include "cbor_read.h"

#define DEPTH_MAX 8
#define ITEMS_MAX 1024

/* A key of a map that is still open; strings and numbers compare by what they mean, however
 * long their head is. */
struct key {
	size_t at;    /* content, behind the head */
	size_t len;   /* of the content */
	uint64_t arg; /* argument of the head; 0 when indefinite */
	uint8_t head; /* major type and, where it matters, additional information */
};

struct scan {
	struct gcoap__cbor_reader r;
	uint32_t depth_max, items_max;
	uint32_t items;
	size_t n_keys; /* of all maps that are open, the innermost one's last */
	uint32_t hashes[ITEMS_MAX]; /* of the keys; apart, so that looking through is fast */
	struct key keys[ITEMS_MAX];
};

static int scan_item(struct scan *s, uint32_t depth);

static int malformed(const struct scan *s, size_t at, const char *name, const char *what)
{
	return gcoap__cbor_fail(&s->r, GCOAP_EMALFORMED, at, name, what);
}

/* Read a head and count it. */
static int next_head(struct scan *s, struct gcoap__cbor_head *h)
{
	if (s->items == s->items_max)
		return gcoap__cbor_fail(&s->r, GCOAP_ELIMIT, s->r.pos, "cbor-items",
					"more than 1024 items");
	s->items++;
	return gcoap__cbor_head(&s->r, h);
}

static int check_text(struct scan *s, const struct gcoap__cbor_head *h)
{
	struct gcoap_bytes b = gcoap__cbor_string(&s->r, h);

	if (h->major == CBOR_TEXT && !gcoap_utf8_valid(b))
		return malformed(s, h->at, "cbor-utf8", "the text is not UTF-8");
	return 0;
}

/* True when the next byte is a break; steps over it. */
static bool at_break(struct scan *s)
{
	if (s->r.pos >= s->r.data.len || s->r.data.ptr[s->r.pos] != 0xff)
		return false;
	s->r.pos++;
	return true;
}

static int unfinished(const struct scan *s, const struct gcoap__cbor_head *h)
{
	return gcoap__cbor_fail(&s->r, GCOAP_ESHORT, h->at, "cbor-unfinished",
				"an item of indefinite length without its end");
}

/* The chunks of an indefinite string are definite and of its own type. */
static int scan_chunks(struct scan *s, const struct gcoap__cbor_head *string)
{
	struct gcoap__cbor_head h;
	int err;

	while (!at_break(s)) {
		if (s->r.pos >= s->r.data.len)
			return unfinished(s, string);
		err = next_head(s, &h);
		if (err < 0)
			return err;
		if (h.major != string->major || h.indefinite)
			return malformed(s, h.at, "cbor-chunk",
					 "a chunk of the same type and of known length is expected");
		err = check_text(s, &h);
		if (err < 0)
			return err;
	}
	return 0;
}

/* 1: another element of the array or map follows, 0: it ends here, or an error. */
static int another(struct scan *s, const struct gcoap__cbor_head *h, uint64_t *left)
{
	if (!h->indefinite)
		return (*left)-- > 0;
	if (at_break(s))
		return 0;
	return s->r.pos < s->r.data.len ? 1 : unfinished(s, h);
}

static int scan_array(struct scan *s, const struct gcoap__cbor_head *h, uint32_t depth)
{
	uint64_t left = h->arg;
	int err;

	while ((err = another(s, h, &left)) > 0) {
		err = scan_item(s, depth + 1);
		if (err < 0)
			return err;
	}
	return err;
}

static struct key make_key(const struct scan *s, size_t start)
{
	struct gcoap__cbor_reader r = { s->r.data, start, NULL };
	struct gcoap__cbor_head h;
	struct key k = { 0 };

	gcoap__cbor_head(&r, &h); /* was read before: cannot fail */
	k.at = r.pos;
	k.len = s->r.pos - r.pos;
	k.arg = h.arg;
	k.head = (uint8_t)(h.major << 5 | (h.indefinite || h.major == CBOR_SIMPLE ? h.info : 0));
	return k;
}

/* FNV-1a */
static uint32_t hash_key(const struct scan *s, const struct key *k)
{
	uint32_t hash = 2166136261u ^ k->head ^ (uint32_t)k->arg;

	for (size_t i = 0; i < k->len; i++)
		hash = (hash ^ s->r.data.ptr[k->at + i]) * 16777619u;
	return hash;
}

static bool same_key(const struct scan *s, const struct key *a, const struct key *b)
{
	return a->head == b->head && a->arg == b->arg && a->len == b->len &&
	       !memcmp(s->r.data.ptr + a->at, s->r.data.ptr + b->at, a->len);
}

/* Keep the key that began at @start; @first is the map's own first one. */
static int add_key(struct scan *s, size_t start, size_t first)
{
	struct key k = make_key(s, start);
	uint32_t hash = hash_key(s, &k);

	for (size_t i = first; i < s->n_keys; i++) {
		if (s->hashes[i] == hash && same_key(s, &k, &s->keys[i]))
			return malformed(s, start, "cbor-duplicate-key",
					 "the map has this key already");
	}
	s->hashes[s->n_keys] = hash;
	s->keys[s->n_keys++] = k; /* there are no more keys than items */
	return 0;
}

static int scan_map(struct scan *s, const struct gcoap__cbor_head *h, uint32_t depth)
{
	size_t first = s->n_keys, start;
	uint64_t left = h->arg;
	int err;

	while ((err = another(s, h, &left)) > 0) {
		start = s->r.pos;
		err = scan_item(s, depth + 1);
		if (err < 0)
			return err;
		err = add_key(s, start, first);
		if (err < 0)
			return err;
		err = scan_item(s, depth + 1);
		if (err < 0)
			return err;
	}
	s->n_keys = first;
	return err;
}

static int check_count(const struct scan *s, const struct gcoap__cbor_head *h)
{
	size_t left = s->r.data.len - s->r.pos;

	if (h->arg > (h->major == CBOR_MAP ? left / 2 : left))
		return malformed(s, h->at, "cbor-count", "declares more items than bytes are left");
	return 0;
}

/* @depth counts the arrays, maps and tags around the item. */
static int scan_item(struct scan *s, uint32_t depth)
{
	struct gcoap__cbor_head h;
	int err = next_head(s, &h);

	if (err < 0)
		return err;
	if (h.major >= CBOR_ARRAY && h.major <= CBOR_TAG && depth >= s->depth_max)
		return gcoap__cbor_fail(&s->r, GCOAP_ELIMIT, h.at, "cbor-depth",
					"arrays, maps and tags nested more than 8 deep");
	switch ((enum gcoap__cbor_major)h.major) {
	case CBOR_UINT:
	case CBOR_NINT:
		return 0;
	case CBOR_BYTES:
	case CBOR_TEXT:
		return h.indefinite ? scan_chunks(s, &h) : check_text(s, &h);
	case CBOR_ARRAY:
		err = check_count(s, &h);
		return err < 0 ? err : scan_array(s, &h, depth);
	case CBOR_MAP:
		err = check_count(s, &h);
		return err < 0 ? err : scan_map(s, &h, depth);
	case CBOR_TAG:
		return scan_item(s, depth + 1);
	case CBOR_SIMPLE:
		if (h.indefinite)
			return malformed(s, h.at, "cbor-break", "a break with nothing to end");
		return 0;
	}
	return 0;
}

static uint32_t at_most(uint32_t limit, uint32_t max)
{
	return limit < max ? limit : max;
}

int gcoap_cbor_scan(struct gcoap_bytes data, const struct gcoap_cbor_limits *limits,
		    struct gcoap_diag *diag)
{
	struct scan s;
	int n = 0, err;

	s.r = (struct gcoap__cbor_reader){ data, 0, diag };
	s.depth_max = at_most(limits->depth, DEPTH_MAX);
	s.items_max = at_most(limits->items, ITEMS_MAX);
	s.items = 0;
	s.n_keys = 0;
	do {
		err = scan_item(&s, 0);
		if (err < 0)
			return err;
		n++;
	} while (limits->sequence && s.r.pos < data.len);
	if (s.r.pos < data.len)
		return gcoap_fail(diag, GCOAP_EMALFORMED, s.r.pos, "cbor-trailing",
				  "bytes behind the item");
	return n;
}
