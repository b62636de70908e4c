/* One registration: made of parameters, links and what was registered before. */
#include "serve/rd.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE_MAX (GCOAP_ADDR_TEXT + 16)

/* "coap://192.0.2.1:40000": where the registration came from. A zone means nothing there. */
static struct gcoap_bytes source(const struct gcoap_addr *from, char uri[SOURCE_MAX])
{
	struct gcoap_addr a = *from;
	char host[GCOAP_ADDR_TEXT];

	a.scope = 0;
	if (a.port == GCOAP_PORT)
		snprintf(uri, SOURCE_MAX, a.family == 6 ? "coap://[%s]" : "coap://%s",
			 gcoap_addr_format_host(&a, host));
	else
		snprintf(uri, SOURCE_MAX, "coap://%s", gcoap_addr_format(&a, host));
	return gcoap_bytes_text(uri);
}

static struct gcoap_bytes name_of(struct gcoap_bytes param)
{
	const uint8_t *eq = memchr(param.ptr, '=', param.len);

	return (struct gcoap_bytes){ param.ptr, eq ? (size_t)(eq - param.ptr) : param.len };
}

static bool is_given(const struct rd_params *p, struct gcoap_bytes name)
{
	for (size_t i = 0; i < p->n_extra; i++)
		if (gcoap_bytes_equal(name_of(p->extra[i]), name))
			return true;
	return false;
}

/* The other parameters: old ones stay unless they are given again (Section 5.3.1). */
static void put_extra(struct rd_text *t, const struct rd_params *p, const struct rd_entry *old)
{
	struct gcoap_link link = { .params = old ? old->extra : (struct gcoap_bytes){ 0 } };
	struct gcoap_link_param param;
	size_t pos = 0, from = 0;

	for (; gcoap_link_param_next(&link, &pos, &param); from = pos)
		if (!is_given(p, param.name))
			gcoap__rd_put(t, old->extra.ptr + from, pos - from);
	for (size_t i = 0; i < p->n_extra; i++) {
		struct gcoap_bytes name = name_of(p->extra[i]);

		gcoap__rd_put_text(t, ";");
		gcoap__rd_put(t, name.ptr, name.len);
		if (name.len == p->extra[i].len)
			continue;
		gcoap__rd_put_text(t, "=");
		gcoap__rd_put_quoted(t, (struct gcoap_bytes){ name.ptr + name.len + 1,
							      p->extra[i].len - name.len - 1 });
	}
}

static void put_attribute(struct rd_text *t, const char *name, struct gcoap_bytes value)
{
	gcoap__rd_put_text(t, name);
	gcoap__rd_put_quoted(t, value);
}

/* The link of an endpoint look-up (Section 6.4). */
static void put_self(struct rd_text *t, const struct rd_entry *e, const struct rd_params *p,
		     const struct rd_entry *old)
{
	char path[32];

	snprintf(path, sizeof(path), "<" GCOAP_RD_PATH "/%" PRIu32 ">", e->id);
	gcoap__rd_put_text(t, path);
	put_attribute(t, ";ep=", e->ep);
	if (e->d.len)
		put_attribute(t, ";d=", e->d);
	put_extra(t, p, old);
	put_attribute(t, ";base=", e->base);
	gcoap__rd_put_text(t, ";rt=\"core.rd-ep\"");
}

/* @view is copied into @e's text. */
static void keep(struct rd_entry *e, struct gcoap_bytes *view)
{
	if (view->len)
		memcpy(e->text + e->size, view->ptr, view->len);
	view->ptr = e->text + e->size;
	e->size += view->len;
}

static struct rd_entry *copy(const struct rd_entry *from)
{
	size_t size = from->ep.len + from->d.len + from->base.len + from->extra.len +
		      from->self.len + from->links.len;
	struct rd_entry *e = malloc(sizeof(*e) + size);

	if (!e)
		return NULL;
	*e = *from;
	e->size = 0;
	keep(e, &e->ep);
	keep(e, &e->d);
	keep(e, &e->base);
	keep(e, &e->extra);
	keep(e, &e->self);
	keep(e, &e->links);
	return e;
}

struct rd_entry *gcoap__rd_entry_new(uint32_t id, const struct rd_params *p,
				     const struct rd_entry *old, struct gcoap_bytes links,
				     const struct gcoap_addr *from, gcoap_time now)
{
	struct rd_text extra = { .max = SIZE_MAX }, self = { .max = SIZE_MAX };
	struct rd_entry view = { .id = id, .lt = GCOAP_RD_LIFETIME, .links = links };
	struct rd_entry *e = NULL;
	char uri[SOURCE_MAX];

	view.ep = old ? old->ep : p->ep;
	view.d = old ? old->d : p->d;
	view.hash = gcoap__rd_hash(view.ep, view.d);
	view.base_given = p->base.ptr || (old && old->base_given);
	view.base = p->base.ptr ? p->base : view.base_given ? old->base : source(from, uri);
	if (p->lt_given || old)
		view.lt = p->lt_given ? p->lt : old->lt;
	view.expires = now + view.lt * GCOAP_SECOND;
	put_extra(&extra, p, old);
	put_self(&self, &view, p, old);
	view.extra = (struct gcoap_bytes){ extra.p, extra.len };
	view.self = (struct gcoap_bytes){ self.p, self.len };
	if (!extra.no_memory && !self.no_memory)
		e = copy(&view);
	free(extra.p);
	free(self.p);
	return e;
}
