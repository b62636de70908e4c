/* A file of JSON or JSON Lines that a tool wrote earlier: the values in it, one after another. */
#ifndef JSON_FILE_H
#define JSON_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define JSON_FILE_SIZE_MAX (64u << 20)

struct cJSON;
struct json_file;

/* Where a text is no JSON. */
struct json_place {
	size_t line, at; /* from 1; @at: the byte of the line */
};

/* GCOAP_EMALFORMED (also when it holds nothing; *@place, which may be NULL, says where),
 * GCOAP_ENOMEM. */
int json_file_parse(struct json_file **out, const char *text, size_t len,
		    struct json_place *place);
/* CLI_OK, or CLI_USAGE / CLI_LOCAL after saying why; @option ("--compare") names who asks. */
int json_file_read(struct json_file **out, const char *option, const char *path);
void json_file_free(struct json_file **f);

size_t json_file_count(const struct json_file *f);
/* NULL when there are not so many. */
const struct cJSON *json_file_value(const struct json_file *f, size_t i);

/* Members of an object; NULL, or false, when @v has none of this kind. */
const struct cJSON *json_member(const struct cJSON *v, const char *key);
const char *json_text(const struct cJSON *v, const char *key);
/* A number that is finite. */
bool json_number(const struct cJSON *v, const char *key, double *out);
/* The first child of an object or list (@after NULL), then the one behind @after. */
const struct cJSON *json_next(const struct cJSON *v, const struct cJSON *after);
/* Its key, or NULL. */
const char *json_key(const struct cJSON *v);
/* The text that a value is, or NULL. */
const char *json_string(const struct cJSON *v);

#endif
