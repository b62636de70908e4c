/* What the number in an option asks or tells, in words. */
#include "decode.h"

#include <gcoap/serve.h>
#include <stdlib.h>

/* RFC 7641, Section 2: in a request what to do, in a response an order. */
static void observe_words(const struct map *m, uint32_t v, char *buf, size_t cap)
{
	const char *asks = v == 0 ? "register" : v == 1 ? "deregister" : "no such request";

	if (m->response)
		snprintf(buf, cap, "%u: sequence number of a notification", v);
	else if (m->request)
		snprintf(buf, cap, "%u: %s", v, asks);
	else if (v < 2)
		snprintf(buf, cap, "%u: %s in a request, else a sequence number", v, asks);
	else
		snprintf(buf, cap, "%u: sequence number of a notification", v);
}

/* RFC 7967, Section 2.1: the classes of responses that are not wanted. */
static void no_response_words(uint32_t v, char *buf, size_t cap)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} classes[] = { { GCOAP_CLASS_2, "2.xx" }, { GCOAP_CLASS_4, "4.xx" },
			{ GCOAP_CLASS_5, "5.xx" } };
	const char *sep = ": no ";
	size_t n = (size_t)snprintf(buf, cap, "%u", v);

	if (!v)
		n += (size_t)snprintf(buf + n, cap - n, ": all responses are wanted");
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (!(v & classes[i].bit))
			continue;
		n += (size_t)snprintf(buf + n, cap - n, "%s%s", sep, classes[i].name);
		sep = ", no ";
	}
	if (v & ~(uint32_t)(GCOAP_CLASS_2 | GCOAP_CLASS_4 | GCOAP_CLASS_5))
		snprintf(buf + n, cap - n, "; other bits mean nothing");
}

/* Multicast-Signaling and Multicast-Timeout: seconds, and what 0 or an empty one says. */
static void timeout_words(const struct map *m, uint32_t v, char *buf, size_t cap)
{
	if (v)
		snprintf(buf, cap, "%u s", v);
	else if (m->response)
		snprintf(buf, cap, "0: repeat the request with this option");
	else
		snprintf(buf, cap, "0 s: relay no responses");
}

static void format_words(uint32_t v, char *buf, size_t cap)
{
	const struct gcoap_format_info *format = gcoap_format_find(v);

	if (format)
		snprintf(buf, cap, "%u (%s)", v, format->media_type);
	else
		snprintf(buf, cap, "%u (not known)", v);
}

static void uri_path_abbrev_words(uint32_t v, char *buf, size_t cap)
{
	static const char *const paths[] = { "/.well-known/core", "/.well-known/rd",
					     "/.well-known/edhoc" };

	snprintf(buf, cap, "%u (%s)", v, v < 3 ? paths[v] : "not known");
}

static void scheme_words(uint32_t v, char *buf, size_t cap)
{
	const char *name = scheme_name(v);

	snprintf(buf, cap, "%u (%s)", v, name ? name : "not known");
}

void uint_words(const struct map *m, const struct gcoap_option_info *info, uint32_t v, char *buf,
		size_t cap)
{
	const uint16_t *draft = m->registry->draft;

	if (info->number == GCOAP_CONTENT_FORMAT || info->number == GCOAP_ACCEPT)
		format_words(v, buf, cap);
	else if (info->number == GCOAP_OBSERVE)
		observe_words(m, v, buf, cap);
	else if (info->number == GCOAP_NO_RESPONSE)
		no_response_words(v, buf, cap);
	else if (info->number == draft[GCOAP_DRAFT_MULTICAST_SIGNALING] ||
		 info->number == draft[GCOAP_DRAFT_MULTICAST_TIMEOUT])
		timeout_words(m, v, buf, cap);
	else if (info->number == GCOAP_MAX_AGE)
		snprintf(buf, cap, v ? "%u s" : "%u s: not to be reused", v);
	else if (info->number == GCOAP_HOP_LIMIT)
		snprintf(buf, cap, v ? "%u: the proxies that may still pass it on"
				     : "%u: no value it can have", v);
	else if (info->number == GCOAP_URI_PATH_ABBREV)
		uri_path_abbrev_words(v, buf, cap);
	else if (info->number == GCOAP_PROXY_SCHEME_NUMBER)
		scheme_words(v, buf, cap);
	else if (info->number == GCOAP_SIZE1 || info->number == GCOAP_SIZE2)
		snprintf(buf, cap, "%u byte%s of body", v, v == 1 ? "" : "s");
	else
		snprintf(buf, cap, "%u", v);
}
