/* CBOR head by head, for those who show every byte (RFC 8949, Section 3). */
#include <gcoap/cbor.h>

#include "cbor_read.h"

#define ENDLESS UINT64_MAX

void gcoap_cbor_walk(struct gcoap_cbor_walker *w, struct gcoap_bytes data)
{
	*w = (struct gcoap_cbor_walker){ .data = data };
}

/* The item at hand is over, and with it the arrays and tags that end with it. */
static void close_full(struct gcoap_cbor_walker *w)
{
	while (w->depth && w->left[w->depth] != ENDLESS && !w->left[w->depth])
		w->depth--;
}

static int open_inside(struct gcoap_cbor_walker *w, const struct gcoap__cbor_head *h,
		       struct gcoap_diag *diag)
{
	uint64_t n = h->arg;

	if (h->major == CBOR_MAP)
		n = n > ENDLESS / 2 - 1 ? ENDLESS - 1 : n * 2;
	else if (h->major == CBOR_TAG)
		n = 1;
	if (h->indefinite)
		n = ENDLESS;
	if (!n)
		return 0;
	if (w->depth == GCOAP_CBOR_DEPTH)
		return gcoap_fail(diag, GCOAP_ELIMIT, h->at, "cbor-depth",
				  "nested deeper than 8 levels");
	w->left[++w->depth] = n;
	return 0;
}

static bool has_inside(const struct gcoap__cbor_head *h)
{
	if (h->major == CBOR_BYTES || h->major == CBOR_TEXT)
		return h->indefinite;
	return h->major == CBOR_ARRAY || h->major == CBOR_MAP || h->major == CBOR_TAG;
}

static int at_end(const struct gcoap_cbor_walker *w, struct gcoap_diag *diag)
{
	if (!w->depth)
		return 0;
	return gcoap_fail(diag, GCOAP_ESHORT, w->pos, "cbor-unfinished",
			  "the data ends before the array, map or string does");
}

int gcoap_cbor_walk_next(struct gcoap_cbor_walker *w, struct gcoap_cbor_item *out,
			 struct gcoap_diag *diag)
{
	struct gcoap__cbor_reader r = { w->data, w->pos, diag };
	struct gcoap__cbor_head h;
	int err;

	if (w->pos >= w->data.len)
		return at_end(w, diag);
	err = gcoap__cbor_head(&r, &h);
	if (err < 0)
		return err;
	*out = (struct gcoap_cbor_item){ .at = h.at, .depth = w->depth, .major = h.major,
					 .info = h.info, .arg = h.arg,
					 .indefinite = h.indefinite };
	if ((h.major == CBOR_BYTES || h.major == CBOR_TEXT) && !h.indefinite)
		out->string = gcoap__cbor_string(&r, &h);
	out->len = r.pos - h.at;
	w->pos = r.pos;
	if (h.major == CBOR_SIMPLE && h.indefinite) {
		if (!w->depth || w->left[w->depth] != ENDLESS)
			return gcoap_fail(diag, GCOAP_EMALFORMED, h.at, "cbor-break",
					  "a break where nothing is open");
		out->depth = --w->depth;
		close_full(w);
		return 1;
	}
	if (w->depth && w->left[w->depth] != ENDLESS)
		w->left[w->depth]--;
	if (has_inside(&h))
		err = open_inside(w, &h, diag);
	close_full(w);
	return err < 0 ? err : 1;
}
