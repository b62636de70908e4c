/* The value of a notification: its text in one line, and its number. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/senml_json.h"
#include "live_model.h"

struct records {
	unsigned n;
	bool numeric;
	double number;
	char unit[16];
};

static int first_number(void *arg, const struct gcoap_senml *rec)
{
	struct records *found = arg;

	found->n++;
	if (found->numeric || rec->kind != GCOAP_SENML_NUMBER)
		return 0;
	found->numeric = true;
	found->number = rec->number;
	memcpy(found->unit, rec->unit, sizeof(found->unit));
	return 0;
}

/* "21.25", "21.25 Cel", "21.25C": a number with at most a short word behind it. */
static bool text_number(const char *text, double *number)
{
	char *end;

	if (strspn(text, "+-.0123456789") == 0)
		return false;
	*number = strtod(text, &end);
	if (end == text || text[1] == 'x' || text[1] == 'X')
		return false;
	end += strspn(end, " ");
	return strcspn(end, " ") == strlen(end) && strlen(end) <= 8 &&
	       strpbrk(end, ".,:-/0123456789") == NULL;
}

static bool walk(struct gcoap_bytes body, enum gcoap_payload_kind kind, struct records *found)
{
	int r = kind == GCOAP_KIND_SENML_CBOR ?
			gcoap_senml_walk_cbor(body, first_number, found, NULL) :
			senml_walk_json(body, first_number, found, NULL);

	return r >= 0;
}

bool live_value(struct gcoap_bytes body, int32_t content_format, enum payload_as as, bool ascii,
		char *out, size_t cap, double *number)
{
	enum gcoap_payload_kind kind = payload_syntax(body, content_format);
	struct records found = { 0 };
	char text[64];

	if (as == PAYLOAD_AUTO &&
	    (kind == GCOAP_KIND_SENML_CBOR || kind == GCOAP_KIND_SENML_JSON) &&
	    walk(body, kind, &found) && found.numeric && isfinite(found.number)) {
		*number = found.number;
		snprintf(text, sizeof(text), "%.10g%s%s", found.number,
			 found.unit[0] != '\0' ? " " : "", found.unit);
		if (found.n == 1)
			payload_escape(gcoap_bytes_text(text), out, cap, true, 0, ascii);
		else
			payload_cell(body, content_format, as, out, cap, 0, ascii);
		return true;
	}
	payload_cell(body, content_format, as, out, cap, 0, ascii);
	return kind != GCOAP_KIND_OPAQUE && kind != GCOAP_KIND_NONE && as != PAYLOAD_HEX &&
	       as != PAYLOAD_B64 && text_number(out, number);
}
