/* SenML records (RFC 8428) in JSON or CBOR, resolved, for one-line views of a payload. */
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
	char text[128]; /* cut at 127 bytes */
	double time;	/* base time added; 0: now */
};

/*
 * Walk the records of a SenML pack, calling @each with every resolved record in order; a
 * non-zero return of @each ends the walk and is returned. GCOAP_EMALFORMED with @diag,
 * GCOAP_ELIMIT above 1024 records or depth 8.
 */
int gcoap_senml_walk_cbor(struct gcoap_bytes data,
			  int (*each)(void *arg, const struct gcoap_senml *rec), void *arg,
			  struct gcoap_diag *diag);
int gcoap_senml_walk_json(struct gcoap_bytes data,
			  int (*each)(void *arg, const struct gcoap_senml *rec), void *arg,
			  struct gcoap_diag *diag);

#endif
