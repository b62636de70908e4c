/* The map: fields, notes and the first problem. */
#include "decode.h"

#include <stdarg.h>
#include <stdlib.h>

void map_init(struct map *m, const char *as, struct gcoap_bytes data,
	      const struct gcoap_registry *registry, uint32_t group_port)
{
	*m = (struct map){ .as = as, .data = data, .registry = registry,
			   .group_port = group_port };
}

void map_clear(struct map *m)
{
	free(m->fields);
	jsonw_clear(&m->value);
	jsonw_clear(&m->line);
	jsonw_clear(&m->notes);
	jsonw_clear(&m->readings);
	m->fields = NULL;
	m->n = m->cap = 0;
}

static struct map_field *room(struct map *m)
{
	size_t cap = m->cap ? m->cap * 2 : 32;
	struct map_field *more;

	if (m->n == MAP_FIELDS) {
		if (!m->cut)
			map_note(m, "no more than the first %d fields are shown", MAP_FIELDS);
		m->cut = true;
		return NULL;
	}
	if (m->n < m->cap)
		return &m->fields[m->n++];
	more = realloc(m->fields, cap * sizeof(*more));
	if (!more) {
		m->failed = true;
		return NULL;
	}
	m->fields = more;
	m->cap = cap;
	return &m->fields[m->n++];
}

void map_field(struct map *m, size_t at, size_t len, unsigned depth, const char *clause,
	       const char *format, ...)
{
	struct map_field *f = room(m);
	va_list args;

	if (!f)
		return;
	*f = (struct map_field){ .at = at, .len = len, .depth = depth, .clause = clause };
	va_start(args, format);
	vsnprintf(f->meaning, sizeof(f->meaning), format, args);
	va_end(args);
}

static void append(struct jsonw *w, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
static void append(struct jsonw *w, const char *format, va_list args)
{
	char text[4096];
	int n = vsnprintf(text, sizeof(text), format, args);

	if (n > 0)
		jsonw_raw(w, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void map_note(struct map *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(&m->notes, format, args);
	va_end(args);
	jsonw_lit(&m->notes, "\n");
}

void map_line(struct map *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(&m->line, format, args);
	va_end(args);
}

void map_fail(struct map *m, int err, const struct gcoap_diag *diag, size_t shift)
{
	if (m->err)
		return;
	m->err = err;
	m->problem = *diag;
	m->problem.at += shift;
}

char *map_text(struct gcoap_bytes b, char *buf, size_t cap)
{
	payload_escape(b, buf, cap, true, 120, false);
	return buf;
}
