/* Records of observations (gcoap-json(5)). */
#include "render_common.h"

static const char *sequence_name(enum gcoap_sequence s)
{
	switch (s) {
	case GCOAP_SEQUENCE_FIRST:
		return "first";
	case GCOAP_SEQUENCE_NEXT:
		return "next";
	case GCOAP_SEQUENCE_SAME:
		return "same";
	case GCOAP_SEQUENCE_RESTART:
		return "restart";
	case GCOAP_SEQUENCE_OLD:
		return "old";
	case GCOAP_SEQUENCE_NONE:
		return NULL;
	}
	return NULL;
}

/* A number, or null below 0. */
static void put_number(struct jsonw *w, int64_t v)
{
	if (v < 0)
		jsonw_lit(w, "null");
	else
		jsonw_uint(w, (uint64_t)v);
}

/* Who never granted it sent a response and no notification. */
void record_notification(struct render_base *b, struct jsonw *w,
			 const struct gcoap_notification *n)
{
	bool never = n->server->state == GCOAP_OBSERVED_NOT_OBSERVABLE;

	record_answer(b, w, never ? "response" : "notification", n->response);
	jsonw_lit(w, ",\"observe\":");
	put_number(w, n->observe);
	jsonw_lit(w, ",\"n\":");
	jsonw_uint(w, n->n);
	jsonw_lit(w, ",\"age_ms\":");
	jsonw_ms(w, n->age, 3);
	jsonw_lit(w, ",\"state\":");
	jsonw_text(w, gcoap_observed_state_name(n->server->state));
	jsonw_lit(w, ",\"sequence\":");
	jsonw_text(w, sequence_name(n->sequence));
	jsonw_lit(w, ",\"gap\":");
	jsonw_uint(w, n->gap);
	jsonw_lit(w, ",\"changed\":");
	jsonw_bool(w, n->changed);
	jsonw_lit(w, "}");
}

static void put_counts(struct jsonw *w, const struct gcoap_observed *o)
{
	char rate[32];
	int len = snprintf(rate, sizeof(rate), "%.3f", o->rate);

	jsonw_lit(w, ",\"n\":");
	jsonw_uint(w, o->n);
	jsonw_lit(w, ",\"changes\":");
	jsonw_uint(w, o->changes);
	jsonw_lit(w, ",\"rate\":");
	jsonw_raw(w, rate, (size_t)len);
	jsonw_lit(w, ",\"lost\":");
	put_number(w, o->lost);
	jsonw_lit(w, ",\"reordered\":");
	jsonw_uint(w, o->reordered);
	jsonw_lit(w, ",\"duplicates\":");
	jsonw_uint(w, o->duplicates);
	jsonw_lit(w, ",\"restarts\":");
	jsonw_uint(w, o->restarts);
	jsonw_lit(w, ",\"flooded\":");
	jsonw_uint(w, o->flooded);
}

void record_observed(struct render_base *b, struct jsonw *w, const char *type,
		     const struct gcoap_observed *o)
{
	char code[5];

	jsonw_lit(w, "{\"type\":");
	jsonw_text(w, type);
	record_put_id(w, o->id);
	jsonw_lit(w, ",\"server\":");
	if (o->origin)
		record_put_server(w, o->origin);
	else
		record_put_addr(w, &o->server);
	jsonw_lit(w, ",\"name\":");
	jsonw_text(w, render_name(b, &o->server));
	jsonw_lit(w, ",\"state\":");
	jsonw_text(w, gcoap_observed_state_name(o->state));
	jsonw_lit(w, ",\"code\":");
	jsonw_text(w, o->code ? gcoap_code_format(o->code, code) : NULL);
	jsonw_lit(w, ",\"observe\":");
	put_number(w, o->value);
	jsonw_lit(w, ",\"age_ms\":");
	if (o->at)
		jsonw_ms(w, o->age, 3);
	else
		jsonw_lit(w, "null");
	jsonw_lit(w, ",\"max_age\":");
	put_number(w, o->max_age);
	jsonw_lit(w, ",\"stale\":");
	jsonw_bool(w, o->stale);
	put_counts(w, o);
	jsonw_lit(w, "}");
}
