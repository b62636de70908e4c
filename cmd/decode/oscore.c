/* The OSCORE option's value (RFC 8613, Section 6.1; Group OSCORE, Section 4). */
#include "decode.h"

#define CLAUSE "RFC 8613, 6.1"

enum { RESERVED = 0xc0, GROUP = 0x20, KID_CONTEXT = 0x10, KID = 0x08, IV_LEN = 0x07 };

static void fail(struct map *m, size_t at, const char *what)
{
	struct gcoap_diag diag = { .at = at, .name = "oscore", .what = what };

	map_fail(m, GCOAP_EMALFORMED, &diag, 0);
}

static void put(struct map *m, const char *name, struct gcoap_bytes b)
{
	char hex[2 * 255 + 1];

	gcoap_hex_encode(b, hex, sizeof(hex));
	map_line(m, ", %s %s", name, b.len ? hex : "empty");
	jsonw_lit(&m->value, ",\"");
	jsonw_inner(&m->value, gcoap_bytes_text(name));
	jsonw_lit(&m->value, "\":");
	jsonw_hex(&m->value, b);
}

/* Take @n bytes for @name; false when they are not there. */
static bool take(struct map *m, struct gcoap_bytes *rest, size_t *at, size_t n, const char *name,
		 unsigned depth)
{
	char hex[81];

	if (rest->len < n) {
		fail(m, *at, "the value ends before what its flags promise");
		return false;
	}
	gcoap_hex_encode((struct gcoap_bytes){ rest->ptr, n }, hex, sizeof(hex));
	map_field(m, *at, n, depth, CLAUSE, "%s %s%s", name, n ? hex : "empty",
		  n > 40 ? "..." : "");
	if (!depth)
		put(m, name, (struct gcoap_bytes){ rest->ptr, n });
	rest->ptr += n;
	rest->len -= n;
	*at += n;
	return true;
}

static void flags(struct map *m, uint8_t f, size_t at, unsigned depth)
{
	map_field(m, at, 1, depth, CLAUSE, "flags %02x: Partial IV of %zu byte%s%s%s%s", f,
		  BYTES_OF(f & IV_LEN), f & KID ? ", kid" : "", f & KID_CONTEXT ? ", kid context" : "",
		  f & GROUP ? ", group mode" : "");
	if (f & RESERVED)
		fail(m, at, "a reserved flag is set");
	else if ((f & IV_LEN) > 5)
		fail(m, at, "a Partial IV has at most 5 bytes");
}

void explain_oscore(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth)
{
	struct gcoap_bytes rest = value;
	size_t at = shift;
	uint8_t f;

	if (!depth) {
		jsonw_lit(&m->value, "{\"group\":");
		jsonw_bool(&m->value, value.len && value.ptr[0] & GROUP);
		map_line(m, "%s", value.len && value.ptr[0] & GROUP
					  ? "Group OSCORE in group mode"
					  : "OSCORE, or Group OSCORE in pairwise mode");
	}
	if (value.len) {
		f = rest.ptr[0];
		flags(m, f, at, depth);
		rest = (struct gcoap_bytes){ value.ptr + 1, value.len - 1 };
		at++;
		if (value.len == 1 && !f)
			fail(m, shift, "flags that are all 0 are an empty value");
		if (!m->err && f & IV_LEN)
			take(m, &rest, &at, f & IV_LEN, "partial_iv", depth);
		if (!m->err && f & KID_CONTEXT) {
			size_t n = rest.len ? rest.ptr[0] : 0;

			if (!rest.len)
				fail(m, at, "the length of the kid context is missing");
			else {
				map_field(m, at, 1, depth, CLAUSE, "kid context of %zu byte%s",
					  BYTES_OF(n));
				rest.ptr++;
				rest.len--;
				at++;
				take(m, &rest, &at, n, "kid_context", depth);
			}
		}
		if (!m->err && f & KID)
			take(m, &rest, &at, rest.len, "kid", depth);
		if (!m->err && rest.len)
			fail(m, at, "bytes behind the last part");
	} else if (!depth) {
		map_line(m, ", a response without a Partial IV");
	} else {
		map_field(m, at, 0, depth, CLAUSE, "no flags: a response without a Partial IV");
	}
	if (!depth)
		jsonw_lit(&m->value, "}");
}
