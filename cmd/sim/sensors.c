/* Resources that read: temperature, several sensors, the time, a slow one. */
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int sim_reply_text(const struct gcoap_call *c, struct gcoap_reply *r, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf((char *)c->room, GCOAP_REPLY_ROOM, format, ap);
	va_end(ap);
	if (n < 0 || n >= GCOAP_REPLY_ROOM)
		return GCOAP_ESPACE;
	r->body = (struct gcoap_bytes){ c->room, (size_t)n };
	if (r->content_format < 0)
		r->content_format = GCOAP_CF_TEXT;
	return 0;
}

bool sim_accept(const struct gcoap_call *c, struct gcoap_reply *r, const uint16_t *formats,
		size_t n)
{
	r->content_format = gcoap_call_format(c, formats, n);
	if (r->content_format < 0)
		r->code = GCOAP_NOT_ACCEPTABLE;
	return r->content_format >= 0;
}

/* In quarters, so that every encoding is exact: 15.50 … 27.25, changing with time. */
static int quarters(const struct gcoap_call *c, unsigned which)
{
	const struct sim *s = c->arg;
	uint64_t base = gcoap_serve_hash(s->seed, c->member, 1000 + which);
	uint64_t step = gcoap_serve_hash(s->seed, c->member,
					 ((uint64_t)(which + 1) << 40) + gcoap_call_slot(c));

	return 64 + (int)(base % 44) + (int)(step % 5) - 2;
}

static int max_age(const struct gcoap_call *c)
{
	gcoap_time period = c->resource->period;

	return period < GCOAP_SECOND ? 1 : (int)(period / GCOAP_SECOND);
}

static size_t put_text(uint8_t *p, const char *text)
{
	size_t len = strlen(text);

	p[0] = (uint8_t)(0x60 | len);
	memcpy(p + 1, text, len);
	return len + 1;
}

/* A pack of one SenML record: name, unit, and the value @q / 4 as a half-precision float. */
static size_t senml_cbor(uint8_t *p, const char *name, const char *unit, int q)
{
	unsigned exponent = 0, mantissa = (unsigned)q;
	size_t n = 0;

	while (mantissa >> (exponent + 1))
		exponent++;
	mantissa = (mantissa << (10 - exponent)) & 0x3ff;
	p[n++] = 0x81;
	p[n++] = 0xa3;
	p[n++] = 0x00;
	n += put_text(p + n, name);
	p[n++] = 0x01;
	n += put_text(p + n, unit);
	p[n++] = 0x02;
	p[n++] = 0xf9;
	p[n++] = (uint8_t)((15 + exponent - 2) << 2 | mantissa >> 8);
	p[n++] = (uint8_t)mantissa;
	return n;
}

int sim_temp(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const uint16_t formats[] = { GCOAP_CF_SENML_JSON, GCOAP_CF_SENML_CBOR,
					    GCOAP_CF_TEXT };
	int q = quarters(c, 0);

	if (!sim_accept(c, r, formats, 3))
		return 0;
	r->versioned = true;
	r->version = gcoap_call_slot(c);
	r->max_age = max_age(c);
	if (r->content_format == GCOAP_CF_SENML_CBOR) {
		r->body = (struct gcoap_bytes){ c->room, senml_cbor(c->room, "temp", "Cel", q) };
		return 0;
	}
	if (r->content_format == GCOAP_CF_TEXT)
		return sim_reply_text(c, r, "%d.%02d Cel", q / 4, q % 4 * 25);
	return sim_reply_text(c, r, "[{\"n\":\"temp\",\"u\":\"Cel\",\"v\":%d.%02d}]", q / 4,
			      q % 4 * 25);
}

static bool asked_for(const struct gcoap_call *c, const char *name)
{
	if (c->msg->code != GCOAP_FETCH)
		return true;
	return memmem(c->body.ptr, c->body.len, name, strlen(name)) != NULL;
}

/* GET: all; FETCH: those that the payload names. */
int sim_sensors(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const struct {
		const char *name, *unit;
		int scale;
	} all[] = { { "temp", "Cel", 1 }, { "humidity", "%RH", 2 }, { "light", "lx", 16 } };
	static const uint16_t formats[] = { GCOAP_CF_SENML_JSON };
	char *p = (char *)c->room;
	size_t used = 0;

	if (c->msg->code == GCOAP_FETCH && !c->body.len) {
		r->code = GCOAP_BAD_REQUEST;
		return 0;
	}
	if (!sim_accept(c, r, formats, 1))
		return 0;
	p[used++] = '[';
	for (unsigned i = 0; i < 3; i++) {
		int q = quarters(c, i) * all[i].scale;

		if (asked_for(c, all[i].name))
			used += (size_t)snprintf(p + used, GCOAP_REPLY_ROOM - used,
						 "%s{\"n\":\"%s\",\"u\":\"%s\",\"v\":%d.%02d}",
						 used > 1 ? "," : "", all[i].name, all[i].unit,
						 q / 4, q % 4 * 25);
	}
	p[used++] = ']';
	r->body = (struct gcoap_bytes){ c->room, used };
	r->max_age = max_age(c);
	r->versioned = c->msg->code == GCOAP_GET;
	r->version = gcoap_call_slot(c);
	return 0;
}

int sim_time(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const uint16_t formats[] = { GCOAP_CF_TEXT };
	time_t wall = (time_t)((c->now + gcoap_wall_offset()) / GCOAP_SECOND);
	char text[32];
	struct tm tm;

	if (!sim_accept(c, r, formats, 1))
		return 0;
	r->max_age = 1;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&wall, &tm));
	return sim_reply_text(c, r, "%s", text);
}

/* A CON request is acknowledged at once; the response follows. */
int sim_slow(const struct gcoap_call *c, struct gcoap_reply *r)
{
	r->delay = 2 * GCOAP_SECOND;
	return sim_reply_text(c, r, "done");
}
