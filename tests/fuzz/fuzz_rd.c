/*
 * A Resource Directory, as lines: "P PARAMS" and a line of links registers, "U NUMBER PARAMS"
 * updates, "D NUMBER" removes, "E QUERY" and "R QUERY" look up, "T xxx" passes an hour for each x;
 * parameters stand between '&'. What a look-up yields is link format, with absolute targets
 * where it lists resources, and is the same when it is asked for again.
 */
#include <gcoap/gcoap.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ENTRIES 8
#define BYTES 4096

static void must(int holds)
{
	if (!holds)
		abort();
}

struct played {
	struct gcoap_rd *rd;
	gcoap_time now;
	struct gcoap_bytes rest;
};

static struct gcoap_bytes next_until(struct gcoap_bytes *rest, uint8_t end)
{
	const uint8_t *stop = rest->len ? memchr(rest->ptr, end, rest->len) : NULL;
	struct gcoap_bytes part = { rest->ptr, stop ? (size_t)(stop - rest->ptr) : rest->len };
	size_t step = part.len + (stop != NULL);

	if (step)
		*rest = (struct gcoap_bytes){ rest->ptr + step, rest->len - step };
	return part;
}

static void add_query(struct gcoap_msg *m, struct gcoap_bytes query)
{
	while (query.len && m->n_options < 32)
		gcoap_msg_add(m, GCOAP_URI_QUERY, next_until(&query, '&'));
}

static void check_document(struct gcoap_bytes body, bool absolute)
{
	struct gcoap_link_reader reader;
	struct gcoap_link link;
	int r;

	gcoap_link_reader_init(&reader, body);
	while ((r = gcoap_link_next(&reader, &link, NULL)) == 1)
		must(absolute ? memchr(link.target.ptr, ':', link.target.len) != NULL
			      : !memcmp(link.target.ptr, "/rd/", 4));
	must(r == 0);
	must(body.len <= BYTES);
}

static void ask(struct played *p, uint8_t what, struct gcoap_bytes where,
		struct gcoap_bytes query, struct gcoap_bytes body)
{
	static uint8_t room[GCOAP_REPLY_ROOM];
	struct gcoap_reply r = { .code = GCOAP_CONTENT, .content_format = -1 };
	struct gcoap_msg m;
	struct gcoap_call c = { .from = { .family = 4, .port = 9, .bytes = { 192, 0, 2, 1 } },
				.msg = &m, .body = body, .accept = -1, .content_format = -1,
				.now = p->now, .room = room };

	gcoap_msg_init(&m, GCOAP_CON, what == 'D' ? GCOAP_DELETE : GCOAP_POST);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "rd");
	gcoap_msg_add(&m, GCOAP_URI_PATH, where);
	add_query(&m, query);
	switch (what) {
	case 'P':
		must(gcoap_rd_register(p->rd, &c, &r) == 0);
		must((r.code == GCOAP_CREATED) == (r.n_extra == 2));
		break;
	case 'U':
	case 'D':
		must(gcoap_rd_location(p->rd, &c, &r) == 0);
		break;
	case 'E':
		must(gcoap_rd_endpoints(p->rd, &c, &r) == 0);
		break;
	case 'R':
		must(gcoap_rd_resources(p->rd, &c, &r) == 0);
		break;
	}
	if (r.code == GCOAP_CONTENT)
		check_document(r.body, what == 'R');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct played p = { .now = 1000 * GCOAP_SECOND, .rest = { data, size } };

	if (gcoap_rd_new(&p.rd, ENTRIES, BYTES) < 0)
		return 0;
	while (p.rest.len) {
		struct gcoap_bytes line = next_until(&p.rest, '\n'), none = { 0 };
		struct gcoap_bytes verb = next_until(&line, ' ');
		uint8_t what = verb.len ? *verb.ptr : 0;

		if (what == 'P')
			ask(&p, what, none, line, next_until(&p.rest, '\n'));
		else if (what == 'U' || what == 'D')
			ask(&p, what, next_until(&line, ' '), line, none);
		else if (what == 'E' || what == 'R')
			ask(&p, what, none, line, none);
		else if (what == 'T')
			p.now += (gcoap_time)line.len * 3600 * GCOAP_SECOND;
		must(gcoap_rd_count(p.rd, p.now) <= ENTRIES);
	}
	gcoap_rd_free(&p.rd);
	return 0;
}
