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
	uint32_t resumed; /* faults stepped over */
	bool at_link;	  /* @pos is a '<' without its separator */
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

/*
 * Behind a failed gcoap_link_next(), with the @at of its diag: go on with the next '<' that a
 * ',' precedes. False: there is none, or it was done 100 times, or the limit of links is met.
 */
bool gcoap_link_resume(struct gcoap_link_reader *r, size_t at);

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

/* ---- what attributes mean ---- */

enum gcoap_link_type {
	GCOAP_LINK_TEXT,
	GCOAP_LINK_FLAG,    /* there or not; a value says nothing more */
	GCOAP_LINK_WORDS,   /* separated by blanks: rt, if, rel, rev */
	GCOAP_LINK_FORMATS, /* Content-Format numbers, separated by blanks: ct */
	GCOAP_LINK_UINT,
	GCOAP_LINK_URI, /* a URI reference */
	GCOAP_LINK_EXT	/* charset'language'percent-encoded (RFC 8187, Section 3.2) */
};

struct gcoap_link_attr {
	const char *name;
	enum gcoap_link_type type;
	const char *source; /* "RFC 6690" */
};

/* NULL: not one that is known here. */
const struct gcoap_link_attr *gcoap_link_attr_find(struct gcoap_bytes name);
/* Row @i of the table; NULL behind the last. */
const struct gcoap_link_attr *gcoap_link_attr_at(unsigned i);

/* The next of the words in @value; *@pos starts with 0. */
bool gcoap_link_word_next(struct gcoap_bytes value, size_t *pos, struct gcoap_bytes *word);
/* Digits only, up to 2^53. 0 or GCOAP_EMALFORMED. */
int gcoap_link_uint(struct gcoap_bytes text, uint64_t *out);
/*
 * The text of an extended value such as title* into @buf; its length, or GCOAP_EMALFORMED with
 * "link-charset" (it is not UTF-8, or does not say so), "link-percent", GCOAP_ESPACE.
 */
int gcoap_link_ext(struct gcoap_bytes value, uint8_t *buf, size_t cap, struct gcoap_diag *diag);
/* Is the flag there? "osc" also where "gosc" is, which implies it. */
bool gcoap_link_flag(const struct gcoap_link *link, const char *name);

/*
 * What is wrong with the attributes of a link that can be read: 0, or GCOAP_EMALFORMED with
 * the first fault, its offset in the document: "link-repeated" (only the first counts),
 * "link-number" (ct, sz, lt), and those of gcoap_link_ext().
 */
int gcoap_link_check(const struct gcoap_link *link, struct gcoap_diag *diag);

/*
 * The URI that reference @ref means in a document of @origin ("coap://192.0.2.1:5684", scheme
 * and authority of the responder: RFC 7252, Section 8.2): RFC 3986, Section 5.2, with the
 * origin alone as base (RFC 6690, Section 2.1). NUL-terminated; the length, or
 * GCOAP_EMALFORMED with "link-reference" and the byte of @ref, GCOAP_ELIMIT ("link-segments"),
 * GCOAP_ESPACE.
 */
int gcoap_link_resolve(const char *origin, struct gcoap_bytes ref, char *buf, size_t cap,
		       struct gcoap_diag *diag);

/*
 * The link as text, attributes as they were read. With @origin target and anchor are absolute,
 * unless they cannot be resolved. NUL-terminated; the length, GCOAP_ESPACE.
 */
int gcoap_link_format(const struct gcoap_link *link, const char *origin, char *buf, size_t cap);

#endif
