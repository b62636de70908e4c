/* /.well-known/core of the chaos profile: documents that are not quite link format. */
#include "sim.h"

#include <stdio.h>
#include <string.h>

static void one_long_link(const struct gcoap_call *c, size_t offset, uint8_t *out, size_t len)
{
	(void)c;
	memset(out, 'x', len);
	if (!offset && len > 1)
		memcpy(out, "</", 2);
}

/* "</00000>,</00001>,…" */
static void many_links(const struct gcoap_call *c, size_t offset, uint8_t *out, size_t len)
{
	char link[16];

	(void)c;
	for (size_t i = 0; i < len; i++) {
		if (!i || (offset + i) % 9 == 0)
			snprintf(link, sizeof(link), "</%05zu>,", (offset + i) / 9 % 100000);
		out[i] = (uint8_t)link[(offset + i) % 9];
	}
}

static const struct gcoap_bytes documents[] = {
#define TEXT(t) { (const uint8_t *)(t), sizeof(t) - 1 }
	TEXT("</temp>;rt=\"temperature\",<unclosed"),
	TEXT("</temp>;rt=\"temperature\",</b>;rt=\"unclosed"),
	TEXT("</temp>;rt=\"temperature\",</b>;=\"no name\""),
	TEXT("</temp>;rt=\"temperature\" </b>;rt=\"no comma\""),
	TEXT("</a>;anchor=\"/one\";anchor=\"/two\";rt=\"first\";rt=\"second\",</b>"),
	TEXT("</a>;title=\"\033[2J\033]0;title\a \x9b" "31m \xe2\x80\xae" "txt.exe\",</b>"),
	TEXT("</a>;title*=klingon''%41%4,</b>;title*=UTF-8''%ff%fe"),
	TEXT("<//192.0.2.99/a>,<coap://192.0.2.99/b>,<c>,<../d>,<>,<?e>,</f>;anchor=\"//192.0.2.99\""),
	TEXT("</nul\0inside>;title=\"\xff\xfe\xc0\xaf\xed\xa0\x80\",</b>"),
	TEXT("{\"e\":[{\"href\":\"/temp\"}]}"),
	TEXT("</a>;ct=\"0 99999999 x\";sz=-1;obs=\"yes\";rt=\"\",</b>;ct=;"),
#undef TEXT
};
#define DOCUMENTS (sizeof(documents) / sizeof(*documents))

/* One member of eight; which of the faults tells its number. Filters are not looked at. */
int sim_core_chaos(const struct gcoap_call *c, struct gcoap_reply *r)
{
	size_t i = c->member / 8 % (DOCUMENTS + 2);

	if (c->member % 8 != 2)
		return gcoap_call_links(c, r);
	r->content_format = GCOAP_CF_LINK;
	if (i < DOCUMENTS) {
		r->body = documents[i];
	} else if (i == DOCUMENTS) {
		r->body.len = 1u << 20;
		r->fill = one_long_link;
	} else {
		r->body.len = 10001 * 9 - 1;
		r->fill = many_links;
	}
	return 0;
}
