/* SenML records (RFC 8428), resolved, for one-line views of a payload. */
#ifndef GCOAP_SENML_H
#define GCOAP_SENML_H

#include <gcoap/bytes.h>
#include <gcoap/error.h>

struct gcoap_senml {
	char name[128]; /* base name and name */
	char unit[16];	/* "Cel"; base unit applied; "" when none */
	enum { GCOAP_SENML_NUMBER, GCOAP_SENML_TEXT, GCOAP_SENML_BOOL, GCOAP_SENML_DATA,
	       GCOAP_SENML_NONE } kind;
	double number; /* base value added */
	bool boolean;
	char text[128]; /* cut at 127 bytes; the hexadecimal form of data */
	double time;	/* base time added; 0: now */
};

/*
 * Walk the records of a SenML pack in CBOR, calling @each with every resolved record in order;
 * a non-zero return of @each ends the walk and is returned. Records that only set base values
 * are not shown. Runs the CBOR scan first. GCOAP_EMALFORMED with @diag ("senml-array",
 * "senml-record", "senml-label", "senml-type", "senml-values", "senml-name",
 * "senml-version", "senml-must-understand" and the scan's names), GCOAP_ELIMIT.
 */
int gcoap_senml_walk_cbor(struct gcoap_bytes data,
			  int (*each)(void *arg, const struct gcoap_senml *rec), void *arg,
			  struct gcoap_diag *diag);

/*
 * For readers of SenML in other syntaxes: the fields of one record as they were found, and
 * what turns them, record by record, into the resolved form (RFC 8428, Section 4.6).
 */
enum gcoap_senml_label { /* CBOR label + 6 (Section 6) */
	GCOAP_SENML_BS, GCOAP_SENML_BV, GCOAP_SENML_BU, GCOAP_SENML_BT, GCOAP_SENML_BN,
	GCOAP_SENML_BVER, GCOAP_SENML_N, GCOAP_SENML_U, GCOAP_SENML_V, GCOAP_SENML_VS,
	GCOAP_SENML_VB, GCOAP_SENML_S, GCOAP_SENML_T, GCOAP_SENML_UT, GCOAP_SENML_VD,
	GCOAP_SENML_LABELS
};

struct gcoap_senml_field {
	bool given;
	double number;
	bool boolean;
	struct gcoap_bytes bytes; /* text, or data of vd; borrowed */
};

struct gcoap_senml_fields {
	struct gcoap_senml_field at[GCOAP_SENML_LABELS];
};

struct gcoap_senml_base { /* start with all zero */
	char name[128], unit[16];
	double value, time;
};

/* The label called @name ("bn" ...), or -1. */
int gcoap_senml_label_find(const char *name);
/* What kind of value it has: GCOAP_SENML_NUMBER, _TEXT, _BOOL or _DATA. */
int gcoap_senml_label_kind(enum gcoap_senml_label label);
/* 1: @out is a record; 0: only base values were set; GCOAP_EMALFORMED. @at is the record's
 * offset, for @diag. */
int gcoap_senml_resolve(struct gcoap_senml_base *base, const struct gcoap_senml_fields *f,
			struct gcoap_senml *out, size_t at, struct gcoap_diag *diag);

#endif
