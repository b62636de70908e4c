/* Sizes, throughput, and what the answers' codes were. */
#include "bench/html.h"

#include <math.h>

static void row(struct html *h, const char *name, const char *sent, const char *received)
{
	html_put(h, "<tr><th scope=\"row\">%s<td>%s<td>%s\n", name, sent, received);
}

static char *per_second(const struct bench_result *r, double n, bool bytes, char buf[HTML_NUMBER])
{
	struct bench_figure f = { .unit = BENCH_RATE, .known = r->elapsed > 0 };
	char number[HTML_NUMBER];

	if (!f.known)
		return html_value(&f, buf);
	f.value = n / ((double)r->elapsed / 1e9);
	if (!bytes)
		return html_value(&f, buf);
	snprintf(buf, HTML_NUMBER, "%.37s/s", html_bytes(f.value, number));
	return buf;
}

static void sizes(struct html *h, const struct bench_result *r)
{
	char a[HTML_NUMBER], b[HTML_NUMBER], low[HTML_NUMBER], both[2 * HTML_NUMBER];

	html_bytes(r->request_size ? (double)r->request_size : NAN, a);
	html_bytes(r->answer_max ? (double)r->answer_max : NAN, b);
	if (r->answer_min < r->answer_max)
		snprintf(both, sizeof(both), "%s to %s", html_bytes((double)r->answer_min, low), b);
	else
		snprintf(both, sizeof(both), "%s", b);
	row(h, "Message size", a, both);
}

static void codes(struct html *h, const struct bench_result *r)
{
	char text[5], n[HTML_NUMBER];
	bool any = false;

	for (unsigned c = 0; c < 256; c++) {
		const char *name = gcoap_code_name((uint8_t)c);

		if (!r->codes[c])
			continue;
		if (!any)
			html_put(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Response "
				    "codes\"><table>\n<caption>Answers by response code</caption>\n<thead><tr>"
				    "<th scope=\"col\">Code<th scope=\"col\">Answers</thead>\n<tbody>\n");
		any = true;
		html_put(h, "<tr><th scope=\"row\">%s %s<td>%s\n", gcoap_code_format((uint8_t)c, text),
			 name ? name : "", html_count(r->codes[c], n));
	}
	if (any)
		html_put(h, "</tbody></table></div>\n");
}

void html_traffic(struct html *h)
{
	const struct bench_result *r = h->r;
	char a[HTML_NUMBER], b[HTML_NUMBER];

	html_put(h, "<div><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Sizes and "
		    "throughput\"><table>\n<caption>Sizes and throughput</caption>\n<thead><tr><td>"
		    "<th scope=\"col\">Sent<th scope=\"col\">Received</thead>\n<tbody>\n");
	sizes(h, r);
	row(h, "Datagrams", html_count(r->sent, a), html_count(r->received, b));
	row(h, "CoAP bytes", html_bytes((double)r->sent_bytes, a),
	    html_bytes((double)r->received_bytes, b));
	if (r->sent_wire || r->received_wire)
		row(h, "with UDP and IP headers", html_bytes((double)r->sent_wire, a),
		    html_bytes((double)r->received_wire, b));
	row(h, "Datagrams per second", per_second(r, (double)r->sent, false, a),
	    per_second(r, (double)r->received, false, b));
	row(h, "CoAP bytes per second", per_second(r, (double)r->sent_bytes, true, a),
	    per_second(r, (double)r->received_bytes, true, b));
	html_put(h, "</tbody></table></div>\n");
	codes(h, r);
	html_put(h, "</div>\n");
}
