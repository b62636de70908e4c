#include "json_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cjson/cJSON.h>
#include <gcoap/error.h>
#include "cli.h"

struct json_file {
	cJSON **values;
	size_t n;
};

static int keep(struct json_file *f, cJSON *value)
{
	cJSON **values = f->n & (f->n - 1) ? f->values :
			 realloc(f->values, (f->n ? 2 * f->n : 1) * sizeof(*values));

	if (!values) {
		cJSON_Delete(value);
		return GCOAP_ENOMEM;
	}
	f->values = values;
	f->values[f->n++] = value;
	return 0;
}

static void tell_place(struct json_place *place, const char *text, const char *at)
{
	const char *line = text;

	if (!place)
		return;
	*place = (struct json_place){ .line = 1 };
	for (const char *p = text; p < at; p++) {
		if (*p == '\n') {
			place->line++;
			line = p + 1;
		}
	}
	place->at = (size_t)(at - line) + 1;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p;
}

int json_file_parse(struct json_file **out, const char *text, size_t len,
		    struct json_place *place)
{
	struct json_file *f = calloc(1, sizeof(*f));
	const char *end = text + len, *p = skip_blanks(text, end), *stopped = p;
	int r = 0;

	*out = NULL;
	if (!f)
		return GCOAP_ENOMEM;
	while (!r && p < end) {
		cJSON *value = cJSON_ParseWithLengthOpts(p, (size_t)(end - p), &stopped, false);

		r = value ? keep(f, value) : GCOAP_EMALFORMED;
		if (!r)
			stopped = p = skip_blanks(stopped, end);
	}
	if (!r && !f->n)
		r = GCOAP_EMALFORMED;
	if (r == GCOAP_EMALFORMED)
		tell_place(place, text, stopped && stopped < end ? stopped : end);
	if (r < 0)
		json_file_free(&f);
	*out = f;
	return r;
}

static char *read_all(FILE *in, size_t *len)
{
	size_t cap = 1 << 16, n;
	char *text = malloc(cap), *more;

	*len = 0;
	errno = ENOMEM;
	while (text && (n = fread(text + *len, 1, cap - *len, in)) > 0) {
		*len += n;
		if (*len < cap)
			continue;
		errno = EFBIG;
		more = cap < JSON_FILE_SIZE_MAX ? realloc(text, cap *= 2) : NULL;
		if (!more)
			free(text);
		text = more;
	}
	if (text && ferror(in)) {
		free(text);
		return NULL;
	}
	return text;
}

int json_file_read(struct json_file **out, const char *option, const char *path)
{
	FILE *in = fopen(path, "re");
	struct json_place place;
	size_t len;
	char *text;
	int r;

	*out = NULL;
	if (!in)
		return cli_error(CLI_USAGE, NULL, "%s %s: %s", option, path, strerror(errno));
	text = read_all(in, &len);
	if (!text)
		r = cli_error(CLI_USAGE, NULL, "%s %s: %s", option, path,
			      errno == EFBIG ? "more than 64 MiB" : strerror(errno));
	fclose(in);
	if (!text)
		return r;
	r = json_file_parse(out, text, len, &place);
	free(text);
	if (r == GCOAP_ENOMEM)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(r));
	if (r < 0 && !len)
		return cli_error(CLI_USAGE, NULL, "%s %s: the file is empty", option, path);
	if (r < 0)
		return cli_error(CLI_USAGE, NULL, "%s %s: line %zu, byte %zu: this is not JSON",
				 option, path, place.line, place.at);
	return CLI_OK;
}

void json_file_free(struct json_file **f)
{
	if (!*f)
		return;
	for (size_t i = 0; i < (*f)->n; i++)
		cJSON_Delete((*f)->values[i]);
	free((*f)->values);
	free(*f);
	*f = NULL;
}

size_t json_file_count(const struct json_file *f)
{
	return f->n;
}

const struct cJSON *json_file_value(const struct json_file *f, size_t i)
{
	return i < f->n ? f->values[i] : NULL;
}

const struct cJSON *json_member(const struct cJSON *v, const char *key)
{
	return v && cJSON_IsObject(v) ? cJSON_GetObjectItemCaseSensitive(v, key) : NULL;
}

const char *json_string(const struct cJSON *v)
{
	return v && cJSON_IsString(v) ? v->valuestring : NULL;
}

const char *json_text(const struct cJSON *v, const char *key)
{
	return json_string(json_member(v, key));
}

bool json_number(const struct cJSON *v, const char *key, double *out)
{
	const struct cJSON *item = json_member(v, key);

	if (!item || !cJSON_IsNumber(item) || !isfinite(item->valuedouble))
		return false;
	*out = item->valuedouble;
	return true;
}

const struct cJSON *json_next(const struct cJSON *v, const struct cJSON *after)
{
	if (after)
		return after->next;
	return v && (cJSON_IsObject(v) || cJSON_IsArray(v)) ? v->child : NULL;
}

const char *json_key(const struct cJSON *v)
{
	return v->string;
}
