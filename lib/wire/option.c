/*
 * The option registry. What a number says by itself (critical, unsafe, no cache key) is
 * computed and not written down (RFC 7252, Section 5.4.6).
 */
#include <gcoap/option.h>

#include <string.h>
#include <strings.h>

#define ANY_LENGTH UINT16_MAX
#define IETF_GROUP_ETAG "Group-ETag-ietf"

enum { ONCE = false, REPEATABLE = true };

/* By number. Numbers of drafts are those they suggest, else experimental ones with the right
 * flags (RFC 7252, Section 12.2); 96 is what the one known implementation uses. */
static const struct gcoap_option_info defaults[] = {
	{ 1, "If-Match", GCOAP_FORMAT_OPAQUE, REPEATABLE, 0, 8, "RFC 7252" },
	{ 2, "Multicast-Timeout", GCOAP_FORMAT_UINT, ONCE, 0, 4, "groupcomm-proxy-07" },
	{ 3, "Uri-Host", GCOAP_FORMAT_STRING, ONCE, 1, 255, "RFC 7252" },
	{ 4, "ETag", GCOAP_FORMAT_OPAQUE, REPEATABLE, 1, 8, "RFC 7252" },
	{ 5, "If-None-Match", GCOAP_FORMAT_EMPTY, ONCE, 0, 0, "RFC 7252" },
	{ 6, "Observe", GCOAP_FORMAT_UINT, ONCE, 0, 3, "RFC 7641" },
	{ 7, "Uri-Port", GCOAP_FORMAT_UINT, ONCE, 0, 2, "RFC 7252" },
	{ 8, "Location-Path", GCOAP_FORMAT_STRING, REPEATABLE, 0, 255, "RFC 7252" },
	{ 9, "OSCORE", GCOAP_FORMAT_OPAQUE, ONCE, 0, 255, "RFC 8613" },
	{ 11, "Uri-Path", GCOAP_FORMAT_STRING, REPEATABLE, 0, 255, "RFC 7252" },
	{ 12, "Content-Format", GCOAP_FORMAT_UINT, ONCE, 0, 2, "RFC 7252" },
	{ 13, "Uri-Path-Abbrev", GCOAP_FORMAT_UINT, ONCE, 0, 4, "core-uri-path-abbrev" },
	{ 14, "Max-Age", GCOAP_FORMAT_UINT, ONCE, 0, 4, "RFC 7252" },
	{ 15, "Uri-Query", GCOAP_FORMAT_STRING, REPEATABLE, 0, 255, "RFC 7252" },
	{ 16, "Hop-Limit", GCOAP_FORMAT_UINT, ONCE, 1, 1, "RFC 8768" },
	{ 17, "Accept", GCOAP_FORMAT_UINT, ONCE, 0, 2, "RFC 7252" },
	{ 19, "Q-Block1", GCOAP_FORMAT_BLOCK, ONCE, 0, 3, "RFC 9177" },
	{ 20, "Location-Query", GCOAP_FORMAT_STRING, REPEATABLE, 0, 255, "RFC 7252" },
	{ 21, "EDHOC", GCOAP_FORMAT_EMPTY, ONCE, 0, 0, "RFC 9668" },
	{ 23, "Block2", GCOAP_FORMAT_BLOCK, ONCE, 0, 3, "RFC 7959" },
	{ 24, "Group-ETag", GCOAP_FORMAT_OPAQUE, REPEATABLE, 1, 8, "groupcomm-proxy-07" },
	{ 27, "Block1", GCOAP_FORMAT_BLOCK, ONCE, 0, 3, "RFC 7959" },
	{ 28, "Size2", GCOAP_FORMAT_UINT, ONCE, 0, 4, "RFC 7959" },
	{ 31, "Q-Block2", GCOAP_FORMAT_BLOCK, REPEATABLE, 0, 3, "RFC 9177" },
	{ 35, "Proxy-Uri", GCOAP_FORMAT_STRING, ONCE, 1, 1034, "RFC 7252" },
	{ 39, "Proxy-Scheme", GCOAP_FORMAT_STRING, ONCE, 1, 255, "RFC 7252" },
	{ 60, "Size1", GCOAP_FORMAT_UINT, ONCE, 0, 4, "RFC 7252" },
	{ 96, "Response-Forwarding", GCOAP_FORMAT_TP_INFO, ONCE, 10, 25, "tiloca-05" },
	{ 235, "Proxy-Cri", GCOAP_FORMAT_CRI, ONCE, 1, 1023, "core-href" },
	{ 239, "Proxy-Scheme-Number", GCOAP_FORMAT_UINT, ONCE, 0, 3, "core-href" },
	{ 248, "Reply-From", GCOAP_FORMAT_REPLY_FROM, ONCE, 5, 1034, "groupcomm-proxy-07" },
	{ 252, "Echo", GCOAP_FORMAT_OPAQUE, ONCE, 1, 40, "RFC 9175" },
	{ 258, "No-Response", GCOAP_FORMAT_UINT, ONCE, 0, 1, "RFC 7967" },
	{ 292, "Request-Tag", GCOAP_FORMAT_OPAQUE, REPEATABLE, 0, 8, "RFC 9175" },
	{ 548, "Request-Hash", GCOAP_FORMAT_OPAQUE, ONCE, 0, ANY_LENGTH, "cacheable-oscore" },
	{ 65002, "Multicast-Signaling", GCOAP_FORMAT_UINT, ONCE, 0, 4, "tiloca-05" },
	{ 65004, "Multi-ETag", GCOAP_FORMAT_MULTI_ETAG, REPEATABLE, 0, ANY_LENGTH,
	  "groupcomm-bis-03" },
	{ 65008, "Group-ETag", GCOAP_FORMAT_OPAQUE, REPEATABLE, 1, 8, "groupcomm-bis-03" },
};

static const uint16_t draft_defaults[GCOAP_DRAFT_COUNT] = {
	[GCOAP_DRAFT_MULTICAST_SIGNALING] = 65002,
	[GCOAP_DRAFT_RESPONSE_FORWARDING] = 96,
	[GCOAP_DRAFT_MULTI_ETAG] = 65004,
	[GCOAP_DRAFT_GROUP_ETAG] = 65008,
	[GCOAP_DRAFT_MULTICAST_TIMEOUT] = 2,
	[GCOAP_DRAFT_REPLY_FROM] = 248,
	[GCOAP_DRAFT_IETF_GROUP_ETAG] = 24,
};

void gcoap_registry_init(struct gcoap_registry *r)
{
	_Static_assert(sizeof(defaults) <= sizeof(r->rows), "the registry's rows fit");

	r->n = sizeof(defaults) / sizeof(defaults[0]);
	memcpy(r->rows, defaults, sizeof(defaults));
	memcpy(r->draft, draft_defaults, sizeof(draft_defaults));
}

const struct gcoap_option_info *gcoap_registry_find(const struct gcoap_registry *r,
						    uint16_t number)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (r->rows[middle].number == number)
			return &r->rows[middle];
		if (r->rows[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct gcoap_option_info *gcoap_registry_find_name(const struct gcoap_registry *r,
							 const char *name)
{
	uint16_t ietf = r->draft[GCOAP_DRAFT_IETF_GROUP_ETAG];

	if (strcasecmp(name, IETF_GROUP_ETAG) == 0)
		return gcoap_registry_find(r, ietf);
	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i].number != ietf && strcasecmp(name, r->rows[i].name) == 0)
			return &r->rows[i];
	return NULL;
}

/* Move row @i to where its new number belongs. */
static void settle(struct gcoap_registry *r, size_t i)
{
	struct gcoap_option_info row = r->rows[i];

	for (; i > 0 && r->rows[i - 1].number > row.number; i--)
		r->rows[i] = r->rows[i - 1];
	for (; i + 1 < r->n && r->rows[i + 1].number < row.number; i++)
		r->rows[i] = r->rows[i + 1];
	r->rows[i] = row;
}

int gcoap_registry_set(struct gcoap_registry *r, const char *name, uint32_t number)
{
	const struct gcoap_option_info *row = gcoap_registry_find_name(r, name), *other;
	size_t i;

	if (!row)
		return GCOAP_ENOTFOUND;
	if (number == 0 || number > UINT16_MAX)
		return GCOAP_ERANGE;
	other = gcoap_registry_find(r, (uint16_t)number);
	if (other)
		return other == row ? 0 : GCOAP_EINVALID;
	for (i = 0; i < GCOAP_DRAFT_COUNT; i++)
		if (r->draft[i] == row->number)
			r->draft[i] = (uint16_t)number;
	i = (size_t)(row - r->rows);
	r->rows[i].number = number;
	settle(r, i);
	return 0;
}

bool gcoap_option_critical(uint16_t number)
{
	return number & 1;
}

bool gcoap_option_unsafe(uint16_t number)
{
	return number & 2;
}

bool gcoap_option_no_cache_key(uint16_t number)
{
	return (number & 0x1e) == 0x1c;
}
