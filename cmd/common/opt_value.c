/* Values: text to the member of a tool's struct. */
#include "opt_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

/* Digits with an optional fraction, independent of the locale: whole part and billionths.
 * Returns what stands behind, NULL when there is no number. */
static const char *number_parse(const char *text, uint64_t *whole, uint32_t *billionths)
{
	uint32_t weight = 100000000;
	const char *p = text;

	*whole = 0;
	*billionths = 0;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (*whole > (UINT64_MAX - 9) / 10)
			return NULL;
		*whole = *whole * 10 + (uint64_t)(*p - '0');
	}
	if (p == text && *p != '.')
		return NULL;
	if (*p != '.')
		return p;
	if (p[1] < '0' || p[1] > '9')
		return NULL;
	for (p++; *p >= '0' && *p <= '9'; p++) {
		*billionths += (uint32_t)(*p - '0') * weight;
		weight /= 10;
	}
	return p;
}

int opt_duration(const char *text, gcoap_time *out)
{
	static const struct {
		const char *name;
		gcoap_time scale;
	} units[] = {
		{ "", GCOAP_SECOND }, { "s", GCOAP_SECOND },	   { "ms", GCOAP_MS },
		{ "us", GCOAP_US },   { "m", 60 * GCOAP_SECOND }, { "h", 3600 * GCOAP_SECOND },
		{ "ns", 1 },
	};
	uint64_t whole;
	uint32_t billionths;
	const char *unit = number_parse(text, &whole, &billionths);

	for (size_t i = 0; unit && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit, units[i].name))
			continue;
		if (whole > (uint64_t)(GCOAP_NEVER / 4 / units[i].scale))
			return -1;
		*out = (gcoap_time)whole * units[i].scale;
		if (units[i].scale >= GCOAP_SECOND)
			*out += (gcoap_time)billionths * (units[i].scale / GCOAP_SECOND);
		else
			*out += (gcoap_time)billionths * units[i].scale / GCOAP_SECOND;
		return 0;
	}
	return -1;
}

int opt_size(const char *text, uint64_t *out)
{
	static const char units[] = "kMGT";
	uint64_t whole;
	uint32_t billionths;
	const char *unit = number_parse(text, &whole, &billionths), *u;
	unsigned shift = 0;

	if (!unit || unit == text || billionths)
		return -1;
	if (*unit && *unit != 'B') {
		u = strchr(units, *unit == 'K' ? 'k' : *unit);
		if (!u)
			return -1;
		shift = 10 * (unsigned)(u - units + 1);
		unit++;
		if (*unit == 'i')
			unit++;
	}
	if (*unit == 'B')
		unit++;
	if (*unit || whole > UINT64_MAX >> shift)
		return -1;
	*out = whole << shift;
	return 0;
}

int opt_uint(const char *text, uint32_t *out)
{
	uint64_t whole;
	uint32_t billionths;
	const char *end = strchr(text, '.') ? NULL : number_parse(text, &whole, &billionths);

	if (!end || *end || whole > UINT32_MAX)
		return -1;
	*out = (uint32_t)whole;
	return 0;
}

int opt_percent(const char *text, double *out)
{
	uint64_t whole;
	uint32_t billionths;
	const char *end = number_parse(text, &whole, &billionths);

	if (!end || strcmp(end + (*end == '%'), "") || whole > 100 || (whole == 100 && billionths))
		return -1;
	*out = (double)whole + (double)billionths / 1e9;
	return 0;
}

int opt_bool(const char *text, bool *out)
{
	static const char *const words[] = { "no",  "yes", "false", "true",
					     "off", "on",  "0",	    "1" };

	for (size_t i = 0; i < 8; i++) {
		if (strcmp(text, words[i]))
			continue;
		*out = i % 2;
		return 0;
	}
	return -1;
}

static struct kept {
	struct kept *next;
	_Alignas(max_align_t) char data[];
} *kept;

void *opt__keep(size_t size)
{
	struct kept *k = calloc(1, sizeof(*k) + size);

	if (!k) {
		cli_warn("out of memory");
		exit(CLI_LOCAL);
	}
	k->next = kept;
	kept = k;
	return k->data;
}

static char *keep_word(const char *from, size_t len)
{
	char *word = opt__keep(len + 1);

	memcpy(word, from, len);
	return word;
}

/* The room doubles, when as many items as it has are there. */
static void list_add(struct opt_list *list, const char *item)
{
	if (!(list->n & (list->n - 1))) {
		const char **items = opt__keep((list->n ? 2 * list->n : 1) * sizeof(*items));

		if (list->n)
			memcpy(items, list->items, list->n * sizeof(*items));
		list->items = items;
	}
	list->items[list->n++] = item;
}

/* -1: an empty item. */
static int list_split(struct opt_list *list, const char *text)
{
	for (;;) {
		size_t len = strcspn(text, ",");

		if (!len)
			return -1;
		list_add(list, keep_word(text, len));
		if (!text[len])
			return 0;
		text += len + 1;
	}
}

/* The word of @choices that @text is, or NULL. */
static const char *choice_find(const char *choices, const char *text)
{
	size_t want = strlen(text);

	for (const char *p = choices; *p;) {
		size_t len = strcspn(p, " ");

		if (len == want && !memcmp(p, text, len))
			return keep_word(p, len);
		p += len + strspn(p + len, " ");
	}
	return NULL;
}

static int bad_value(const struct opt *row, const char *text, const char *where)
{
	static const char *const expected[] = {
		[OPT_FLAG] = "yes or no",
		[OPT_COUNT] = "a small number",
		[OPT_UINT] = "a number from 0 to 4294967295",
		[OPT_SIZE] = "a size such as 1024, 64k or 1M",
		[OPT_DURATION] = "a duration such as 300ms, 7s, 2m or plain seconds",
		[OPT_PERCENT] = "a percentage from 0 to 100",
		[OPT_LIST] = "words with commas between them, none empty",
		[OPT_MULTI] = "words with commas between them, none empty",
	};
	char hint[256];
	const char *hints[] = { hint, NULL };

	if (row->type == OPT_CHOICE)
		snprintf(hint, sizeof(hint), "expected one of: %s", row->choices);
	else
		snprintf(hint, sizeof(hint), "expected %s", expected[row->type]);
	return cli_error(CLI_USAGE, hints, "%s: bad value \"%s\"", where, text);
}

int opt__store(const struct opt_slot *slot, const char *text, const char *where, bool split)
{
	const struct opt *row = slot->row;
	void *at = slot->base + row->offset;
	uint32_t count;
	int r = 0;

	switch (row->type) {
	case OPT_FLAG:
		*(bool *)at = true;
		if (text)
			r = opt_bool(text, at);
		break;
	case OPT_COUNT:
		if (!text)
			++*(int *)at;
		else if (opt_uint(text, &count) || count > 9)
			r = -1;
		else
			*(int *)at = (int)count;
		break;
	case OPT_STRING:
		*(const char **)at = text;
		break;
	case OPT_UINT:
		r = opt_uint(text, at);
		break;
	case OPT_SIZE:
		r = opt_size(text, at);
		break;
	case OPT_DURATION:
		r = opt_duration(text, at);
		break;
	case OPT_PERCENT:
		r = opt_percent(text, at);
		break;
	case OPT_LIST:
		r = list_split(at, text);
		break;
	case OPT_MULTI:
		if (split)
			r = list_split(at, text);
		else
			list_add(at, text);
		break;
	case OPT_CHOICE: {
		const char *word = choice_find(row->choices, text);

		if (word)
			*(const char **)at = word;
		else
			r = -1;
		break;
	}
	case OPT_CALL:
		return row->call(slot->base, text) ? CLI_USAGE : 0;
	}
	return r ? bad_value(row, text, where) : 0;
}
