/* Reply-From: one or two CRIs as a CBOR sequence (groupcomm-proxy-07, Section 3). */
#include <gcoap/origin.h>

#include <string.h>

#include <gcoap/cbor.h>

#include "cri.h"

static int bad(const struct gcoap__cbor_reader *r, size_t at, const char *name, const char *what)
{
	return gcoap__cbor_fail(r, GCOAP_EMALFORMED, at, name, what);
}

/* An array of @least to @most items whose head is the shortest one. */
static int read_array(struct gcoap__cbor_reader *r, uint64_t least, uint64_t most,
		      struct gcoap__cbor_head *h, const char *what)
{
	int err = gcoap__cbor_head(r, h);

	if (err < 0)
		return err;
	if (h->major != CBOR_ARRAY || h->indefinite || !h->shortest || h->arg < least ||
	    h->arg > most)
		return bad(r, h->at, "reply-from-array", what);
	return 0;
}

static int read_first(struct gcoap__cbor_reader *r, struct gcoap_origin *out)
{
	struct gcoap__cri_authority a;
	struct gcoap__cbor_head h;
	int err;

	err = read_array(r, 2, 2, &h, "a CRI of scheme and authority is expected");
	if (err < 0)
		return err;
	err = gcoap__cri_scheme_read(r, &out->scheme, &out->transport_unknown);
	if (err < 0)
		return err;
	err = gcoap__cri_authority_read(r, &a);
	if (err < 0)
		return err;
	out->addr = a.addr;
	if (!out->addr.port)
		out->addr.port = gcoap_scheme_port(out->scheme);
	memcpy(out->host, a.host, sizeof(out->host));
	memcpy(out->zone, a.zone, sizeof(out->zone));
	return 0;
}

static int read_behind_authority(struct gcoap__cbor_reader *r, struct gcoap_origin *out)
{
	struct gcoap__cri_authority a;
	size_t at = r->pos;
	int err = gcoap__cri_authority_read(r, &a);

	if (err < 0)
		return err;
	if (!out->addr.family)
		return bad(r, at, "reply-from-behind",
			   "a second authority needs an address in the first CRI");
	out->behind = a.addr;
	memcpy(out->behind_host, a.host, sizeof(out->behind_host));
	memcpy(out->behind_zone, a.zone, sizeof(out->behind_zone));
	return 0;
}

/* True, and stepped over, when the next item is null. */
static bool take_null(struct gcoap__cbor_reader *r)
{
	if (r->pos >= r->data.len || r->data.ptr[r->pos] != (CBOR_SIMPLE << 5 | CBOR_NULL))
		return false;
	r->pos++;
	return true;
}

/*
 * The reference behind the first CRI: [null, authority, ?path], or a path alone, which is
 * [discard, path] in a CRI and, read leniently, [null, null, path].
 */
static int read_second(struct gcoap__cbor_reader *r, struct gcoap_origin *out)
{
	struct gcoap__cbor_head array, h;
	bool path_only;
	int err;

	err = read_array(r, 2, 3, &array, "a reference of 2 or 3 elements, without a query, "
					  "is expected");
	if (err < 0)
		return err;
	if (take_null(r)) {
		path_only = array.arg == 3 && take_null(r);
	} else {
		err = gcoap__cbor_head(r, &h);
		if (err < 0)
			return err;
		if (!gcoap__cbor_is_simple(&h, CBOR_TRUE) && (h.major != CBOR_UINT || !h.shortest))
			return bad(r, h.at, "reply-from-behind", "a reference has no scheme");
		if (array.arg != 2)
			return bad(r, array.at, "reply-from-array", "only a path may follow");
		path_only = true;
	}
	if (!path_only) {
		err = read_behind_authority(r, out);
		if (err < 0 || array.arg == 2)
			return err;
	}
	return gcoap__cri_path_read(r, out->behind_path, sizeof(out->behind_path));
}

int gcoap_reply_from_decode(struct gcoap_bytes value, struct gcoap_origin *out,
			    struct gcoap_diag *diag)
{
	static const struct gcoap_cbor_limits limits = { 8, 1024, true };
	struct gcoap__cbor_reader r = { value, 0, diag };
	int err;

	memset(out, 0, sizeof(*out));
	err = gcoap_cbor_scan(value, &limits, diag);
	if (err >= 0)
		err = read_first(&r, out);
	if (err >= 0 && r.pos < value.len)
		err = read_second(&r, out);
	if (err >= 0 && r.pos < value.len)
		err = bad(&r, r.pos, "reply-from-items", "one or two CRIs, and nothing behind them");
	return err >= 0 ? 0 : err == GCOAP_ELIMIT ? err : GCOAP_EMALFORMED;
}

static int write_second(struct gcoap_cbor_writer *w, const struct gcoap_origin *o)
{
	struct gcoap__cri_authority a = { .addr = o->behind };
	bool path = o->behind_path[0] != '\0';
	int err;

	memcpy(a.host, o->behind_host, sizeof(a.host));
	memcpy(a.zone, o->behind_zone, sizeof(a.zone));
	if (!a.addr.family && !a.host[0]) {
		gcoap_cbor_write_array(w, 2);
		gcoap_cbor_write_bool(w, true); /* discard the whole base path */
		return gcoap__cri_path_write(w, o->behind_path);
	}
	if (!o->addr.family)
		return GCOAP_EINVALID;
	gcoap_cbor_write_array(w, path ? 3 : 2);
	gcoap_cbor_write_null(w);
	err = gcoap__cri_authority_write(w, &a, o->behind.port);
	if (err < 0 || !path)
		return err;
	return gcoap__cri_path_write(w, o->behind_path);
}

int gcoap_reply_from_encode(const struct gcoap_origin *origin, uint8_t *buf, size_t cap)
{
	struct gcoap_cbor_writer w = { buf, cap, 0 };
	struct gcoap__cri_authority a = { .addr = origin->addr };
	uint16_t port = origin->addr.port;
	int err;

	if (origin->transport_unknown)
		return GCOAP_EINVALID;
	memcpy(a.host, origin->host, sizeof(a.host));
	memcpy(a.zone, origin->zone, sizeof(a.zone));
	if (port == gcoap_scheme_port(origin->scheme))
		port = 0;
	gcoap_cbor_write_array(&w, 2);
	gcoap__cri_scheme_write(&w, origin->scheme);
	err = gcoap__cri_authority_write(&w, &a, port);
	if (err < 0)
		return err;
	if (origin->behind.family || origin->behind_host[0] || origin->behind_path[0]) {
		err = write_second(&w, origin);
		if (err < 0)
			return err;
	}
	return gcoap_cbor_written(&w);
}
