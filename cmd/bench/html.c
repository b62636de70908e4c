/* --html: the report as one page that asks the network for nothing. */
#include "bench/html.h"

#include <gcoap/version.h>
#include "bench/file.h"
#include "common/cli.h"

void html_head(struct html *h)
{
	html_put(h,
		 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		 "style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action "
		 "'none'\">\n<meta name=\"viewport\" content=\"width=device-width, "
		 "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
		 "<meta name=\"generator\" content=\"gcoap-bench %s\">\n",
		 html_style_hash, html_script_hash, GCOAP_VERSION);
	html_put(h, "<style>%s</style>\n", html_style);
}

bool html_has_servers(const struct bench_result *r)
{
	return r->group || r->n_servers > 1;
}

static int over_time(struct html *h)
{
	int e;

	html_put(h, "<section><h2>%s</h2>\n<div class=\"grid2\">\n",
		 html_has_servers(h->r) ? "Servers" : "Over time");
	e = html_heat(h);
	html_over_time(h);
	if (html_has_servers(h->r)) {
		html_put(h, "<div>\n");
		if (e == 0)
			e = html_lost(h);
		html_leisure(h);
		html_put(h, "</div>\n");
	} else {
		html_traffic(h);
	}
	html_put(h, "</div></section>\n");
	return e;
}

static int page(struct html *h)
{
	int e;

	html_head(h);
	html_title(h);
	html_strip(h);
	html_verdict(h);
	html_latency(h);
	e = over_time(h);
	html_compare(h);
	html_figures(h);
	if (e == 0)
		e = html_servers(h);
	html_repeat(h);
	html_put(h, "</main>\n<footer>Made by gcoap-bench %s. This page needs no network.</footer>\n",
		 GCOAP_VERSION);
	html_put(h, "<script>%s</script>\n</body>\n</html>\n", html_script);
	return e;
}

int bench_write_html(const struct bench_report *r, const char *path)
{
	struct bench_file file;
	struct html h = { .report = r, .r = r->result };
	int e = bench_file_open(&file, "--html", path);

	if (e != CLI_OK)
		return e;
	h.out = file.out;
	e = page(&h);
	if (e == 0)
		return bench_file_commit(&file);
	bench_file_abort(&file);
	return cli_error(CLI_LOCAL, NULL, "--html %s: %s", path, gcoap_strerror(e));
}
