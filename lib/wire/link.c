#include <gcoap/link.h>

#include <string.h>

#define RESUME_MAX 100

static int bad(struct gcoap_diag *diag, size_t at, const char *name, const char *what)
{
	return gcoap_fail(diag, GCOAP_EMALFORMED, at, name, what);
}

static int too_long(struct gcoap_diag *diag, size_t at)
{
	return gcoap_fail(diag, GCOAP_ELIMIT, at, "link-long",
			  "a target or value has at most 1024 bytes here");
}

void gcoap_link_reader_init(struct gcoap_link_reader *r, struct gcoap_bytes data)
{
	*r = (struct gcoap_link_reader){ .data = data };
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_space(struct gcoap_bytes d, size_t i)
{
	while (i < d.len && is_space(d.ptr[i]))
		i++;
	return i;
}

/* Names of attributes: attr-char of RFC 5987, Section 3.2.1, and the '*' of "title*". */
static bool is_name_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$&+-.^_`|~*", c));
}

/* Values without quotes; wider than ptoken, since what stands there is only shown. */
static bool is_token_char(uint8_t c)
{
	return c > ' ' && c != 0x7f && !strchr("\",;\\", c);
}

/* The end of the quoted value whose '"' is at @i: the offset of the closing one, or @d.len. */
static size_t quoted_end(struct gcoap_bytes d, size_t i)
{
	for (i++; i < d.len && d.ptr[i] != '"'; i++) {
		if (d.ptr[i] == '\\')
			i++;
	}
	return i < d.len ? i : d.len;
}

/* One "name" or "name=value" at @i; steps behind it. */
static int read_param(struct gcoap_bytes d, size_t *i, struct gcoap_link_param *out,
		      struct gcoap_diag *diag)
{
	size_t start = *i, end;

	while (*i < d.len && is_name_char(d.ptr[*i]))
		++*i;
	*out = (struct gcoap_link_param){ .name = { d.ptr + start, *i - start } };
	if (*i == start)
		return bad(diag, start, "link-attribute", "the name of an attribute is expected");
	if (*i == d.len || d.ptr[*i] != '=')
		return 0;
	out->has_value = true;
	start = ++*i;
	if (start < d.len && d.ptr[start] == '"') {
		end = quoted_end(d, start);
		if (end == d.len)
			return bad(diag, start, "link-unclosed", "this quote is not closed");
		*i = end + 1;
		start++;
	} else {
		while (*i < d.len && is_token_char(d.ptr[*i]))
			++*i;
		end = *i;
		if (end == start)
			return bad(diag, start, "link-attribute", "a value is expected behind =");
	}
	out->value = (struct gcoap_bytes){ d.ptr + start, end - start };
	return out->value.len > GCOAP_LINK_VALUE_MAX ? too_long(diag, start) : 0;
}

/* From the '<' at @i to behind the last attribute. */
static int read_link(struct gcoap_bytes d, size_t *i, struct gcoap_link *out,
		     struct gcoap_diag *diag)
{
	struct gcoap_link_param param;
	const uint8_t *close;
	size_t next;
	int r;

	out->at = *i;
	close = memchr(d.ptr + *i, '>', d.len - *i);
	if (!close)
		return bad(diag, *i, "link-unclosed", "this < is not closed");
	out->target = (struct gcoap_bytes){ d.ptr + *i + 1, (size_t)(close - d.ptr) - *i - 1 };
	if (out->target.len > GCOAP_LINK_VALUE_MAX)
		return too_long(diag, *i + 1);
	*i = (size_t)(close - d.ptr) + 1;
	out->params.ptr = close + 1;
	for (;;) {
		next = skip_space(d, *i);
		if (next == d.len || d.ptr[next] != ';')
			break;
		*i = skip_space(d, next + 1);
		r = read_param(d, i, &param, diag);
		if (r < 0)
			return r;
	}
	out->params.len = (size_t)(d.ptr + *i - out->params.ptr);
	*i = next;
	return 0;
}

int gcoap_link_next(struct gcoap_link_reader *r, struct gcoap_link *out, struct gcoap_diag *diag)
{
	size_t i = skip_space(r->data, r->pos);
	int err;

	if (i == r->data.len && r->n == 0 && !r->resumed)
		return 0;
	if (r->at_link) {
		r->at_link = false;
	} else if (r->n > 0 || r->resumed) {
		if (i == r->data.len)
			return 0;
		if (r->data.ptr[i] != ',')
			return bad(diag, i, "link-separator",
				   "';' and an attribute, or ',' and a link, is expected");
		i = skip_space(r->data, i + 1);
	}
	if (i == r->data.len || r->data.ptr[i] != '<')
		return bad(diag, i, "link-expected", "a link starts with <");
	if (r->n == GCOAP_LINKS_MAX)
		return gcoap_fail(diag, GCOAP_ELIMIT, i, "link-limit", "more than 10000 links");
	err = read_link(r->data, &i, out, diag);
	if (err < 0)
		return err;
	r->pos = i;
	r->n++;
	return 1;
}

bool gcoap_link_resume(struct gcoap_link_reader *r, size_t at)
{
	struct gcoap_bytes d = r->data;

	if (r->resumed == RESUME_MAX || r->n == GCOAP_LINKS_MAX)
		return false;
	for (bool comma = false; at < d.len; at++) {
		if (d.ptr[at] == '<' && comma) {
			r->pos = at;
			r->at_link = true;
			r->resumed++;
			return true;
		}
		comma = d.ptr[at] == ',' || (comma && is_space(d.ptr[at]));
	}
	return false;
}

bool gcoap_link_param_next(const struct gcoap_link *link, size_t *pos,
			   struct gcoap_link_param *out)
{
	size_t i = skip_space(link->params, *pos);

	if (i >= link->params.len)
		return false;
	i = skip_space(link->params, i + 1); /* the ';' */
	if (read_param(link->params, &i, out, NULL) < 0)
		return false; /* not one of gcoap_link_next() */
	*pos = i;
	return true;
}
