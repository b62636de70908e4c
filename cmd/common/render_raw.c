/* raw: the payloads' bytes, one server's behind another's, exactly as they came. */
#include <stdlib.h>
#include "cli.h"
#include "render_common.h"
#include "summary.h"

struct raw {
	struct render_base base; /* first member */
	uint32_t refused;	 /* payloads kept from the terminal */
};

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct raw *raw = (struct raw *)to;

	if (raw->base.env.tty && !raw->base.env.args->force && !payload_clean(r->body)) {
		raw->refused++;
		return 0;
	}
	return r->body.len ? render_write(&raw->base, (const char *)r->body.ptr, r->body.len) : 0;
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	return on_response(to, n->response);
}

static int finish(struct render *r, const struct gcoap_summary *s, int status)
{
	const char *const hints[] = {
		"send them to a file or a pipe, or add --force", NULL
	};
	struct raw *raw = (struct raw *)r;
	int e = render_flush(r);

	summary_print(&raw->base, s, false);
	if (e < 0 || !raw->refused)
		return e;
	cli_error(CLI_LOCAL, hints, "not clean text, kept from the terminal: %u %s", raw->refused,
		  raw->refused == 1 ? "payload" : "payloads");
	return GCOAP_EPERMISSION;
}

int render_raw_open(struct render **out, const struct render_env *env)
{
	struct raw *raw = render_new(sizeof(*raw), env);

	if (!raw)
		return GCOAP_ENOMEM;
	raw->base.render.sink.response = on_response;
	raw->base.render.sink.notification = on_notification;
	raw->base.render.finish = finish;
	*out = &raw->base.render;
	return 0;
}
