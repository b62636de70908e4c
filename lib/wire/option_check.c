/* Are the options of a received message what the registry says (RFC 7252, Section 5.4)? */
#include <gcoap/option.h>

#include <strings.h>

/* "." and ".." name no segment (RFC 7252, Sections 5.10.1 and 5.10.7); neither does what a
 * later hop would decode to them. */
static bool is_dots(struct gcoap_bytes value)
{
	size_t i = 0;
	int dots = 0;

	while (i < value.len && dots < 3) {
		const char *p = (const char *)value.ptr + i;

		if (*p == '.')
			i += 1;
		else if (value.len - i >= 3 && strncasecmp(p, "%2e", 3) == 0)
			i += 3;
		else
			return false;
		dots++;
	}
	return dots == 1 || dots == 2;
}

static bool is_path(uint16_t number)
{
	return number == GCOAP_URI_PATH || number == GCOAP_LOCATION_PATH;
}

/* 0, or a negative value with @diag filled. */
static int check(const struct gcoap_registry *r, const struct gcoap_msg *m,
		 const struct gcoap_option *o, struct gcoap_diag *diag)
{
	const struct gcoap_option_info *row = gcoap_registry_find(r, o->number);

	if (!row)
		return gcoap_fail(diag, GCOAP_ENOTFOUND, o->at, "unknown-option",
				  "the option's number is not known");
	if (o->value.len < row->min_len || o->value.len > row->max_len)
		return gcoap_fail(diag, GCOAP_EMALFORMED, o->at,
				  o->number == GCOAP_ETAG ? "bad-etag" : "bad-length",
				  "the option's value is too short or too long");
	if (!row->repeatable && o > m->options && o[-1].number == o->number)
		return gcoap_fail(diag, GCOAP_EMALFORMED, o->at, "repeated-option",
				  "the option may occur only once");
	if (is_path(o->number) && is_dots(o->value))
		return gcoap_fail(diag, GCOAP_EMALFORMED, o->at, "dot-segment",
				  "a path segment may not be \".\" or \"..\"");
	return 0;
}

const struct gcoap_option *gcoap_option_bad_critical(const struct gcoap_registry *r,
						     const struct gcoap_msg *m,
						     struct gcoap_diag *diag)
{
	for (size_t i = 0; i < m->n_options; i++)
		if (gcoap_option_critical(m->options[i].number) &&
		    check(r, m, &m->options[i], diag) < 0)
			return &m->options[i];
	return NULL;
}

bool gcoap_option_usable(const struct gcoap_registry *r, const struct gcoap_msg *m,
			 const struct gcoap_option *o, struct gcoap_diag *diag)
{
	return check(r, m, o, diag) == 0;
}
