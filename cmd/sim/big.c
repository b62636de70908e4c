/* The names of the members, and a body as long as wanted. */
#include "sim.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	"kitchen", "hall", "attic", "garage", "cellar", "bedroom", "bathroom", "office",
	"garden", "porch", "library", "workshop", "nursery", "pantry", "stairs", "balcony",
};
static const uint16_t text_only[] = { GCOAP_CF_TEXT };

const char *sim_name(uint32_t member, char buf[32])
{
	if (member < sizeof(names) / sizeof(*names))
		return names[member];
	snprintf(buf, 32, "member-%u", member + 1);
	return buf;
}

int sim_named(const struct gcoap_call *c, struct gcoap_reply *r)
{
	char buf[32];

	if (!sim_accept(c, r, text_only, 1))
		return 0;
	r->versioned = true;
	r->max_age = 3600;
	return sim_reply_text(c, r, "%s", sim_name(c->member, buf));
}

#define LINE 64

/* Lines of 64 characters that tell the member and where they are. */
static void fill(const struct gcoap_call *c, size_t offset, uint8_t *out, size_t len)
{
	char buf[32], line[96];
	const char *name = sim_name(c->member, buf);

	while (len) {
		size_t at = offset % LINE, n = LINE - at < len ? LINE - at : len;

		snprintf(line, sizeof(line), "%-16.16s line %08zu of that body, 64 characters each\n",
			 name, offset / LINE);
		memcpy(out, line + at, n);
		out += n;
		offset += n;
		len -= n;
	}
}

int sim_big(const struct gcoap_call *c, struct gcoap_reply *r)
{
	const struct sim *s = c->arg;

	if (!sim_accept(c, r, text_only, 1))
		return 0;
	r->versioned = true;
	r->max_age = 60;
	r->body.len = (size_t)s->args->big;
	r->fill = fill;
	return 0;
}
