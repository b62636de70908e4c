/* The option registry: names, numbers, formats, lengths; every draft number can be changed. */
#ifndef GCOAP_OPTION_H
#define GCOAP_OPTION_H

#include <gcoap/msg.h>

enum gcoap_option_number {
	GCOAP_IF_MATCH = 1, GCOAP_URI_HOST = 3, GCOAP_ETAG = 4, GCOAP_IF_NONE_MATCH = 5,
	GCOAP_OBSERVE = 6, GCOAP_URI_PORT = 7, GCOAP_LOCATION_PATH = 8, GCOAP_OSCORE = 9,
	GCOAP_URI_PATH = 11, GCOAP_CONTENT_FORMAT = 12, GCOAP_URI_PATH_ABBREV = 13,
	GCOAP_MAX_AGE = 14, GCOAP_URI_QUERY = 15, GCOAP_HOP_LIMIT = 16, GCOAP_ACCEPT = 17,
	GCOAP_Q_BLOCK1 = 19, GCOAP_LOCATION_QUERY = 20, GCOAP_EDHOC = 21, GCOAP_BLOCK2 = 23,
	GCOAP_BLOCK1 = 27, GCOAP_SIZE2 = 28, GCOAP_Q_BLOCK2 = 31, GCOAP_PROXY_URI = 35,
	GCOAP_PROXY_SCHEME = 39, GCOAP_SIZE1 = 60, GCOAP_PROXY_CRI = 235,
	GCOAP_PROXY_SCHEME_NUMBER = 239, GCOAP_ECHO = 252, GCOAP_NO_RESPONSE = 258,
	GCOAP_REQUEST_TAG = 292, GCOAP_REQUEST_HASH = 548
};

/* How a value reads (protocol facts: RFC 7252, Section 3.2, and the drafts' CBOR values). */
enum gcoap_option_format {
	GCOAP_FORMAT_EMPTY, GCOAP_FORMAT_OPAQUE, GCOAP_FORMAT_UINT, GCOAP_FORMAT_STRING,
	GCOAP_FORMAT_BLOCK,		  /* Block1, Block2: NUM, M, SZX */
	GCOAP_FORMAT_TP_INFO,		  /* Response-Forwarding */
	GCOAP_FORMAT_REPLY_FROM, GCOAP_FORMAT_MULTI_ETAG, GCOAP_FORMAT_CRI
};

/* Options whose numbers are not assigned yet: named by what they are. */
enum gcoap_draft_option {
	GCOAP_DRAFT_MULTICAST_SIGNALING, GCOAP_DRAFT_RESPONSE_FORWARDING,
	GCOAP_DRAFT_MULTI_ETAG, GCOAP_DRAFT_GROUP_ETAG,		    /* tiloca-05 */
	GCOAP_DRAFT_MULTICAST_TIMEOUT, GCOAP_DRAFT_REPLY_FROM,
	GCOAP_DRAFT_IETF_GROUP_ETAG,				    /* ietf */
	GCOAP_DRAFT_COUNT
};

struct gcoap_option_info {
	uint32_t number;
	const char *name; /* "Uri-Path" */
	uint8_t format;	  /* enum gcoap_option_format */
	bool repeatable;
	uint16_t min_len, max_len;
	const char *source; /* "RFC 7252" */
};

/* A registry with the default numbers; copies are independent, 1 KiB or so each. */
struct gcoap_registry {
	size_t n;
	struct gcoap_option_info rows[48]; /* by number */
	uint16_t draft[GCOAP_DRAFT_COUNT]; /* number in force of each draft option */
};

void gcoap_registry_init(struct gcoap_registry *r);
/* Give the option called @name (case-insensitive) another number. GCOAP_ENOTFOUND: no such
 * name; GCOAP_EINVALID: the number belongs to another option; GCOAP_ERANGE: 0 or > 65535. */
int gcoap_registry_set(struct gcoap_registry *r, const char *name, uint32_t number);
/* NULL when unknown. "Group-ETag" has a number in each dialect: _find_name gives the
 * tiloca-05 one, "Group-ETag-ietf" the other. */
const struct gcoap_option_info *gcoap_registry_find(const struct gcoap_registry *r,
						    uint16_t number);
const struct gcoap_option_info *gcoap_registry_find_name(const struct gcoap_registry *r,
							 const char *name);

/* RFC 7252, Section 5.4.6. */
bool gcoap_option_critical(uint16_t number);
bool gcoap_option_unsafe(uint16_t number);
bool gcoap_option_no_cache_key(uint16_t number);

/*
 * Check the options of a received message against the registry (RFC 7252, Section 5.4): the
 * first critical option that is unknown, has a wrong length, repeats though it must not, or
 * is a path segment "." or "..". Returns NULL when there is none; @diag (may be NULL) says
 * why ("unknown-option", "bad-length", "repeated-option", "dot-segment") and at which byte
 * the value is. Elective ones with such faults ("bad-etag" too) are to be ignored:
 * gcoap_option_usable() tells, for an option @o of @m.
 */
const struct gcoap_option *gcoap_option_bad_critical(const struct gcoap_registry *r,
						     const struct gcoap_msg *m,
						     struct gcoap_diag *diag);
bool gcoap_option_usable(const struct gcoap_registry *r, const struct gcoap_msg *m,
			 const struct gcoap_option *o, struct gcoap_diag *diag);

#endif
