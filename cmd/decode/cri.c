/* CRIs part by part (draft-ietf-core-href, Section 5): [scheme, authority, path, query,
 * fragment]; in a reference [discard, path, query, fragment]. */
#include "decode.h"

#define HEAD_TEXT 160
#define CRI_ITEMS 256

enum part { SCHEME, AUTHORITY, PATH, QUERY, FRAGMENT, BEYOND };

/* Where the walk is. */
struct place {
	enum part part; /* of the outer array */
	unsigned inner; /* item of the array in it */
	bool has_host, has_user;
};

const char *scheme_name(uint64_t number)
{
	static const struct {
		uint64_t number;
		const char *name;
	} rows[] = { { 0, "coap" }, { 1, "coaps" }, { 2, "http" }, { 3, "https" },
		     { 6, "coap+tcp" }, { 7, "coaps+tcp" }, { 24, "coap+ws" },
		     { 25, "coaps+ws" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].number == number)
			return rows[i].name;
	return NULL;
}

static bool is_null(const struct gcoap_cbor_item *item)
{
	return item->major == 7 && item->info < 25 && item->arg == 22;
}

static bool is_false(const struct gcoap_cbor_item *item)
{
	return item->major == 7 && item->info < 25 && item->arg == 20;
}

/* The first item: what kind of CRI it is follows from it. */
static void scheme_part(const struct gcoap_cbor_item *item, struct place *at, const char *head,
			char *buf, size_t cap)
{
	const char *name = item->major == 1 ? scheme_name(item->arg) : NULL;

	if (item->major == 1) {
		snprintf(buf, cap, "scheme-id -%llu: %s", (unsigned long long)item->arg + 1,
			 name ? name : "not known");
	} else if (item->major == 3) {
		snprintf(buf, cap, "scheme %s", head);
	} else if (is_null(item)) {
		snprintf(buf, cap, "scheme null: a reference");
	} else { /* discard: no authority follows */
		snprintf(buf, cap, "discard: %s", head);
		at->part = AUTHORITY;
	}
}

static void outer_part(const struct gcoap_cbor_item *item, struct place *at, const char *head,
		       char *buf, size_t cap)
{
	static const char *const names[] = { "scheme", "authority", "path", "query", "fragment",
					     "more than a CRI has" };

	if (at->part == SCHEME)
		scheme_part(item, at, head, buf, cap);
	else
		snprintf(buf, cap, "%s: %s", names[at->part], head);
	if (at->part < BEYOND)
		at->part++;
	at->inner = 0;
	at->has_host = at->has_user = false;
}

static void authority_part(const struct gcoap_cbor_item *item, struct place *at,
			   const char *head, char *buf, size_t cap)
{
	char words[GCOAP_ADDR_TEXT + 40];

	if (is_false(item) && !at->inner) {
		snprintf(buf, cap, "false: a userinfo follows");
		at->has_user = true;
	} else if (at->has_user && at->inner == 1) {
		snprintf(buf, cap, "userinfo: %s", head);
	} else if (item->major == 2 && !item->indefinite) {
		address_words(item->string, words, sizeof(words));
		snprintf(buf, cap, "host %s", words);
		at->has_host = true;
	} else if (item->major == 3) {
		snprintf(buf, cap, "%s: %s", at->has_host ? "zone" : "host label", head);
	} else if (item->major == 0) {
		snprintf(buf, cap, "port %llu", (unsigned long long)item->arg);
	} else {
		snprintf(buf, cap, "%s", head);
	}
}

static void cri_words(const struct gcoap_cbor_item *item, struct place *at, char *buf, size_t cap)
{
	char head[HEAD_TEXT];

	explain_head(item, head, sizeof(head));
	if (item->depth == 0) {
		*at = (struct place){ 0 };
		snprintf(buf, cap, "CRI: %s", head);
	} else if (item->depth == 1) {
		outer_part(item, at, head, buf, cap);
	} else if (item->depth == 2 && at->part == AUTHORITY + 1) {
		authority_part(item, at, head, buf, cap);
		at->inner++;
	} else if (item->depth == 2 && (at->part == PATH + 1 || at->part == QUERY + 1)) {
		snprintf(buf, cap, "%s: %s", at->part == PATH + 1 ? "segment" : "parameter",
			 head);
	} else {
		snprintf(buf, cap, "%s", head);
	}
}

void cri_fields(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth,
		const char *clause)
{
	struct gcoap_cbor_walker w;
	struct gcoap_cbor_item item;
	struct place at = { 0 };
	char words[MAP_MEANING];
	unsigned n = 0;

	gcoap_cbor_walk(&w, value);
	while (n++ < CRI_ITEMS && gcoap_cbor_walk_next(&w, &item, NULL) > 0) {
		cri_words(&item, &at, words, sizeof(words));
		map_field(m, shift + item.at, item.len, depth + item.depth, clause, "%s", words);
	}
}
