/* What was asserted, and what a reader of the numbers must know. */
#include "bench/html.h"

#include <string.h>

static void assertion(struct html *h, const struct bench_assert *a)
{
	const char *word = !a->checked ? "not checked" : a->ok ? "pass" : "FAIL";
	char seen[HTML_NUMBER];

	html_put(h, "<tr><th scope=\"row\"><code>");
	html_text(h, a->expr);
	html_put(h, "</code><td class=\"word\"><b class=\"%s\">%s</b><td class=\"word\">%s",
		 !a->checked ? "" : a->ok ? "pass" : "fail", word, html_value(&a->figure, seen));
	if (a->figure.of) {
		html_put(h, " (");
		html_text(h, a->figure.of);
		html_put(h, ")");
	}
	html_put(h, "\n");
}

static void asserts(struct html *h)
{
	const struct bench_report *r = h->report;
	size_t bad = 0;

	if (!r->n_asserts)
		return;
	for (size_t i = 0; i < r->n_asserts; i++)
		bad += !r->asserts[i].ok;
	html_put(h,
		 "<section><h2>Assertions: %s</h2>\n<div class=\"scroll\" tabindex=\"0\" "
		 "role=\"region\" aria-label=\"Assertions\"><table>\n<thead><tr><th scope=\"col\">"
		 "Assertion<th scope=\"col\" class=\"word\">Result<th scope=\"col\" class=\"word\">"
		 "Seen</thead>\n<tbody>\n",
		 bad ? "FAIL" : "pass");
	for (size_t i = 0; i < r->n_asserts; i++)
		assertion(h, &r->asserts[i]);
	html_put(h, "</tbody></table></div></section>\n");
}

struct notes {
	struct html *h;
	bool any;
};

static void begin(struct notes *n)
{
	if (!n->any)
		html_put(n->h, "<section><h2>To know</h2><ul class=\"notes\">\n");
	n->any = true;
	html_put(n->h, "<li>");
}

/* @one, @many: what follows the number; nothing is said of none. */
static void counted(struct notes *n, uint64_t count, const char *one, const char *many)
{
	char buf[HTML_NUMBER];

	if (!count)
		return;
	begin(n);
	html_put(n->h, "%s %s\n", html_count(count, buf), html_plural(count, one, many));
}

static void said(struct notes *n, bool so, const char *text)
{
	if (!so)
		return;
	begin(n);
	html_put(n->h, "%s\n", text);
}

/* Leisures that lie one behind the other. */
static void queued(struct notes *n, const struct bench_result *r)
{
	char window[HTML_NUMBER], rate[32];

	if (!r->growth.queued)
		return;
	begin(n);
	html_put(n->h, "<strong>Warning:</strong> the group takes %s for a request and is asked sooner "
		       "again; servers begin a leisure when the last one is over (RFC 7252, Section "
		       "8.2), so answers come later and later. <code>-r %s</code> leaves the time for "
		       "it.\n",
		 html_duration((double)r->growth.each, window),
		 bench_growth_rate(&r->growth, r->n_targets, rate));
}

/* Requests that leave after their time: this host is the bottleneck, not who is asked. */
static bool behind(const struct bench_result *r)
{
	return r->gap > 0 && r->lag.count &&
	       gcoap_histogram_at(&r->lag, 0.99) > (r->gap > 10 * GCOAP_MS ? 10 * GCOAP_MS : r->gap);
}

static void warnings(struct notes *n, const struct bench_result *r)
{
	char lag[HTML_NUMBER];

	for (size_t i = 0; i < n->h->report->n_errors; i++) {
		begin(n);
		html_put(n->h, "<strong>Error:</strong> ");
		html_text(n->h, n->h->report->errors[i].what);
		html_put(n->h, "\n");
	}
	said(n, r->interrupted, "<strong>Warning:</strong> the run was interrupted; these are the "
				"statistics up to then.");
	counted(n, r->kernel_drops, "datagram was dropped by this host's kernel: some loss is of "
				    "this host's own making.",
		"datagrams were dropped by this host's kernel: some loss is of this host's own "
		"making.");
	counted(n, r->dropped, "datagram was given up for want of memory.",
		"datagrams were given up for want of memory.");
	counted(n, r->unsent_rounds, "request could not be sent.", "requests could not be sent.");
	if (r->send_error) {
		begin(n);
		html_put(n->h, "The first failed send: ");
		html_text(n->h, strerror(r->send_error));
		html_put(n->h, ".\n");
	}
	queued(n, r);
	if (behind(r)) {
		begin(n);
		html_put(n->h, "<strong>Warning:</strong> one request in a hundred left %s or more behind "
			       "its planned time: the rate is near what this host can do.\n",
			 html_duration((double)gcoap_histogram_at(&r->lag, 0.99), lag));
	}
}

static void remarks(struct notes *n, const struct bench_result *r)
{
	counted(n, r->mid_reused, "request took a Message ID again within EXCHANGE_LIFETIME.",
		"requests took a Message ID again within EXCHANGE_LIFETIME.");
	if (bench_cut_short(r))
		said(n, true, "No request had its time: what is told is of the answers so far.");
	else
		counted(n, r->interrupted_rounds,
			"request was still open at the end and is not counted.",
			"requests were still open at the end and are not counted.");
	counted(n, r->warmup_rounds, "request of the warm-up is not counted.",
		"requests of the warm-up are not counted.");
	counted(n, r->refused_rounds, "request was refused by the proxy.",
		"requests were refused by the proxy.");
	counted(n, r->unreachable, "request met an unreachable endpoint (ICMP).",
		"requests met an unreachable endpoint (ICMP).");
	counted(n, r->resets, "request was answered with a Reset.",
		"requests were answered with a Reset.");
	counted(n, r->retransmissions, "retransmission.", "retransmissions.");
	counted(n, r->errors, "answer had an error code (4.xx or 5.xx).",
		"answers had an error code (4.xx or 5.xx).");
	counted(n, r->duplicates, "duplicate of an answer.", "duplicates of answers.");
	counted(n, r->further, "further answer of a server to the same request.",
		"further answers of a server to the same request.");
	counted(n, r->incomplete, "answer is the first block of a longer body; no more was asked.",
		"answers are the first blocks of longer bodies; no more was asked.");
	counted(n, r->late, "answer came too late.", "answers came too late.");
	counted(n, r->unnamed, "answer does not tell its server.",
		"answers do not tell their servers.");
	counted(n, r->unmatched, "answer to nothing that was asked.",
		"answers to nothing that was asked.");
	counted(n, r->malformed, "malformed datagram.", "malformed datagrams.");
}

void html_verdict(struct html *h)
{
	struct notes n = { h, false };

	asserts(h);
	warnings(&n, h->r);
	remarks(&n, h->r);
	if (n.any)
		html_put(h, "</ul></section>\n");
}
