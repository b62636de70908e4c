/*
 * CBOR from the network (RFC 8949): a bounded scan that must pass before anything interprets
 * the bytes, and diagnostic notation (Section 8).
 */
#ifndef GCOAP_CBOR_H
#define GCOAP_CBOR_H

#include <gcoap/bytes.h>
#include <gcoap/error.h>

struct gcoap_cbor_limits {
	uint32_t depth;	   /* of arrays, maps and tags; 8 is the most */
	uint32_t items;	   /* every head counts; 1024 is the most */
	bool sequence;	   /* accept several items one after another (RFC 8742) */
};
#define GCOAP_CBOR_LIMITS { .depth = 8, .items = 1024, .sequence = false }

/*
 * Well-formed, within the limits, every declared length within what is left, text valid
 * UTF-8, no duplicate map keys (Section 5.6). One pass, nothing allocated. Returns the number
 * of top-level items (1 or more), or an error with the byte in @diag: GCOAP_ESHORT
 * ("cbor-short", "cbor-unfinished"), GCOAP_ELIMIT ("cbor-depth", "cbor-items"),
 * GCOAP_EMALFORMED ("cbor-length", "cbor-count", "cbor-reserved", "cbor-simple", "cbor-break",
 * "cbor-chunk", "cbor-utf8", "cbor-duplicate-key", "cbor-trailing").
 */
int gcoap_cbor_scan(struct gcoap_bytes data, const struct gcoap_cbor_limits *limits,
		    struct gcoap_diag *diag);

/*
 * Diagnostic notation of a scanned item or sequence into @buf (NUL-terminated, cut with "..."
 * when it does not fit). Runs the scan first. Returns the length that the whole text has (may
 * be >= @cap, as snprintf), or the scan's error.
 */
int gcoap_cbor_diagnose(struct gcoap_bytes data, bool sequence, char *buf, size_t cap,
			struct gcoap_diag *diag);

#define GCOAP_CBOR_DEPTH 8

/* One head with what belongs to it alone: a string has its bytes, an array only its head. */
struct gcoap_cbor_item {
	size_t at, len;	/* of head and string in the data */
	uint8_t depth;	/* 0 at the top */
	uint8_t major;	/* 0 … 7: unsigned, negative, bytes, text, array, map, tag, simple */
	uint8_t info;	/* additional information of the head */
	uint64_t arg;	/* value, length, count or tag; the bits of a float */
	bool indefinite; /* string, array or map that a break ends; with major 7 that break */
	struct gcoap_bytes string;
};

/* Step through the heads of an item or sequence, also of one that is broken further on. */
struct gcoap_cbor_walker {
	struct gcoap_bytes data;
	size_t pos;
	uint8_t depth;
	uint64_t left[GCOAP_CBOR_DEPTH + 1]; /* items still to come at each depth */
};

void gcoap_cbor_walk(struct gcoap_cbor_walker *w, struct gcoap_bytes data);
/* 1 and the next head, 0 at the end of the data; GCOAP_ESHORT, GCOAP_EMALFORMED, GCOAP_ELIMIT
 * with the names of gcoap_cbor_scan(). */
int gcoap_cbor_walk_next(struct gcoap_cbor_walker *w, struct gcoap_cbor_item *out,
			 struct gcoap_diag *diag);

/*
 * Write CBOR items one after another, each in its shortest form (RFC 8949, Section 4.2.1).
 * @len goes on counting when @buf is full, so a first pass with @cap 0 measures; nothing is
 * written beyond @cap.
 */
struct gcoap_cbor_writer {
	uint8_t *buf;
	size_t cap, len;
};

void gcoap_cbor_write_uint(struct gcoap_cbor_writer *w, uint64_t v);
void gcoap_cbor_write_int(struct gcoap_cbor_writer *w, int64_t v);
void gcoap_cbor_write_double(struct gcoap_cbor_writer *w, double v);
void gcoap_cbor_write_bytes(struct gcoap_cbor_writer *w, struct gcoap_bytes b);
void gcoap_cbor_write_text(struct gcoap_cbor_writer *w, struct gcoap_bytes b);
/* The heads only: @n items, or pairs, follow. */
void gcoap_cbor_write_array(struct gcoap_cbor_writer *w, size_t n);
void gcoap_cbor_write_map(struct gcoap_cbor_writer *w, size_t n);
void gcoap_cbor_write_tag(struct gcoap_cbor_writer *w, uint64_t tag);
void gcoap_cbor_write_bool(struct gcoap_cbor_writer *w, bool v);
void gcoap_cbor_write_null(struct gcoap_cbor_writer *w);
/* The length of all that was written, or GCOAP_ESPACE. */
int gcoap_cbor_written(const struct gcoap_cbor_writer *w);

#endif
