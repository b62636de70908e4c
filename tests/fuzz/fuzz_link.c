/* F3: link format. What is read lies inside the input, filters take any bytes, and a link that
 * is printed reads the same again. */
#include <gcoap/link.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
	if (!holds)
		abort();
}

static void must_be_inside(struct gcoap_bytes part, struct gcoap_bytes whole)
{
	must(part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_link(const struct gcoap_link *link, struct gcoap_bytes all)
{
	uint8_t value[GCOAP_LINK_VALUE_MAX];
	struct gcoap_link_param p;
	size_t pos = 0, last = 0;

	must(all.ptr[link->at] == '<');
	must_be_inside(link->target, all);
	must_be_inside(link->params, all);
	while (gcoap_link_param_next(link, &pos, &p)) {
		must(pos > last && p.name.len > 0);
		must_be_inside(p.name, link->params);
		if (p.has_value)
			must_be_inside(p.value, link->params);
		must(gcoap_link_param_value(&p, value, sizeof(value)) <= p.value.len);
		last = pos;
	}
	must(pos == link->params.len); /* what was checked is read to its end */
}

static bool same_params(const struct gcoap_link *a, const struct gcoap_link *b)
{
	struct gcoap_link_param p, q;
	size_t i = 0, k = 0;

	while (gcoap_link_param_next(a, &i, &p)) {
		if (!gcoap_link_param_next(b, &k, &q) || !gcoap_bytes_equal(p.name, q.name) ||
		    p.has_value != q.has_value || !gcoap_bytes_equal(p.value, q.value))
			return false;
	}
	return !gcoap_link_param_next(b, &k, &q);
}

/* Parse, print, parse; and what the target means is inside its document's origin or absolute. */
static void check_print(const struct gcoap_link *link)
{
	static char text[1 << 20], uri[4096];
	struct gcoap_link_reader r;
	struct gcoap_link again;
	int n = gcoap_link_format(link, NULL, text, sizeof(text));

	if (n >= 0) {
		must(text[n] == '\0');
		gcoap_link_reader_init(&r, (struct gcoap_bytes){ (uint8_t *)text, (size_t)n });
		must(gcoap_link_next(&r, &again, NULL) == 1);
		must(gcoap_bytes_equal(link->target, again.target) && same_params(link, &again));
	}
	n = gcoap_link_resolve("coap://192.0.2.1", link->target, uri, sizeof(uri), NULL);
	must(n < 0 || uri[n] == '\0');
	n = gcoap_link_format(link, "coap://192.0.2.1", text, sizeof(text));
	must(n < 0 || text[n] == '\0');
}

static void check_meaning(const struct gcoap_link *link, size_t size)
{
	struct gcoap_diag d = { 0 };

	if (gcoap_link_check(link, &d) < 0)
		must(d.name && d.what && d.at <= size);
	gcoap_link_flag(link, "osc");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gcoap_bytes all = { data, size };
	struct gcoap_link_reader r;
	struct gcoap_link link;
	struct gcoap_diag d = { 0 };
	int got;

	gcoap_link_reader_init(&r, all);
	while ((got = gcoap_link_next(&r, &link, &d)) != 0) {
		if (got < 0) {
			must(d.name && d.what && d.at <= size);
			if (!gcoap_link_resume(&r, d.at))
				break;
			continue;
		}
		check_link(&link, all);
		check_print(&link);
		check_meaning(&link, size);
		gcoap_link_matches(&link, (struct gcoap_bytes){ data, size < 40 ? size : 40 });
	}
	return 0;
}
