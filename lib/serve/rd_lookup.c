/* Look-ups (RFC 9176, Section 6): filters, pages, and the document that they yield. */
#include "serve/rd.h"

#include <gcoap/format.h>
#include <string.h>

struct lookup {
	struct gcoap_rd *rd;
	struct gcoap_bytes filters[GCOAP_OPTIONS_MAX];
	size_t n_filters;
	bool paged;
	uint64_t page, count;
	uint64_t first, last, matched; /* links of the page; those that matched so far */
};

static bool parse_number(struct gcoap_bytes v, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < v.len; i++) {
		if (v.ptr[i] < '0' || v.ptr[i] > '9' || *out > UINT32_MAX)
			return false;
		*out = *out * 10 + (v.ptr[i] - '0');
	}
	return v.len && *out <= UINT32_MAX;
}

/* True when @param is "@name=…"; *@value is then what follows. */
static bool is_param(struct gcoap_bytes param, const char *name, struct gcoap_bytes *value)
{
	size_t len = strlen(name);

	if (param.len <= len || memcmp(param.ptr, name, len) != 0 || param.ptr[len] != '=')
		return false;
	*value = (struct gcoap_bytes){ param.ptr + len + 1, param.len - len - 1 };
	return true;
}

/* Takes page and count out of the filters; false: they are no numbers, or page is alone. */
static bool parse_query(struct lookup *l, const struct gcoap_msg *m)
{
	struct gcoap_bytes params[GCOAP_OPTIONS_MAX], value;
	size_t n = gcoap__rd_query(m, params);
	bool page = false;

	for (size_t i = 0; i < n; i++) {
		if (is_param(params[i], "page", &value)) {
			page = true;
			if (!parse_number(value, &l->page))
				return false;
		} else if (is_param(params[i], "count", &value)) {
			l->paged = true;
			if (!parse_number(value, &l->count) || !l->count)
				return false;
		} else {
			l->filters[l->n_filters++] = params[i];
		}
	}
	l->first = l->page * l->count;
	l->last = l->paged ? l->first + l->count : UINT64_MAX;
	return l->paged || !page;
}

/* The link that @text starts with. */
static struct gcoap_link read_link(struct gcoap_bytes text)
{
	struct gcoap_link link = { 0 };
	struct gcoap_link_reader reader;

	gcoap_link_reader_init(&reader, text);
	gcoap_link_next(&reader, &link, NULL);
	return link;
}

static struct gcoap_bytes behind(const struct rd_text *t, size_t start)
{
	return (struct gcoap_bytes){ t->p + start, t->len - start };
}

/* One bit for each filter that the endpoint itself passes. */
static uint64_t endpoint_passes(const struct lookup *l, const struct rd_entry *e)
{
	struct gcoap_link self = read_link(e->self);
	uint64_t bits = 0;

	for (size_t i = 0; i < l->n_filters; i++)
		bits |= (uint64_t)gcoap_link_matches(&self, l->filters[i]) << i;
	return bits;
}

static uint64_t all_filters(const struct lookup *l)
{
	return l->n_filters == 64 ? UINT64_MAX : ((uint64_t)1 << l->n_filters) - 1;
}

/* Filters that the resolved @text passes, of those that are not in @already. */
static uint64_t link_passes(const struct lookup *l, struct gcoap_bytes text, uint64_t already)
{
	struct gcoap_link link = read_link(text);

	for (size_t i = 0; i < l->n_filters; i++)
		if (!(already >> i & 1) && gcoap_link_matches(&link, l->filters[i]))
			already |= (uint64_t)1 << i;
	return already;
}

/* Keep what was written from @start on when it is on the page. */
static void take(struct lookup *l, struct rd_text *t, size_t start)
{
	if (l->matched < l->first || l->matched >= l->last)
		t->len = start;
	l->matched++;
}

/* The comma goes before all but the first. */
static void separate(struct rd_text *t)
{
	if (t->len)
		gcoap__rd_put_text(t, ",");
}

/* An endpoint passes a filter when itself or any of its links does (Section 6.2). */
static void look_at_endpoint(struct lookup *l, const struct rd_entry *e)
{
	struct rd_text *t = &l->rd->document;
	uint64_t passed = endpoint_passes(l, e);
	struct gcoap_link_reader reader;
	struct gcoap_link link;
	size_t start = t->len;

	gcoap_link_reader_init(&reader, e->links);
	while (passed != all_filters(l) && gcoap_link_next(&reader, &link, NULL) == 1) {
		gcoap__rd_put_link(t, &link, e->base);
		passed = link_passes(l, behind(t, start), passed);
		t->len = start;
	}
	if (passed != all_filters(l))
		return;
	separate(t);
	gcoap__rd_put(t, e->self.ptr, e->self.len);
	take(l, t, start);
}

/* A link passes a filter when itself or its endpoint does. */
static void look_at_links(struct lookup *l, const struct rd_entry *e)
{
	uint64_t of_endpoint = endpoint_passes(l, e);
	struct rd_text *t = &l->rd->document;
	struct gcoap_link_reader reader;
	struct gcoap_link link;

	gcoap_link_reader_init(&reader, e->links);
	while (l->matched < l->last && gcoap_link_next(&reader, &link, NULL) == 1) {
		size_t start = t->len, text;

		separate(t);
		text = t->len;
		gcoap__rd_put_link(t, &link, e->base);
		if (link_passes(l, behind(t, text), of_endpoint) == all_filters(l))
			take(l, t, start);
		else
			t->len = start;
	}
}

/* Which interface, and every Uri-Query: what the document is the answer to. */
static void put_question(struct rd_text *t, const struct gcoap_msg *m, char interface)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_URI_QUERY);

	gcoap__rd_put(t, &interface, 1);
	for (; o; o = gcoap_msg_next(m, o)) {
		gcoap__rd_put(t, &o->value.len, sizeof(o->value.len));
		gcoap__rd_put(t, o->value.ptr, o->value.len);
	}
}

/* Is the last document the answer to this request too? Else the question is noted. */
static bool is_answered(struct gcoap_rd *rd, const struct gcoap_msg *m, char interface)
{
	struct rd_text *q = &rd->question;
	struct gcoap_bytes before, now;
	size_t len = q->len;
	bool same;

	put_question(q, m, interface);
	before = (struct gcoap_bytes){ q->p, len };
	now = behind(q, len);
	same = len && rd->document_version == rd->version && gcoap_bytes_equal(before, now);
	if (q->p)
		memmove(q->p, q->p + len, q->len - len);
	q->len -= len;
	return same;
}

static int answer(struct gcoap_rd *rd, struct gcoap_reply *r)
{
	if (rd->document.no_memory || rd->question.no_memory) {
		rd->question.len = 0; /* the document is no answer to it */
		return GCOAP_ENOMEM;
	}
	if (rd->document.too_long) {
		r->code = GCOAP_UNAVAILABLE;
		r->content_format = -1;
		r->body = gcoap_bytes_text("too many links: ask with count and page");
		return 0;
	}
	r->versioned = true;
	r->version = rd->version;
	r->body = (struct gcoap_bytes){ rd->document.p, rd->document.len };
	return 0;
}

static int look_up(struct gcoap_rd *rd, const struct gcoap_call *c, struct gcoap_reply *r,
		   char interface)
{
	static const uint16_t formats[] = { GCOAP_CF_LINK };
	struct lookup l = { .rd = rd };

	r->content_format = gcoap_call_format(c, formats, 1);
	if (r->content_format < 0) {
		r->code = GCOAP_NOT_ACCEPTABLE;
		return 0;
	}
	if (!parse_query(&l, c->msg)) {
		r->code = GCOAP_BAD_REQUEST;
		r->content_format = -1;
		r->body = gcoap_bytes_text("count is a number above 0, page needs count");
		return 0;
	}
	gcoap__rd_expire(rd, c->now);
	rd->document.no_memory = rd->question.no_memory = false;
	if (is_answered(rd, c->msg, interface))
		return answer(rd, r);
	rd->document.len = 0;
	rd->document.too_long = false;
	rd->document_version = rd->version;
	for (uint32_t i = 0; i < rd->n && l.matched < l.last; i++) {
		if (rd->entries[i]->expires <= c->now)
			continue;
		if (interface == 'e')
			look_at_endpoint(&l, rd->entries[i]);
		else
			look_at_links(&l, rd->entries[i]);
	}
	return answer(rd, r);
}

int gcoap_rd_endpoints(struct gcoap_rd *rd, const struct gcoap_call *c, struct gcoap_reply *r)
{
	return look_up(rd, c, r, 'e');
}

int gcoap_rd_resources(struct gcoap_rd *rd, const struct gcoap_call *c, struct gcoap_reply *r)
{
	return look_up(rd, c, r, 'r');
}
