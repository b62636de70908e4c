/* F1: messages. What decodes is encoded to a message that means the same, in the shortest
 * form, and every check of its options holds for any content. */
#include <gcoap/block.h>
#include <gcoap/option.h>

#include <stdlib.h>
#include <string.h>

#define OUT_MAX (1 << 17)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
	if (!holds)
		abort();
}

static void same_message(const struct gcoap_msg *a, const struct gcoap_msg *b)
{
	must(a->type == b->type && a->code == b->code && a->mid == b->mid);
	must(gcoap_msg_same_token(a, b));
	must(a->n_options == b->n_options);
	for (size_t i = 0; i < a->n_options; i++) {
		must(a->options[i].number == b->options[i].number);
		must(gcoap_bytes_equal(a->options[i].value, b->options[i].value));
	}
	must(gcoap_bytes_equal(a->payload, b->payload));
}

static void round_trip(const struct gcoap_msg *m, size_t size)
{
	static uint8_t first[OUT_MAX], second[OUT_MAX];
	struct gcoap_msg again;
	int n = gcoap_msg_encode(m, first, sizeof(first));

	must(n >= 4 && (size_t)n <= size && (size_t)n == gcoap_msg_size(m));
	must(gcoap_msg_encode(m, second, (size_t)n - 1) == GCOAP_ESPACE);
	must(gcoap_msg_decode(&again, (struct gcoap_bytes){ first, (size_t)n }, NULL) == 0);
	same_message(m, &again);
	must(gcoap_msg_encode(&again, second, sizeof(second)) == n);
	must(memcmp(first, second, (size_t)n) == 0);
}

static void check_options(const struct gcoap_registry *r, const struct gcoap_msg *m)
{
	const struct gcoap_option *bad = gcoap_option_bad_critical(r, m, NULL);
	struct gcoap_block block;
	uint8_t store[4];
	uint32_t n;

	must(!bad || gcoap_option_critical(bad->number));
	for (size_t i = 0; i < m->n_options; i++) {
		const struct gcoap_option *o = &m->options[i];
		bool usable = gcoap_option_usable(r, m, o, NULL);

		must(usable || !gcoap_option_critical(o->number) || (bad && bad <= o));
		must(gcoap_msg_find(m, o->number) <= o);
		if (gcoap_block_decode(o->value, &block, NULL) == 0)
			must(gcoap_block_encode(&block, store) <= o->value.len);
		if (gcoap_uint_decode(o->value, 4, &n) == 0)
			must(gcoap_uint_encode(n, store) <= o->value.len);
		gcoap_utf8_valid(o->value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gcoap_registry registry;
	struct gcoap_diag diag = { 0 };
	struct gcoap_msg m;

	if (registry.n == 0)
		gcoap_registry_init(&registry);
	if (gcoap_msg_decode(&m, (struct gcoap_bytes){ data, size }, &diag) == 0)
		round_trip(&m, size);
	else
		must(diag.name && diag.what && diag.at <= size);
	check_options(&registry, &m);
	gcoap_utf8_valid(m.payload);
	return 0;
}
