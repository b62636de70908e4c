/* Links and changes as JSON objects (gcoap-json(5)). */
#include "json_scan.h"
#include "render_common.h"

static void put_server(struct render_base *b, struct jsonw *w, const struct link_server *s)
{
	jsonw_lit(w, ",\"server\":");
	jsonw_text(w, s->server);
	jsonw_lit(w, ",\"name\":");
	jsonw_text(w, render_name(b, &s->addr));
	if (s->group == NULL)
		return;
	jsonw_lit(w, ",\"group\":");
	jsonw_text(w, s->group);
	jsonw_lit(w, ",\"base\":");
	jsonw_text(w, s->base);
}

void record_link(struct render_base *b, struct jsonw *w, const struct link_record *l)
{
	char uri[2 * GCOAP_LINK_VALUE_MAX];
	struct gcoap_link_param anchor;
	struct gcoap_diag d = { 0 };

	jsonw_lit(w, "{\"type\":\"link\",\"id\":");
	if (l->id > 0) {
		jsonw_lit(w, "\"r");
		jsonw_uint(w, l->id);
		jsonw_lit(w, "\"");
	} else {
		jsonw_lit(w, "null");
	}
	put_server(b, w, l->server);
	jsonw_lit(w, ",\"href\":");
	jsonw_bytes(w, l->link->target);
	jsonw_lit(w, ",\"uri\":");
	jsonw_text(w, link_uri(l, uri, sizeof(uri)));
	if (gcoap_link_param_find(l->link, "anchor", &anchor)) {
		jsonw_lit(w, ",\"context\":");
		jsonw_text(w, gcoap_link_resolve(l->origin, anchor.value, uri, sizeof(uri), NULL) < 0 ?
				      NULL : uri);
	}
	jsonw_lit(w, ",\"attrs\":");
	link_attrs_json(w, l->link);
	if (gcoap_link_check(l->link, &d) < 0) {
		jsonw_lit(w, ",\"problem\":");
		jsonw_text(w, d.name);
		jsonw_lit(w, ",\"problem_at\":");
		jsonw_uint(w, d.at);
	}
	jsonw_lit(w, "}");
}

void record_group(struct render_base *b, struct jsonw *w, const struct link_server *s)
{
	jsonw_lit(w, "{\"type\":\"group\"");
	put_server(b, w, s);
	jsonw_lit(w, ",\"links\":");
	jsonw_uint(w, s->links);
	jsonw_lit(w, "}");
}

/* It may come from a file that somebody wrote. */
static void put_json(struct jsonw *w, const char *text)
{
	if (text == NULL || !json_copy(w, gcoap_bytes_text(text), NULL))
		jsonw_lit(w, "null");
}

void record_change(struct jsonw *w, const struct link_change *c)
{
	jsonw_lit(w, "{\"type\":\"change\",\"what\":");
	jsonw_text(w, link_change_name(c->kind));
	jsonw_lit(w, ",\"server\":");
	jsonw_text(w, c->server);
	jsonw_lit(w, ",\"href\":");
	jsonw_text(w, c->href);
	jsonw_lit(w, ",\"uri\":");
	jsonw_text(w, c->uri);
	jsonw_lit(w, ",\"attrs\":");
	put_json(w, c->attrs);
	jsonw_lit(w, ",\"old_attrs\":");
	put_json(w, c->old_attrs);
	jsonw_lit(w, "}");
}
