/* JSON as CBOR (RFC 8949, Section 6.2), with SenML's integer labels where they apply. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>
#include <gcoap/cbor.h>
#include "ask.h"

#define DEPTH_MAX 32
#define EXACT (1LL << 53)

/* RFC 8428, Section 6, Table 4. */
static const struct {
	const char *name;
	int label;
} senml_labels[] = {
	{ "bver", -1 }, { "bn", -2 }, { "bt", -3 }, { "bu", -4 }, { "bv", -5 }, { "bs", -6 },
	{ "n", 0 }, { "u", 1 }, { "v", 2 }, { "vs", 3 }, { "vb", 4 }, { "s", 5 }, { "t", 6 },
	{ "ut", 7 }, { "vd", 8 },
};

struct walk {
	struct gcoap_cbor_writer out;
	bool senml;
	int depth;
};

static int digit64(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* "vd" is base64url without padding in JSON, a byte string in CBOR. */
static int write_data(struct walk *w, const char *text)
{
	size_t n = strcspn(text, "="), used = 0;
	uint8_t *bytes = malloc(n + 1);
	uint32_t bits = 0;
	int have = 0, d = 0;

	if (bytes == NULL)
		return GCOAP_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		d = digit64(text[i]);
		if (d < 0)
			break;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have >= 8) {
			have -= 8;
			bytes[used++] = (uint8_t)(bits >> have);
		}
	}
	if (d >= 0)
		gcoap_cbor_write_bytes(&w->out, (struct gcoap_bytes){ bytes, used });
	free(bytes);
	return d < 0 ? GCOAP_EMALFORMED : 0;
}

static void write_key(struct walk *w, const char *key)
{
	for (size_t i = 0; w->senml && i < sizeof(senml_labels) / sizeof(*senml_labels); i++) {
		if (strcmp(senml_labels[i].name, key) == 0) {
			gcoap_cbor_write_int(&w->out, senml_labels[i].label);
			return;
		}
	}
	gcoap_cbor_write_text(&w->out, gcoap_bytes_text(key));
}

static void write_number(struct walk *w, double v)
{
	if (v == floor(v) && fabs(v) <= (double)EXACT && !(v == 0 && signbit(v)))
		gcoap_cbor_write_int(&w->out, (int64_t)v);
	else
		gcoap_cbor_write_double(&w->out, v);
}

static int write_value(struct walk *w, const cJSON *j);

static int write_children(struct walk *w, const cJSON *parent)
{
	const cJSON *child;
	int r = 0;

	if (++w->depth > DEPTH_MAX)
		return GCOAP_ELIMIT;
	cJSON_ArrayForEach(child, parent) {
		if (cJSON_IsObject(parent)) {
			write_key(w, child->string);
			if (w->senml && cJSON_IsString(child) && strcmp(child->string, "vd") == 0)
				r = write_data(w, child->valuestring);
			else
				r = write_value(w, child);
		} else {
			r = write_value(w, child);
		}
		if (r < 0)
			return r;
	}
	w->depth--;
	return 0;
}

static int write_value(struct walk *w, const cJSON *j)
{
	if (cJSON_IsArray(j) || cJSON_IsObject(j)) {
		size_t n = (size_t)cJSON_GetArraySize(j);

		if (cJSON_IsArray(j))
			gcoap_cbor_write_array(&w->out, n);
		else
			gcoap_cbor_write_map(&w->out, n);
		return write_children(w, j);
	}
	if (cJSON_IsString(j))
		gcoap_cbor_write_text(&w->out, gcoap_bytes_text(j->valuestring));
	else if (cJSON_IsNumber(j))
		write_number(w, j->valuedouble);
	else if (cJSON_IsBool(j))
		gcoap_cbor_write_bool(&w->out, cJSON_IsTrue(j));
	else
		gcoap_cbor_write_null(&w->out);
	return 0;
}

int ask_cbor_from_json(const char *text, size_t text_len, bool senml, uint8_t **out,
		       size_t *len)
{
	struct walk w = { .senml = senml };
	cJSON *json = cJSON_ParseWithLength(text, text_len);
	int r;

	if (json == NULL)
		return GCOAP_EMALFORMED;
	r = write_value(&w, json); /* measures */
	if (r == 0) {
		*out = malloc(w.out.len > 0 ? w.out.len : 1);
		*len = w.out.len;
		w = (struct walk){ .senml = senml, .out = { .buf = *out, .cap = *len } };
		r = *out != NULL ? write_value(&w, json) : GCOAP_ENOMEM;
	}
	cJSON_Delete(json);
	return r;
}
