/* F14: text for terminals and JSON. What leaves is printable UTF-8, and JSON that another
 * parser reads as the same. */
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>
#include "common/json_scan.h"
#include "common/opt.h"
#include "common/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
	if (!holds)
		abort();
}

/* Printable UTF-8: no C0, DEL or C1; line ends and tabs only when @lines. */
static void must_print(const char *text, size_t len, bool lines)
{
	const uint8_t *p = (const uint8_t *)text;

	must(gcoap_utf8_valid((struct gcoap_bytes){ p, len }));
	for (size_t i = 0; i < len; i++) {
		must(p[i] >= 0x20 || (lines && (p[i] == '\n' || p[i] == '\t')));
		must(p[i] != 0x7f && !(p[i] == 0xc2 && p[i + 1] < 0xa0));
	}
}

static void check_escaper(struct gcoap_bytes in, uint8_t how)
{
	char out[512], again[512];
	size_t cap = 1 + how * 2, n;

	n = payload_escape(in, out, cap, how & 1, how >> 3, how & 2);
	must(n < cap && out[n] == '\0');
	must_print(out, n, !(how & 1));
	must(payload_escape(gcoap_bytes_text(out), again, sizeof(again), true, 0, how & 2) >= n ||
	     !(how & 1));
}

static void check_views(struct gcoap_bytes in, uint8_t how, struct jsonw *w)
{
	static const int32_t formats[] = { -1, 0, 40, 50, 60, 63, 110, 112 };
	char cell[1100];
	size_t n = payload_cell(in, formats[how & 7], (enum payload_as)(how % 7), cell, sizeof(cell),
				how >> 3, how & 8);

	must_print(cell, n, false);
	w->len = 0;
	payload_write(w, in, formats[how & 7], (enum payload_as)(how % 7), how & 8);
	must_print(w->buf, w->len, false);
}

/* A string of JSON: cJSON gets the same bytes from it when they were UTF-8. */
static void check_string(struct gcoap_bytes in, struct jsonw *w)
{
	cJSON *doc;

	w->len = 0;
	jsonw_bytes(w, in);
	must_print(w->buf, w->len, false);
	doc = cJSON_ParseWithLength(w->buf, w->len);
	must(doc && cJSON_IsString(doc));
	if (gcoap_utf8_valid(in) && !memchr(in.len ? (const void *)in.ptr : "", 0, in.len))
		must(gcoap_bytes_equal(gcoap_bytes_text(doc->valuestring), in));
	cJSON_Delete(doc);
}

/* JSON that is passed on: cJSON reads it, and to copy it again changes nothing. */
static void check_json(struct gcoap_bytes in, struct jsonw *w)
{
	struct jsonw again = { 0 };
	cJSON *doc;

	w->len = 0;
	if (!json_copy(w, in, NULL)) {
		must(w->len == 0);
		return;
	}
	must_print(w->buf, w->len, false);
	doc = cJSON_ParseWithLength(w->buf, w->len);
	must(doc != NULL);
	cJSON_Delete(doc);
	must(json_copy(&again, (struct gcoap_bytes){ (uint8_t *)w->buf, w->len }, NULL));
	must(again.len == w->len && !memcmp(again.buf, w->buf, w->len));
	jsonw_clear(&again);
}

static void check_words(struct gcoap_bytes in)
{
	char text[64];
	gcoap_time t;
	uint64_t size;
	uint32_t n;
	double percent;
	bool yes;

	if (in.len >= sizeof(text))
		return;
	if (in.len)
		memcpy(text, in.ptr, in.len);
	text[in.len] = '\0';
	must(opt_duration(text, &t) < 0 || t >= 0);
	must(opt_percent(text, &percent) < 0 || (percent >= 0 && percent <= 100));
	must(opt_uint(text, &n) < 0 || strspn(text, "0123456789") == strlen(text));
	opt_size(text, &size);
	opt_bool(text, &yes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct jsonw w;
	struct gcoap_bytes in = { data + 1, size - 1 };

	if (!size)
		return 0;
	check_escaper(in, data[0]);
	check_views(in, data[0], &w);
	check_string(in, &w);
	check_json(in, &w);
	check_words(in);
	return 0;
}
