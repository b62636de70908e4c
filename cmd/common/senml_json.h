/* SenML in JSON (RFC 8428, Section 5), record by record as gcoap/senml.h has it for CBOR. */
#ifndef SENML_JSON_H
#define SENML_JSON_H

#include <gcoap/senml.h>

/*
 * Walk the records of a SenML pack in JSON, calling @each with every resolved record in order;
 * a non-zero return of @each ends the walk and is returned. GCOAP_EMALFORMED with @diag
 * ("json" with the byte where cJSON gave up, "json-utf8", "json-nul"; the names of gcoap_senml_walk_cbor() with
 * the index of the record in @diag->at), GCOAP_ELIMIT ("json-depth" above 8, "json-items" above
 * 1024 values), GCOAP_ENOMEM.
 */
int senml_walk_json(struct gcoap_bytes data,
		    int (*each)(void *arg, const struct gcoap_senml *rec), void *arg,
		    struct gcoap_diag *diag);

/*
 * What JSON from the network must pass before cJSON reads it: UTF-8, no \u0000 (which would cut
 * a string), depth at most 8 and at most 1024 values. 0, GCOAP_EMALFORMED or GCOAP_ELIMIT.
 */
int json_scan(struct gcoap_bytes data, struct gcoap_diag *diag);

#endif
