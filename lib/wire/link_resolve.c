/* References of links to URIs (RFC 3986, Section 5.2), through uriparser. */
#include <gcoap/link.h>

#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <uriparser/Uri.h>

/* The parser's memory: some 300 path segments. */
#define ARENA_SIZE 32768

struct arena {
	alignas(16) uint8_t bytes[ARENA_SIZE];
	size_t used;
};

/* Each piece has its size in the 16 bytes before it. */
static void *arena_malloc(UriMemoryManager *m, size_t size)
{
	struct arena *a = m->userData;
	size_t need = 16 + (size + 15) / 16 * 16;
	uint8_t *p = a->bytes + a->used;

	if (size > ARENA_SIZE || need > ARENA_SIZE - a->used)
		return NULL;
	memcpy(p, &size, sizeof(size));
	a->used += need;
	return p + 16;
}

static void *arena_realloc(UriMemoryManager *m, void *old, size_t size)
{
	void *p = arena_malloc(m, size);
	size_t had = 0;

	if (old)
		memcpy(&had, (uint8_t *)old - 16, sizeof(had));
	if (p && old)
		memcpy(p, old, had < size ? had : size);
	return p;
}

static void arena_free(UriMemoryManager *m, void *p)
{
	/* all of it goes with the arena */
}

static UriMemoryManager manager(struct arena *a)
{
	a->used = 0;
	return (UriMemoryManager){ .malloc = arena_malloc,
				   .calloc = uriEmulateCalloc,
				   .realloc = arena_realloc,
				   .reallocarray = uriEmulateReallocarray,
				   .free = arena_free,
				   .userData = a };
}

static int refuse(int error, struct gcoap_bytes ref, const char *at, struct gcoap_diag *diag)
{
	if (error == URI_ERROR_MALLOC)
		return gcoap_fail(diag, GCOAP_ELIMIT, 0, "link-segments",
				  "a reference with too many segments");
	return gcoap_fail(diag, GCOAP_EMALFORMED,
			  at ? (size_t)(at - (const char *)ref.ptr) : 0, "link-reference",
			  "a URI reference cannot hold this byte");
}

/* @whole with the scheme and authority that @r or @origin have as text: the parser knows no
 * zones, and writes IPv6 addresses at full length. */
static int put(const UriUriA *r, const char *origin, const char *whole, char *buf, size_t cap)
{
	const char *slashes = strstr(whole, "://"), *rest;
	const char *scheme = slashes ? whole : "", *authority = "";
	size_t scheme_len = slashes ? (size_t)(slashes + 3 - whole) : 0, authority_len = 0;
	int n;

	rest = whole + scheme_len;
	if (r->hostText.first) {
		const char *end = r->portText.first ? r->portText.afterLast :
				  r->hostData.ipFuture.first || r->hostData.ip6 ?
						      r->hostText.afterLast + 1 :
						      r->hostText.afterLast;

		authority = r->userInfo.first ? r->userInfo.first : r->hostText.first;
		if (authority == r->hostText.first &&
		    (r->hostData.ip6 || r->hostData.ipFuture.first))
			authority--;
		authority_len = (size_t)(end - authority);
	} else if (r->scheme.first) { /* "urn:x": no authority at all */
		scheme_len = 0;
		rest = whole;
	} else {
		scheme = origin;
		scheme_len = strlen(origin);
	}
	if (scheme_len > 0)
		rest += strcspn(rest, "/?#");
	n = snprintf(buf, cap, "%.*s%.*s%s", (int)scheme_len, scheme, (int)authority_len,
		     authority, rest);
	return n >= 0 && (size_t)n < cap ? n : GCOAP_ESPACE;
}

int gcoap_link_resolve(const char *origin, struct gcoap_bytes ref, char *buf, size_t cap,
		       struct gcoap_diag *diag)
{
	const char *text = (const char *)ref.ptr, *bad = NULL, *colon = strstr(origin, "://");
	char base_text[32], whole[GCOAP_LINK_VALUE_MAX + 64];
	UriUriA base, relative, absolute;
	struct arena arena;
	UriMemoryManager memory = manager(&arena);
	int r, prefix, written;

	if (!colon || colon - origin > 16 || cap == 0)
		return GCOAP_EINVALID;
	buf[0] = '\0';
	if (ref.len > GCOAP_LINK_VALUE_MAX)
		return GCOAP_ELIMIT;
	prefix = snprintf(base_text, sizeof(base_text), "%.*s://h", (int)(colon - origin), origin);
	r = uriParseSingleUriExMmA(&base, base_text, base_text + prefix, NULL, &memory);
	if (r == URI_SUCCESS)
		r = uriParseSingleUriExMmA(&relative, ref.len ? text : "", (ref.len ? text : "") +
					   ref.len, &bad, &memory);
	if (r == URI_SUCCESS)
		r = uriAddBaseUriExMmA(&absolute, &relative, &base, URI_RESOLVE_STRICTLY, &memory);
	if (r == URI_SUCCESS)
		r = uriToStringA(whole, &absolute, sizeof(whole), &written);
	if (r != URI_SUCCESS)
		return refuse(r, ref, bad, diag);
	return put(&relative, origin, whole, buf, cap);
}
