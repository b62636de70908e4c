/* Texts of single cells. */
#include <stdio.h>
#include <string.h>
#include "live_view.h"

void live_duration(gcoap_time t, char out[16])
{
	double s = (double)t / GCOAP_SECOND;

	if (s < 9.95)
		snprintf(out, 16, "%.1f s", s);
	else if (s < 999.5)
		snprintf(out, 16, "%.0f s", s);
	else if (s < 5970)
		snprintf(out, 16, "%.0f m", s / 60);
	else if (s < 3600 * 99.5)
		snprintf(out, 16, "%.0f h", s / 3600);
	else
		snprintf(out, 16, "%.0f d", s / 86400);
}

void live_age_text(const struct live_row *r, gcoap_time now, char out[16])
{
	size_t n;

	if (r->is.code == 0) {
		memcpy(out, "-", 2);
		return;
	}
	live_duration(live_row_age(r, now), out);
	n = strlen(out);
	if (live_row_stale(r, now))
		out[n++] = '!';
	else if (r->is.state == GCOAP_OBSERVED_ENDED)
		out[n++] = 'x';
	else if (r->is.state == GCOAP_OBSERVED_NOT_OBSERVABLE)
		out[n++] = '=';
	out[n] = '\0';
}

void live_rate_text(const struct live_row *r, char out[16])
{
	double rate = r->is.rate;

	if (r->is.n < 2 || !(rate > 0))
		memcpy(out, "-", 2);
	else if (rate >= 9.95)
		snprintf(out, 16, "%.0f/s", rate < 99999 ? rate : 99999);
	else if (rate >= 0.095)
		snprintf(out, 16, "%.1f/s", rate);
	else if (rate * 60 >= 0.095)
		snprintf(out, 16, "%.1f/m", rate * 60);
	else
		snprintf(out, 16, "%.1f/h", rate * 3600);
}

void live_gaps_text(const struct live_row *r, char out[40])
{
	const struct gcoap_observed *o = &r->is;
	int n;

	if (o->lost < 0 || o->n == 0)
		n = snprintf(out, 40, "-");
	else
		n = snprintf(out, 40, "%lld", (long long)o->lost);
	if (o->reordered > 0)
		n += snprintf(out + n, 40 - (size_t)n, " ~%u", o->reordered);
	if (o->restarts > 0)
		snprintf(out + n, 40 - (size_t)n, " ^%u", o->restarts);
}

void live_row_name(const struct live_model *m, const struct live_row *r, char *out, size_t cap)
{
	const char *path = "";

	if (m->n_requests > 1 && r->is.id > 0 && r->is.id <= m->n_requests)
		path = m->requests[r->is.id - 1].path;
	snprintf(out, cap, "%s%s", r->label, path);
}

/* Of the words that fit, the longest. */
static void longest(int columns, const char *arrow, const char *all,
		    const char *brief, char *out, size_t cap)
{
	const char *text = (int)(strlen(arrow) + strlen(all)) <= columns ? all : brief;

	out[0] = '\0';
	if ((int)(strlen(arrow) + strlen(text)) <= columns)
		snprintf(out, cap, "%s%s", arrow, text);
	else if ((int)strlen(brief) <= columns)
		snprintf(out, cap, "%s", brief);
}

void live_note(const struct live_row *r, gcoap_time now, int columns, char *out,
	       size_t cap)
{
	char all[64], code[5];

	out[0] = '\0';
	if (live_row_stale(r, now)) {
		if (r->is.max_age >= 0)
			snprintf(all, sizeof(all), "stale (Max-Age %lld s)",
				 (long long)r->is.max_age);
		else
			snprintf(all, sizeof(all), "stale (no Max-Age: 60 s)");
		longest(columns, "<- ", all, "stale", out, cap);
		return;
	}
	switch (r->is.state) {
	case GCOAP_OBSERVED_SILENT:
		longest(columns, "<- ", "expected, silent so far", "silent", out, cap);
		break;
	case GCOAP_OBSERVED_NOT_OBSERVABLE:
		longest(columns, "<- ", "not observable here", "not observable", out, cap);
		break;
	case GCOAP_OBSERVED_ENDED:
		snprintf(all, sizeof(all), "ended by the server (%s)",
			 gcoap_code_format(r->is.code, code));
		longest(columns, "<- ", all, "ended", out, cap);
		break;
	case GCOAP_OBSERVED_ACTIVE:
		break;
	}
}

void live_put(const struct live_paint *p, int y, int x, enum live_look look, int columns,
	      bool ascii, const char *text)
{
	char cut[1200];

	if (y < 0 || y >= p->height || x < 0 || x >= p->width || columns <= 0)
		return;
	if (columns > p->width - x)
		columns = p->width - x;
	payload_escape(gcoap_bytes_text(text), cut, sizeof(cut), true, (size_t)columns, ascii);
	p->put(p->arg, y, x, look, cut);
}
