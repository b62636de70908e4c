/* Allocations that fail one after the other: nothing falls over, leaks or lies. */
#include "test.h"

#include "alloc_fail.h"
#include "serve_fixture.h"

/* A bit of everything; the fixture itself is allocated before. */
static void play(struct fx *f)
{
	struct gcoap_addr one = fx_member(0);
	static const uint8_t body[16];
	struct gcoap_msg m;
	uint8_t store[4];

	if (gcoap_serve_new(&f->serve, &f->config) < 0) {
		assert_null(f->serve);
		return;
	}
	fx_request(&m, GCOAP_NON, GCOAP_GET, 1, "/r");
	gcoap_msg_add_uint(&m, GCOAP_OBSERVE, 0, store);
	fx_group(f, &m);
	fx_run(f, f->now + 5 * GCOAP_SECOND);
	fx_request(&m, GCOAP_CON, GCOAP_PUT, 2, "/r");
	gcoap_msg_add(&m, GCOAP_BLOCK1, bytes(0x08));
	m.payload = (struct gcoap_bytes){ body, sizeof(body) };
	fx_give(f, &one, &m);
	fx_request(&m, GCOAP_CON, GCOAP_PUT, 3, "/r");
	gcoap_msg_add(&m, GCOAP_BLOCK1, bytes(0x10));
	m.payload = (struct gcoap_bytes){ body, sizeof(body) };
	fx_give(f, &one, &m);
	fx_request(&m, GCOAP_CON, GCOAP_GET, 4, "/slow");
	fx_give(f, &one, &m);
	fx_run(f, f->now + 300 * GCOAP_SECOND);
	fx_request(&m, GCOAP_NON, GCOAP_PUT, 5, "/r");
	fx_group(f, &m);
	fx_run(f, f->now + GCOAP_SECOND);
	gcoap_serve_free(&f->serve);
}

static void every_allocation_may_fail(void **state)
{
	size_t n, end = SIZE_MAX;
	struct fx f;

	(void)state;
	for (n = 1; n < end; n++) {
		fx_init(&f, 3);
		alloc_fail_at(n);
		play(&f);
		if (!alloc_failed())
			end = n;
		fx_close(&f);
	}
	assert_in_range(n, 20, 2000);
}

static void ten_thousand_members_are_light(void **state)
{
	struct gcoap_msg m;
	struct fx f;

	(void)state;
	fx_init(&f, 10000);
	fx_open(&f);
	alloc_fail_at(0);
	fx_request(&m, GCOAP_NON, GCOAP_GET, 1, "/r");
	fx_group(&f, &m);
	fx_run(&f, f.now + 2 * GCOAP_SECOND);
	assert_in_range(f.n, 3500, FX_SENT_MAX - 1);
	/* the request, and the heap that doubles: not one an answer; the rest is the
	 * fixture's, one a datagram given */
	assert_in_range(alloc_count(), 1, 20);
	fx_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(ten_thousand_members_are_light),
	};

	return cmocka_run_group_tests_name("serve_memory", tests, NULL, NULL);
}
