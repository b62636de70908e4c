/* CoRE Link Format (RFC 6690), link by link; nothing is allocated, all views are borrowed. */
#ifndef GCOAP_LINK_H
#define GCOAP_LINK_H

#include <gcoap/bytes.h>
#include <gcoap/error.h>

#define GCOAP_LINKS_MAX 10000
#define GCOAP_LINK_VALUE_MAX 1024 /* bytes of a target or an attribute's value */

struct gcoap_link {
	size_t at;		   /* offset of its '<' */
	struct gcoap_bytes target; /* between < and >; may be a relative reference */
	struct gcoap_bytes params; /* ";rt=\"core.s\";obs" as in the text, checked */
};

struct gcoap_link_param {
	struct gcoap_bytes name;
	bool has_value;
	struct gcoap_bytes value; /* without the quotes, backslashes not yet resolved */
};

struct gcoap_link_reader {
	struct gcoap_bytes data;
	size_t pos;
	uint32_t n; /* links read so far */
};

void gcoap_link_reader_init(struct gcoap_link_reader *r, struct gcoap_bytes data);

/*
 * The next link of the document: 1, or 0 behind the last. White space between the parts is
 * passed over. Bytes inside quotes and above 0x7f are not judged: escape them for people.
 * GCOAP_EMALFORMED with @diag: "link-expected" (no '<'), "link-unclosed" (of '<' or '"', at
 * its offset), "link-separator", "link-attribute" (without a name, or '=' without a value);
 * GCOAP_ELIMIT: "link-limit" (above 10,000), "link-long" (a part above 1024 bytes).
 */
int gcoap_link_next(struct gcoap_link_reader *r, struct gcoap_link *out,
		    struct gcoap_diag *diag);

/* The attribute at *@pos of @link->params (start with 0), which moves on; false at the end. */
bool gcoap_link_param_next(const struct gcoap_link *link, size_t *pos,
			   struct gcoap_link_param *out);
/* The first attribute called @name (case does not matter); of repeats only that one counts
 * (RFC 6690, Section 2). */
bool gcoap_link_param_find(const struct gcoap_link *link, const char *name,
			   struct gcoap_link_param *out);
/* The value with its backslashes resolved; returns the length, at most @cap. */
size_t gcoap_link_param_value(const struct gcoap_link_param *param, uint8_t *buf, size_t cap);

/*
 * Does @link pass the filter "name=value" (decoded; RFC 6690, Section 4.1)? "href" is the
 * target; a final '*' matches any rest; of rt, if, rel, rev and ct one of the values that
 * blanks part has to match. A filter without '=' asks for the attribute alone.
 */
bool gcoap_link_matches(const struct gcoap_link *link, struct gcoap_bytes filter);

#endif
