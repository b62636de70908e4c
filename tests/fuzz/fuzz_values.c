/* F2: the values of the group drafts' options, and CBOR: whatever decodes is encoded to a value
 * that means the same, and nothing that a terminal obeys leaves the notation. */
#include <gcoap/cbor.h>
#include <gcoap/etag.h>
#include <gcoap/senml.h>

#include <stdlib.h>
#include <string.h>

#define OUT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
	if (!holds)
		abort();
}

/* URI text: no control byte, nothing above ASCII, no blank. */
static void must_be_plain(const char *text)
{
	for (; *text; text++)
		must(*text > ' ' && *text < 0x7f);
}

static void must_be_diag(int r, const struct gcoap_diag *d, size_t size)
{
	must(r == GCOAP_EMALFORMED || r == GCOAP_ELIMIT || r == GCOAP_ESHORT);
	must(d->name && d->what && d->at <= size);
}

static void try_tp_info(struct gcoap_bytes b)
{
	struct gcoap_origin o, again;
	struct gcoap_diag d = { 0 };
	uint8_t out[64];
	int r;

	for (int reading = GCOAP_PORT_TILOCA_03; reading <= GCOAP_PORT_WGP_00; reading++) {
		r = gcoap_tp_info_decode(b, (enum gcoap_port_reading)reading, 61616, &o, &d);
		if (r < 0) {
			must_be_diag(r, &d, b.len);
			continue;
		}
		must(o.addr.port != 0);
		r = gcoap_tp_info_encode(&o, out, sizeof(out));
		must(o.transport_unknown ? r == GCOAP_EINVALID : r >= 10 && r <= 25);
		if (o.transport_unknown)
			continue;
		must(gcoap_tp_info_decode((struct gcoap_bytes){ out, (size_t)r },
					  GCOAP_PORT_BIS_03, 1, &again, NULL) == 0);
		must(memcmp(&o, &again, sizeof(o)) == 0);
	}
}

static void try_reply_from(struct gcoap_bytes b)
{
	struct gcoap_origin o, again;
	struct gcoap_diag d = { 0 };
	uint8_t out[OUT_MAX];
	char text[512];
	int r;

	r = gcoap_reply_from_decode(b, &o, &d);
	if (r < 0) {
		must_be_diag(r, &d, b.len);
		return;
	}
	must(gcoap_origin_format(&o, text, sizeof(text)) > 0);
	must_be_plain(text);
	must_be_plain(o.host);
	must_be_plain(o.zone);
	must_be_plain(o.behind_host);
	must_be_plain(o.behind_zone);
	must_be_plain(o.behind_path);
	r = gcoap_reply_from_encode(&o, out, sizeof(out));
	must(o.transport_unknown ? r == GCOAP_EINVALID : r > 0);
	if (o.transport_unknown)
		return;
	must(gcoap_reply_from_decode((struct gcoap_bytes){ out, (size_t)r }, &again, NULL) == 0);
	must(memcmp(&o, &again, sizeof(o)) == 0);
}

static void try_multi_etag(struct gcoap_bytes b)
{
	struct gcoap_multi_etag m, again;
	struct gcoap_diag d = { 0 };
	uint8_t out[OUT_MAX];
	int r;

	r = gcoap_multi_etag_decode(b, &m, &d);
	if (r < 0) {
		must_be_diag(r, &d, b.len);
		return;
	}
	r = gcoap_multi_etag_encode(&m, out, sizeof(out));
	if (m.server.transport_unknown)
		return;
	must(gcoap_multi_etag_decode((struct gcoap_bytes){ out, (size_t)r }, &again, NULL) == 0);
	must(m.n == again.n);
	for (size_t i = 0; i < m.n; i++)
		must(gcoap_bytes_equal(m.tags[i], again.tags[i]));
}

static void try_cbor(struct gcoap_bytes b)
{
	static const struct gcoap_cbor_limits limits = { 8, 1024, true };
	static char text[1 << 20], cut[64];
	struct gcoap_diag d = { 0 };
	int items = gcoap_cbor_scan(b, &limits, &d), r;

	r = gcoap_cbor_diagnose(b, true, text, sizeof(text), NULL);
	if (items < 0) {
		must_be_diag(items, &d, b.len);
		must(r == items);
		return;
	}
	must(r > 0 && (size_t)r < sizeof(text) && (size_t)r == strlen(text));
	for (const char *p = text; *p; p++)
		must((uint8_t)*p >= ' ' && *p != 0x7f);
	must(gcoap_utf8_valid(gcoap_bytes_text(text)));
	must(gcoap_cbor_diagnose(b, true, cut, sizeof(cut), NULL) == r);
	must(gcoap_utf8_valid(gcoap_bytes_text(cut)));
}

static int check_record(void *arg, const struct gcoap_senml *rec)
{
	must(rec->name[0] && strnlen(rec->name, sizeof(rec->name)) < sizeof(rec->name));
	must(strnlen(rec->unit, sizeof(rec->unit)) < sizeof(rec->unit));
	must(strnlen(rec->text, sizeof(rec->text)) < sizeof(rec->text));
	must(gcoap_utf8_valid(gcoap_bytes_text(rec->name)));
	must(gcoap_utf8_valid(gcoap_bytes_text(rec->text)));
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gcoap_bytes b = { data, size };
	struct gcoap_diag d = { 0 };
	int r;

	try_tp_info(b);
	try_reply_from(b);
	try_multi_etag(b);
	try_cbor(b);
	r = gcoap_senml_walk_cbor(b, check_record, NULL, &d);
	if (r < 0)
		must_be_diag(r, &d, size);
	return 0;
}
