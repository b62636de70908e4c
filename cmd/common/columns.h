/* The columns that table, csv, pairs and --write-out choose from. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "render_common.h"

#define CELL_MAX 1100 /* bytes of a cell: 256 columns */

/* A response, what stands in its row, or a link: exactly one member is set. */
struct row {
	const struct gcoap_response *response;
	const struct gcoap_missing *missing;
	const struct gcoap_malformed *malformed;
	const struct gcoap_notification *notification; /* beside @response, which it is */
	const struct link_record *link;
	const struct validation_record *validation;
};

struct column {
	const char *name; /* "rtt_ms": also %{rtt_ms} */
	const char *heading;
	/* Text of the cell, NUL-terminated; returns its length. */
	size_t (*text)(struct render_base *b, const struct row *row, char *buf, size_t cap);
	bool right;  /* aligned to the right */
	bool wide;   /* gives way when the screen is narrow */
	bool number; /* sorted by the number it begins with */
};
extern const struct column columns[]; /* ends with a row without a name */

const struct column *column_find(const char *name);

/* The columns asked for, or those of @fallback (names with commas). Returns how many. */
size_t columns_chosen(const struct output_args *args, const char *fallback,
		      const struct column **out, size_t cap);
/* The cell for programs, appended to @out: whole, the code as "2.05". */
void column_data(struct render_base *b, const struct column *c, const struct row *row,
		 struct jsonw *out);
/* What a row is sorted by: rtt as a number and so on. */
double column_number(const struct column *c, const struct row *row);

#endif
