/* F3: link format. What is read lies inside the input, and filters take any bytes. */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gcoap_bytes all = { data, size };
	struct gcoap_link_reader r;
	struct gcoap_link link;
	struct gcoap_diag d = { 0 };
	int got;

	gcoap_link_reader_init(&r, all);
	while ((got = gcoap_link_next(&r, &link, &d)) > 0) {
		check_link(&link, all);
		gcoap_link_matches(&link, (struct gcoap_bytes){ data, size < 40 ? size : 40 });
	}
	must(got == 0 || (d.name && d.what && d.at <= size));
	return 0;
}
