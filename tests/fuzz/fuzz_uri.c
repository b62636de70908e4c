/* F7: URIs. What parses becomes options, these become a URI, and that has the same options. */
#include <gcoap/option.h>
#include <gcoap/uri.h>

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 2048

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
	if (!holds)
		abort();
}

static void must_be_diag(const struct gcoap_diag *d, size_t size)
{
	must(d->name && d->what && d->at <= size);
}

static void same_options(const struct gcoap_msg *a, const struct gcoap_msg *b)
{
	must(a->n_options == b->n_options);
	for (size_t i = 0; i < a->n_options; i++) {
		must(a->options[i].number == b->options[i].number);
		must(gcoap_bytes_equal(a->options[i].value, b->options[i].value));
	}
}

static void check_parsed(const struct gcoap_uri *u)
{
	must(u->port != 0);
	must(u->host_is_name == (u->addr.family == 0));
	must(u->host[0] && strnlen(u->host, sizeof(u->host)) < sizeof(u->host));
	must(strnlen(u->zone, sizeof(u->zone)) < sizeof(u->zone));
	must(u->path.len == 0 || u->path.ptr[0] == '/');
}

static void round_trip(const struct gcoap_uri *u, size_t size)
{
	struct gcoap_uri_store store, store_again;
	struct gcoap_msg m, m_again;
	struct gcoap_uri again;
	struct gcoap_diag d = { 0 };
	char text[4 * TEXT_MAX], cut[16];
	int r;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	if (gcoap_uri_to_options(u, &m, &store, &d) < 0) {
		must_be_diag(&d, size);
		return;
	}
	r = gcoap_uri_from_options(&m, u->addr.family ? &u->addr : NULL, text, sizeof(text));
	must(r > 0 && (size_t)r == strlen(text));
	for (const char *p = text; *p; p++)
		must(*p > ' ' && *p < 0x7f);
	must(gcoap_uri_from_options(&m, u->addr.family ? &u->addr : NULL, cut, sizeof(cut)) == r ||
	     strlen(cut) == sizeof(cut) - 1);
	r = gcoap_uri_parse(&again, text, &d);
	must(r == 0 || r == GCOAP_ELIMIT); /* percent-encoding makes it longer */
	if (r < 0)
		return;
	gcoap_msg_init(&m_again, GCOAP_NON, GCOAP_GET);
	must(gcoap_uri_to_options(&again, &m_again, &store_again, NULL) == 0);
	same_options(&m, &m_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct gcoap_diag d = { 0 };
	struct gcoap_uri u;

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (gcoap_uri_parse(&u, text, &d) == 0) {
		check_parsed(&u);
		round_trip(&u, size);
	} else {
		must_be_diag(&d, strlen(text));
	}
	free(text);
	return 0;
}
