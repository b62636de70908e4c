/* A server's validation as a JSON object (gcoap-json(5)). */
#include "render_common.h"

static void put_tag(struct jsonw *w, struct gcoap_bytes tag)
{
	if (tag.len)
		jsonw_hex(w, tag);
	else
		jsonw_lit(w, "null");
}

void record_validation(struct render_base *b, struct jsonw *w, const struct validation_record *v)
{
	const struct gcoap_validation *f = v->found;

	jsonw_lit(w, "{\"type\":\"validation\"");
	record_put_id(w, v->id);
	jsonw_lit(w, ",\"server\":");
	record_put_addr(w, &f->server);
	jsonw_lit(w, ",\"name\":");
	jsonw_text(w, render_name(b, &f->server));
	jsonw_lit(w, ",\"state\":");
	jsonw_text(w, gcoap_validate_state_name(f->state));
	jsonw_lit(w, ",\"etag\":");
	put_tag(w, f->state == GCOAP_VALIDATE_SILENT ? (struct gcoap_bytes){ 0 } : f->etag);
	jsonw_lit(w, ",\"old_etag\":");
	put_tag(w, f->old_etag);
	jsonw_lit(w, ",\"saved\":");
	jsonw_uint(w, f->saved);
	jsonw_lit(w, ",\"means\":");
	jsonw_text(w, v->means);
	jsonw_lit(w, ",\"body_len\":");
	if (v->has_body)
		jsonw_uint(w, v->body.len);
	else
		jsonw_lit(w, "null");
	jsonw_lit(w, ",\"kept_tag\":");
	jsonw_bool(w, f->kept_tag);
	jsonw_lit(w, ",\"same_body\":");
	jsonw_bool(w, f->same_body);
	jsonw_lit(w, "}");
}
