/* CBOR, head by head (RFC 8949). */
#include "decode.h"

#define CLAUSE "RFC 8949, 3.1"

static void simple_words(const struct gcoap_cbor_item *item, char *buf, size_t cap)
{
	static const char *const names[] = { "false", "true", "null", "undefined" };

	if (item->info >= 25)
		snprintf(buf, cap, "float of %d bits", 16 << (item->info - 25));
	else if (item->arg >= 20 && item->arg <= 23)
		snprintf(buf, cap, "%s", names[item->arg - 20]);
	else
		snprintf(buf, cap, "simple value %u", (unsigned)item->arg);
}

static void string_words(const struct gcoap_cbor_item *item, char *buf, size_t cap)
{
	char text[140];

	if (item->indefinite)
		snprintf(buf, cap, "%s string in chunks", item->major == 2 ? "byte" : "text");
	else if (item->major == 3)
		snprintf(buf, cap, "text \"%s\"", map_text(item->string, text, sizeof(text)));
	else
		snprintf(buf, cap, "byte string of %zu", item->string.len);
}

void explain_head(const struct gcoap_cbor_item *item, char *buf, size_t cap)
{
	unsigned long long arg = item->arg;

	switch (item->major) {
	case 0:
		snprintf(buf, cap, "unsigned %llu", arg);
		break;
	case 1:
		if (arg == UINT64_MAX)
			snprintf(buf, cap, "negative -18446744073709551616");
		else
			snprintf(buf, cap, "negative -%llu", arg + 1);
		break;
	case 2:
	case 3:
		string_words(item, buf, cap);
		break;
	case 4:
	case 5:
		if (item->indefinite)
			snprintf(buf, cap, "%s until a break", item->major == 4 ? "array" : "map");
		else
			snprintf(buf, cap, item->major == 4 ? "array of %llu" : "map of %llu pairs",
				 arg);
		break;
	case 6:
		snprintf(buf, cap, "tag %llu", arg);
		break;
	default:
		if (item->indefinite)
			snprintf(buf, cap, "break");
		else
			simple_words(item, buf, cap);
	}
}

void explain_cbor(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth)
{
	struct gcoap_cbor_limits limits = GCOAP_CBOR_LIMITS;
	struct gcoap_cbor_walker w;
	struct gcoap_cbor_item item;
	struct gcoap_diag diag = { 0 };
	char words[MAP_MEANING];
	uint32_t n = 0;
	int r;

	limits.sequence = true;
	r = gcoap_cbor_scan(value, &limits, &diag);
	if (r < 0)
		map_fail(m, r, &diag, shift);
	gcoap_cbor_walk(&w, value);
	while (n++ < limits.items && gcoap_cbor_walk_next(&w, &item, NULL) > 0) {
		explain_head(&item, words, sizeof(words));
		map_field(m, shift + item.at, item.len, depth + item.depth, CLAUSE, "%s", words);
	}
}
