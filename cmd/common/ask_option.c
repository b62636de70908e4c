/* -O NAME=VAL: a name or number, and text, 0xHEX or an integer, by the registry's format. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <gcoap/block.h>
#include <gcoap/format.h>
#include "ask.h"
#include "cli.h"
#include "suggest.h"

struct gcoap_bytes ask_keep(struct ask_message *m, const void *value, size_t len)
{
	struct gcoap_bytes out = { NULL, len };

	if (len > sizeof(m->store) - m->used)
		return out;
	out.ptr = m->store + m->used;
	if (len > 0)
		memcpy(m->store + m->used, value, len);
	m->used += len;
	return out;
}

static int append(struct ask_message *m, const char *text, uint16_t number, const void *value,
		  size_t len)
{
	struct gcoap_bytes kept = ask_keep(m, value, len);

	if (kept.ptr == NULL)
		return cli_usage("option \"%s\": all option values together are above %d bytes",
				 text, ASK_STORE);
	if (gcoap_msg_add(&m->msg, number, kept) < 0)
		return cli_usage("option \"%s\": a message holds at most %d options", text,
				 GCOAP_OPTIONS_MAX);
	return CLI_OK;
}

static bool all_digits(const char *s)
{
	return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

static bool to_uint(const char *s, uint32_t *out)
{
	unsigned long long v;

	if (!all_digits(s))
		return false;
	errno = 0;
	v = strtoull(s, NULL, 10);
	if (errno != 0 || v > UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

static int append_uint(struct ask_message *m, const char *text, uint16_t number, uint32_t v)
{
	uint8_t store[4];

	return append(m, text, number, store, gcoap_uint_encode(v, store));
}

/* "NUM/MORE/SIZE", as in RFC 7959's examples. */
static bool to_block(const char *s, uint32_t *out)
{
	unsigned long num, more, size;
	struct gcoap_block b;
	char *end;

	num = strtoul(s, &end, 10);
	if (end == s || *end != '/')
		return false;
	s = end + 1;
	more = strtoul(s, &end, 10);
	if (end == s || *end != '/')
		return false;
	s = end + 1;
	size = strtoul(s, &end, 10);
	if (end == s || *end != '\0' || num >= 1UL << 20 || more > 1 || size > 1024 ||
	    gcoap_block_szx((uint32_t)size, &b.szx) < 0)
		return false;
	*out = (uint32_t)(num << 4 | more << 3 | b.szx);
	return true;
}

/* An integer, or for the two options that carry one a Content-Format's name. */
static bool to_number(const struct gcoap_option_info *info, const char *val, uint32_t *out)
{
	uint16_t format;

	if (to_uint(val, out))
		return true;
	if (info->number != GCOAP_CONTENT_FORMAT && info->number != GCOAP_ACCEPT)
		return false;
	if (gcoap_format_parse(val, &format) < 0)
		return false;
	*out = format;
	return true;
}

static int append_known(struct ask_message *m, const char *text,
			const struct gcoap_option_info *info, const char *val)
{
	uint16_t number = (uint16_t)info->number;
	size_t len = val != NULL ? strlen(val) : 0;
	uint8_t store[4];
	uint32_t v;

	switch ((enum gcoap_option_format)info->format) {
	case GCOAP_FORMAT_EMPTY:
		if (len > 0)
			return cli_usage("option \"%s\": %s has no value", text, info->name);
		return append(m, text, number, "", 0);
	case GCOAP_FORMAT_UINT:
		if (val == NULL || !to_number(info, val, &v))
			return cli_usage("option \"%s\": %s needs an integer, or 0xHEX", text,
					 info->name);
		if (gcoap_uint_encode(v, store) > info->max_len)
			return cli_usage("option \"%s\": %s has at most %u bytes", text,
					 info->name, (unsigned)info->max_len);
		return append_uint(m, text, number, v);
	case GCOAP_FORMAT_BLOCK:
		if (val == NULL || !(to_block(val, &v) || to_uint(val, &v)) || v >= 1u << 24)
			return cli_usage("option \"%s\": %s needs NUM/MORE/SIZE, such as 0/0/64",
					 text, info->name);
		return append_uint(m, text, number, v);
	case GCOAP_FORMAT_OPAQUE:
	case GCOAP_FORMAT_STRING:
		if (len < info->min_len || len > info->max_len)
			return cli_usage("option \"%s\": %s has %u to %u bytes", text, info->name,
					 (unsigned)info->min_len, (unsigned)info->max_len);
		return append(m, text, number, val, len);
	case GCOAP_FORMAT_TP_INFO:
	case GCOAP_FORMAT_REPLY_FROM:
	case GCOAP_FORMAT_MULTI_ETAG:
	case GCOAP_FORMAT_CRI:
		break;
	}
	return cli_usage("option \"%s\": the value of %s is CBOR, give it as 0xHEX", text,
			 info->name);
}

/* Bytes as they are, of any length: what is sent may be wrong on purpose. */
static int append_hex(struct ask_message *m, const char *text, uint16_t number,
		      const char *hex)
{
	uint8_t bytes[1034];
	int n = gcoap_hex_decode(hex, strlen(hex), bytes, sizeof(bytes));

	if (n < 0)
		return cli_usage("option \"%s\": 0x needs an even number of hex digits, "
				 "at most %zu bytes", text, sizeof(bytes));
	return append(m, text, number, bytes, (size_t)n);
}

static int unknown_option(const struct gcoap_registry *registry, const char *text,
			  const char *name)
{
	struct suggest s = { .word = name };
	char hint[96] = "names are those of the RFCs, such as Uri-Path; numbers work too";
	const char *const hints[] = { hint, NULL };

	for (size_t i = 0; i < registry->n; i++)
		suggest_try(&s, registry->rows[i].name);
	if (s.best != NULL)
		snprintf(hint, sizeof(hint), "did you mean %s?", s.best);
	return cli_error(CLI_USAGE, hints, "option \"%s\": no option is called \"%s\"", text,
			 name);
}

int ask_add_option(struct ask_message *m, const char *text)
{
	const struct gcoap_option_info *info;
	const char *val = strchr(text, '=');
	char name[64];
	size_t len = val != NULL ? (size_t)(val - text) : strlen(text);
	uint32_t number;

	if (len == 0 || len >= sizeof(name))
		return cli_usage("option \"%s\": want NAME=VALUE", text);
	memcpy(name, text, len);
	name[len] = '\0';
	if (val != NULL)
		val++;

	if (to_uint(name, &number)) {
		if (number == 0 || number > UINT16_MAX)
			return cli_usage("option \"%s\": numbers are 1 to 65535", text);
		info = gcoap_registry_find(m->registry, (uint16_t)number);
	} else {
		info = gcoap_registry_find_name(m->registry, name);
		if (info == NULL)
			return unknown_option(m->registry, text, name);
		number = info->number;
	}
	if (val != NULL && strncasecmp(val, "0x", 2) == 0)
		return append_hex(m, text, (uint16_t)number, val + 2);
	if (info != NULL)
		return append_known(m, text, info, val);
	if (val != NULL && all_digits(val)) {
		uint32_t v;

		if (!to_uint(val, &v))
			return cli_usage("option \"%s\": integers are below 2^32", text);
		return append_uint(m, text, (uint16_t)number, v);
	}
	return append(m, text, (uint16_t)number, val != NULL ? val : "",
		      val != NULL ? strlen(val) : 0);
}
