/* Documents to links: those that can be read and that were asked for. */
#include <stdio.h>
#include <string.h>
#include "directories.h"

bool found_filtered(const struct discover *d)
{
	const struct discover_own *o = d->own;

	return o->rt != NULL || o->iface != NULL || o->ct != NULL || o->obs || o->href != NULL;
}

static bool passes(const struct gcoap_link *link, const char *name, const char *value)
{
	char filter[GCOAP_LINK_VALUE_MAX];

	snprintf(filter, sizeof(filter), "%s=%s", name, value);
	return gcoap_link_matches(link, gcoap_bytes_text(filter));
}

/* Servers may pass over filters, and RFC 6690 has them apply one only. */
static bool wanted(const struct discover *d, const struct link_record *l)
{
	const struct discover_own *o = d->own;

	return (o->rt == NULL || passes(l->link, "rt", o->rt)) &&
	       (o->iface == NULL || passes(l->link, "if", o->iface)) &&
	       (o->ct == NULL || passes(l->link, "ct", d->ct + 3)) &&
	       (!o->obs || gcoap_link_flag(l->link, "obs")) &&
	       (o->href == NULL || link_href_matches(l, o->href));
}

void found_server(const struct found *f, struct link_server *out)
{
	*out = (struct link_server){
		.server = f->server,
		.addr = f->addr,
		.group = f->group,
		.base = f->base,
		.links = f->links,
		.rtt = f->rtt,
		.code = f->code,
		.problem = f->fault.name,
	};
}

static void note(struct gcoap_diag *first, const struct gcoap_diag *diag)
{
	if (first->name == NULL)
		*first = *diag;
}

/* With @d NULL every link passes. */
static int walk(const struct discover *d, struct found *f,
		int (*each)(void *arg, const struct link_record *l), void *arg)
{
	struct gcoap_link_reader reader;
	struct gcoap_link link;
	struct gcoap_diag diag = { 0 };
	struct link_server server;
	struct link_record record = { f->id, &server, &link, f->origin };
	int r = 0, got;

	found_server(f, &server);
	f->fault = f->value_fault = (struct gcoap_diag){ 0 };
	f->links = f->read = 0;
	gcoap_link_reader_init(&reader, (struct gcoap_bytes){ f->body, f->len });
	while (r >= 0 && (got = gcoap_link_next(&reader, &link, &diag)) != 0) {
		if (got < 0) {
			note(&f->fault, &diag);
			if (!gcoap_link_resume(&reader, diag.at))
				break;
			continue;
		}
		f->read++;
		if (gcoap_link_check(&link, &diag) < 0)
			note(&f->value_fault, &diag);
		if (d != NULL && !wanted(d, &record))
			continue;
		f->links++;
		if (each != NULL)
			r = each(arg, &record);
	}
	return r < 0 ? r : 0;
}

int found_each(const struct discover *d, struct found *f,
	       int (*each)(void *arg, const struct link_record *l), void *arg)
{
	return walk(d, f, each, arg);
}

int found_links(struct found *f, int (*each)(void *arg, const struct link_record *l), void *arg)
{
	return walk(NULL, f, each, arg);
}
