/* gcoap-decode: bytes to a map of what each of them means. */
#ifndef DECODE_H
#define DECODE_H

#include <gcoap/cbor.h>
#include <gcoap/dialect.h>
#include "common/ask.h"
#include "common/cli.h"
#include "common/render_common.h"

struct decode_what {
	const char *as;
	const char *pcap;
	bool each;
	uint32_t group_port; /* 0: not known */
	struct opt_list ports;
};

struct decode_args {
	struct decode_what what;
	struct ask_dialect dialect;
	struct output_args output;
};
#define DECODE_ARGS_DEFAULT                                                                \
	{ .output = OUTPUT_ARGS_DEFAULT, .dialect = { .dialect = "tiloca-05" } }

extern const struct opt_command decode_command;

#define MAP_MEANING 200
#define MAP_FIELDS 65536 /* what goes beyond is noted */

/* Some bytes and what they mean; offsets count from the start of the input. */
struct map_field {
	size_t at, len;
	unsigned depth;
	char meaning[MAP_MEANING];
	const char *clause; /* "RFC 7252, 3"; NULL: that of the field before */
};

/* Where a datagram of a capture file stands; number 0: it is none. */
struct map_packet {
	uint64_t number;
	gcoap_time at; /* since 1970 */
	const struct gcoap_addr *from, *to;
};

struct map {
	struct map_packet packet;
	const char *as;
	struct gcoap_bytes data;
	const struct gcoap_registry *registry;
	uint32_t group_port;
	bool request, response; /* the message at hand; neither: an option apart */
	struct map_field *fields;
	size_t n, cap;
	struct jsonw value; /* JSON of the whole; empty: none */
	struct jsonw line;  /* the same for people */
	struct jsonw notes; /* one a line: what is worth knowing beside */
	struct jsonw readings; /* JSON members of the readings of a port; empty: all agree */
	bool cut;	    /* more than MAP_FIELDS */
	bool failed;	    /* out of memory */
	int err;	    /* 0: well-formed */
	struct gcoap_diag problem;
};

void map_init(struct map *m, const char *as, struct gcoap_bytes data,
	      const struct gcoap_registry *registry, uint32_t group_port);
void map_clear(struct map *m);
void map_field(struct map *m, size_t at, size_t len, unsigned depth, const char *clause,
	       const char *format, ...) __attribute__((format(printf, 6, 7)));
void map_note(struct map *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
void map_line(struct map *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Keep the first problem; bytes from there on are unexplained. */
void map_fail(struct map *m, int err, const struct gcoap_diag *diag, size_t shift);
/* For "%zu byte%s". */
#define BYTES_OF(n) (size_t)(n), (n) == 1 ? "" : "s"
/* Bytes of the network as text for a field. */
char *map_text(struct gcoap_bytes b, char *buf, size_t cap);

/* Fill @m with what its data is as @as ("message", "cbor", an option's name …): 0, or -1 when
 * there is no such kind. */
int explain(struct map *m);
/* What --as takes, one a line for help and completion. */
extern const char explain_kinds[];

/* Kinds. Offsets of fields are @shift + offset in @value, their depth @depth and more. */
void explain_message(struct map *m);
void explain_links(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth);
void explain_cbor(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth);
void explain_tp_info(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth);
void explain_reply_from(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth);
void explain_multi_etag(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth);
void explain_oscore(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth);
/* The value of one option by its format. */
void explain_option(struct map *m, const struct gcoap_option_info *info,
		    struct gcoap_bytes value, size_t shift, unsigned depth);

/* A number's meaning as that option: "60 s", "0: register". */
void uint_words(const struct map *m, const struct gcoap_option_info *info, uint32_t v, char *buf,
		size_t cap);
/* A CRI's scheme number; NULL: not known. */
const char *scheme_name(uint64_t number);
/* Fields of one CRI or several, their parts by name. */
void cri_fields(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth,
		const char *clause);
/* An address of 4 or 16 bytes. */
void address_words(struct gcoap_bytes b, char *buf, size_t cap);
/* CBOR's diagnostic notation as the value and the line. */
void put_diagnostic(struct map *m, struct gcoap_bytes value);
/* One head of CBOR in words: "array of 3", "unsigned 5683". */
void explain_head(const struct gcoap_cbor_item *item, char *buf, size_t cap);

/* Hex of the operands, or of stdin when there are none ("-" too): bytes on the heap. CLI_OK,
 * CLI_USAGE after saying what is no hex and where, CLI_LOCAL. */
int input_read(int argc, char **argv, uint8_t **out, size_t *len);

/* Show it: a table for people, or a `decoded` record. */
void show_map(const struct map *m, const struct decode_args *args);

/* --pcap. An exit status. */
int decode_file(const struct decode_args *args, const struct gcoap_registry *registry);

#endif
