#include "senml_json.h"

#include <string.h>

#include <cjson/cJSON.h>

#define DEPTH_MAX 8
#define ITEMS_MAX 1024

/* Step over a string whose opening quote is at @i; the offset of its closing one. */
static int scan_string(struct gcoap_bytes d, size_t *i, struct gcoap_diag *diag)
{
	for (++*i; *i < d.len && d.ptr[*i] != '"'; ++*i) {
		if (d.ptr[*i] < ' ')
			return gcoap_fail(diag, GCOAP_EMALFORMED, *i, "json",
					  "a control byte in a string");
		if (d.ptr[*i] != '\\')
			continue;
		if (d.len - *i >= 6 && !memcmp(d.ptr + *i, "\\u0000", 6))
			return gcoap_fail(diag, GCOAP_EMALFORMED, *i, "json-nul",
					  "a string with \\u0000 inside");
		++*i;
	}
	return 0;
}

int json_scan(struct gcoap_bytes d, struct gcoap_diag *diag)
{
	size_t depth = 0, items = 1;
	int r;

	if (!gcoap_utf8_valid(d))
		return gcoap_fail(diag, GCOAP_EMALFORMED, 0, "json-utf8", "the text is not UTF-8");
	for (size_t i = 0; i < d.len; i++) {
		switch (d.ptr[i]) {
		case '"':
			r = scan_string(d, &i, diag);
			if (r < 0)
				return r;
			break;
		case '[':
		case '{':
			if (++depth > DEPTH_MAX)
				return gcoap_fail(diag, GCOAP_ELIMIT, i, "json-depth",
						  "arrays and objects nested more than 8 deep");
			items++;
			break;
		case ']':
		case '}':
			depth -= depth > 0;
			break;
		case ',':
			items++;
			break;
		}
		if (items > ITEMS_MAX)
			return gcoap_fail(diag, GCOAP_ELIMIT, i, "json-items",
					  "more than 1024 values");
	}
	return 0;
}

/* All of @d is one JSON text, or NULL with @diag filled. */
static cJSON *parse(struct gcoap_bytes d, struct gcoap_diag *diag)
{
	const char *text = (const char *)d.ptr, *end = text;
	cJSON *json = cJSON_ParseWithLengthOpts(text, d.len, &end, 0);
	size_t at = end >= text && end <= text + d.len ? (size_t)(end - text) : 0;

	while (json && at < d.len && strchr(" \t\r\n", d.ptr[at]) && d.ptr[at])
		at++;
	if (json && at == d.len)
		return json;
	gcoap_fail(diag, GCOAP_EMALFORMED, at, "json",
		   json ? "bytes behind the JSON value" : "not JSON from here on");
	cJSON_Delete(json);
	return NULL;
}

static int base64url_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* Decode base64url without padding (RFC 8428, Section 5) in place; the length or -1. */
static int base64url_decode(char *text)
{
	uint8_t *out = (uint8_t *)text;
	uint32_t bits = 0;
	int n = 0, have = 0, digit;

	for (; *text && *text != '='; text++) {
		digit = base64url_digit(*text);
		if (digit < 0)
			return -1;
		bits = bits << 6 | (uint32_t)digit;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
		}
	}
	return n;
}

/* False when the value has another type than its label. */
static bool read_field(cJSON *value, enum gcoap_senml_label label, struct gcoap_senml_field *f)
{
	int n;

	f->given = true;
	switch (gcoap_senml_label_kind(label)) {
	case GCOAP_SENML_NUMBER:
		f->number = cJSON_GetNumberValue(value);
		return cJSON_IsNumber(value);
	case GCOAP_SENML_BOOL:
		f->boolean = cJSON_IsTrue(value);
		return cJSON_IsBool(value);
	case GCOAP_SENML_DATA:
		n = cJSON_IsString(value) ? base64url_decode(value->valuestring) : -1;
		if (n < 0)
			return false;
		f->bytes = (struct gcoap_bytes){ (uint8_t *)value->valuestring, (size_t)n };
		return true;
	default:
		if (!cJSON_IsString(value))
			return false;
		f->bytes = gcoap_bytes_text(value->valuestring);
		return true;
	}
}

static int read_record(cJSON *record, size_t index, struct gcoap_senml_fields *f,
		       struct gcoap_diag *diag)
{
	size_t len;
	int label;

	memset(f, 0, sizeof(*f));
	if (!cJSON_IsObject(record))
		return gcoap_fail(diag, GCOAP_EMALFORMED, index, "senml-record",
				  "a record is an object");
	for (cJSON *v = record->child; v; v = v->next) {
		label = gcoap_senml_label_find(v->string);
		len = strlen(v->string);
		if (label < 0 && len && v->string[len - 1] == '_')
			return gcoap_fail(diag, GCOAP_EMALFORMED, index, "senml-must-understand",
					  "an extension that must be understood");
		if (label < 0)
			continue;
		if (f->at[label].given)
			return gcoap_fail(diag, GCOAP_EMALFORMED, index, "senml-label",
					  "the record has this label already");
		if (!read_field(v, (enum gcoap_senml_label)label, &f->at[label]))
			return gcoap_fail(diag, GCOAP_EMALFORMED, index, "senml-type",
					  "a value has another type than its label");
	}
	return 0;
}

static int walk(cJSON *pack, int (*each)(void *arg, const struct gcoap_senml *rec), void *arg,
		struct gcoap_diag *diag)
{
	struct gcoap_senml_base base = { 0 };
	struct gcoap_senml_fields fields;
	struct gcoap_senml out;
	size_t index = 0;
	int r;

	if (!cJSON_IsArray(pack))
		return gcoap_fail(diag, GCOAP_EMALFORMED, 0, "senml-array",
				  "a pack is an array of records");
	for (cJSON *record = pack->child; record; record = record->next, index++) {
		r = read_record(record, index, &fields, diag);
		if (r < 0)
			return r;
		r = gcoap_senml_resolve(&base, &fields, &out, index, diag);
		if (r > 0)
			r = each(arg, &out);
		if (r)
			return r;
	}
	return 0;
}

int senml_walk_json(struct gcoap_bytes data,
		    int (*each)(void *arg, const struct gcoap_senml *rec), void *arg,
		    struct gcoap_diag *diag)
{
	cJSON *pack;
	int r;

	r = json_scan(data, diag);
	if (r < 0)
		return r;
	pack = parse(data, diag);
	if (!pack)
		return GCOAP_EMALFORMED;
	r = walk(pack, each, arg, diag);
	cJSON_Delete(pack);
	return r;
}
