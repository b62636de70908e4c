/* JSON from the network (RFC 8259), checked and copied without its blanks. */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <gcoap/error.h>
#include "jsonw.h"

#define JSON_DEPTH_MAX 8
#define JSON_ITEMS_MAX 1024

/*
 * Append the one value that @text is to @w, compact, in valid UTF-8 and without control
 * characters. True when any reader gets the same value from it: one value and nothing behind
 * it, no key twice in an object, no NUL and no lone surrogate in a string, no integer beyond
 * 2^53, no number of more than 15 digits or beyond what a double holds, at most 8 levels and
 * 1,024 items. Else false, @w is as before, and @diag (may be NULL) says where it ended.
 */
bool json_copy(struct jsonw *w, struct gcoap_bytes text, struct gcoap_diag *diag);

#endif
