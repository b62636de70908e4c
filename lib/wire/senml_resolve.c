#include <gcoap/senml.h>

#include <math.h>
#include <string.h>

#define VERSION 10 /* the one of RFC 8428, Section 4.4 */

static const struct {
	const char *name;
	int kind;
} labels[GCOAP_SENML_LABELS] = {
	[GCOAP_SENML_BS] = { "bs", GCOAP_SENML_NUMBER },
	[GCOAP_SENML_BV] = { "bv", GCOAP_SENML_NUMBER },
	[GCOAP_SENML_BU] = { "bu", GCOAP_SENML_TEXT },
	[GCOAP_SENML_BT] = { "bt", GCOAP_SENML_NUMBER },
	[GCOAP_SENML_BN] = { "bn", GCOAP_SENML_TEXT },
	[GCOAP_SENML_BVER] = { "bver", GCOAP_SENML_NUMBER },
	[GCOAP_SENML_N] = { "n", GCOAP_SENML_TEXT },
	[GCOAP_SENML_U] = { "u", GCOAP_SENML_TEXT },
	[GCOAP_SENML_V] = { "v", GCOAP_SENML_NUMBER },
	[GCOAP_SENML_VS] = { "vs", GCOAP_SENML_TEXT },
	[GCOAP_SENML_VB] = { "vb", GCOAP_SENML_BOOL },
	[GCOAP_SENML_S] = { "s", GCOAP_SENML_NUMBER },
	[GCOAP_SENML_T] = { "t", GCOAP_SENML_NUMBER },
	[GCOAP_SENML_UT] = { "ut", GCOAP_SENML_NUMBER },
	[GCOAP_SENML_VD] = { "vd", GCOAP_SENML_DATA },
};

int gcoap_senml_label_find(const char *name)
{
	for (int i = 0; i < GCOAP_SENML_LABELS; i++) {
		if (!strcmp(labels[i].name, name))
			return i;
	}
	return -1;
}

int gcoap_senml_label_kind(enum gcoap_senml_label label)
{
	return (unsigned)label < GCOAP_SENML_LABELS ? labels[label].kind : GCOAP_SENML_NONE;
}

static bool has(const struct gcoap_senml_fields *f, enum gcoap_senml_label label)
{
	return f->at[label].given;
}

/* Append text, cut at a whole character; a NUL inside becomes U+FFFD. */
static void append(char *to, size_t cap, struct gcoap_bytes text)
{
	static const char nul[] = "\xef\xbf\xbd";
	size_t len = strlen(to), n;

	for (size_t i = 0; i < text.len; i += n) {
		const char *p = (const char *)text.ptr + i;

		for (n = 1; i + n < text.len && (text.ptr[i + n] & 0xc0) == 0x80;)
			n++;
		if (len + (*p ? n : 3) >= cap)
			break;
		memcpy(to + len, *p ? p : nul, *p ? n : 3);
		len += *p ? n : 3;
	}
	to[len] = '\0';
}

static void set(char *to, size_t cap, struct gcoap_bytes text)
{
	to[0] = '\0';
	append(to, cap, text);
}

static void set_base(struct gcoap_senml_base *base, const struct gcoap_senml_fields *f)
{
	if (has(f, GCOAP_SENML_BN))
		set(base->name, sizeof(base->name), f->at[GCOAP_SENML_BN].bytes);
	if (has(f, GCOAP_SENML_BU))
		set(base->unit, sizeof(base->unit), f->at[GCOAP_SENML_BU].bytes);
	if (has(f, GCOAP_SENML_BV))
		base->value = f->at[GCOAP_SENML_BV].number;
	if (has(f, GCOAP_SENML_BT))
		base->time = f->at[GCOAP_SENML_BT].number;
}

static int check(const struct gcoap_senml_fields *f, size_t at, struct gcoap_diag *diag)
{
	int values = has(f, GCOAP_SENML_V) + has(f, GCOAP_SENML_VS) + has(f, GCOAP_SENML_VB) +
		     has(f, GCOAP_SENML_VD);

	if (has(f, GCOAP_SENML_BVER) && f->at[GCOAP_SENML_BVER].number > VERSION)
		return gcoap_fail(diag, GCOAP_EMALFORMED, at, "senml-version",
				  "a newer SenML than version 10");
	if (values > 1)
		return gcoap_fail(diag, GCOAP_EMALFORMED, at, "senml-values",
				  "a record has one value only");
	for (int i = 0; i < GCOAP_SENML_LABELS; i++) {
		if (f->at[i].given && !isfinite(f->at[i].number))
			return gcoap_fail(diag, GCOAP_EMALFORMED, at, "senml-type",
					  "a number is not finite");
	}
	return 0;
}

static void set_value(const struct gcoap_senml_base *base, const struct gcoap_senml_fields *f,
		      struct gcoap_senml *out)
{
	struct gcoap_bytes data = f->at[GCOAP_SENML_VD].bytes;

	out->kind = GCOAP_SENML_NONE;
	if (has(f, GCOAP_SENML_V)) {
		out->kind = GCOAP_SENML_NUMBER;
		out->number = base->value + f->at[GCOAP_SENML_V].number;
	} else if (has(f, GCOAP_SENML_VS)) {
		out->kind = GCOAP_SENML_TEXT;
		set(out->text, sizeof(out->text), f->at[GCOAP_SENML_VS].bytes);
	} else if (has(f, GCOAP_SENML_VB)) {
		out->kind = GCOAP_SENML_BOOL;
		out->boolean = f->at[GCOAP_SENML_VB].boolean;
	} else if (has(f, GCOAP_SENML_VD)) {
		out->kind = GCOAP_SENML_DATA;
		gcoap_hex_encode(data, out->text, sizeof(out->text));
	}
}

int gcoap_senml_resolve(struct gcoap_senml_base *base, const struct gcoap_senml_fields *f,
			struct gcoap_senml *out, size_t at, struct gcoap_diag *diag)
{
	int r = check(f, at, diag);

	if (r < 0)
		return r;
	memset(out, 0, sizeof(*out));
	set_base(base, f);
	set_value(base, f, out);
	if (out->kind == GCOAP_SENML_NONE && !has(f, GCOAP_SENML_N) && !has(f, GCOAP_SENML_S))
		return 0;
	memcpy(out->name, base->name, sizeof(out->name));
	if (has(f, GCOAP_SENML_N))
		append(out->name, sizeof(out->name), f->at[GCOAP_SENML_N].bytes);
	if (!out->name[0])
		return gcoap_fail(diag, GCOAP_EMALFORMED, at, "senml-name",
				  "neither the record nor the base has a name");
	if (has(f, GCOAP_SENML_U))
		set(out->unit, sizeof(out->unit), f->at[GCOAP_SENML_U].bytes);
	else
		memcpy(out->unit, base->unit, sizeof(out->unit));
	out->time = base->time + (has(f, GCOAP_SENML_T) ? f->at[GCOAP_SENML_T].number : 0);
	return 1;
}
