/* Every datagram of tests/bad/server at a front, and memory that runs out. */
#include <glob.h>
#include <stdio.h>

#include "alloc_fail.h"
#include "engine_play.h"
#include "front_play.h"
#include "test.h"

#define C1 "198.51.100.1:40001"

static size_t load(const char *path, uint8_t *buf, size_t cap, char want[16])
{
	char line[256];
	size_t len = 0;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	want[0] = '\0';
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '#' && sscanf(line, "unicast %15s", want) != 1 &&
		    strncmp(line, "group ", 6) != 0)
			len += (size_t)gcoap_hex_decode(line, strlen(line), buf + len,
							cap - len);
	}
	fclose(f);
	return len;
}

/* What a server must do at the message layer; the rest is for whoever is served. */
static void each_bad_datagram_is_met_as_the_rules_say(void **state)
{
	struct front_play p;
	uint8_t buf[2048];
	char want[16];
	glob_t g;

	(void)state;
	front_init(&p);
	front_open(&p);
	assert_int_equal(glob("tests/bad/server/*.txt", 0, NULL, &g), 0);
	assert_true(g.gl_pathc >= 50);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		const char *path = g.gl_pathv[i], *got = "silent";
		size_t len = load(path, buf, sizeof(buf), want), before = p.n_requests;

		front_forget(&p);
		front_wait(&p, 300 * GCOAP_SECOND);
		front_recv_bytes(&p, C1, buf, len);
		if (p.n_requests > before)
			continue;
		if (p.n_sent)
			got = front_last(&p)->type == GCOAP_RST	       ? "RST"
			      : front_last(&p)->code == GCOAP_BAD_OPTION ? "4.02"
									 : "?";
		if (strcmp(got, want) != 0)
			fail_msg("%s: %s, not %s", path, got, want);
	}
	globfree(&g);
	front_close(&p);
}

static void prefixes_and_changed_bytes_do_no_harm(void **state)
{
	struct front_play p;
	uint8_t buf[2048];
	char want[16];
	glob_t g;

	(void)state;
	front_init(&p);
	p.answers = 1;
	front_open(&p);
	assert_int_equal(glob("tests/bad/server/*.txt", 0, NULL, &g), 0);
	assert_true(g.gl_pathc >= 50);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		size_t len = load(g.gl_pathv[i], buf, sizeof(buf), want);

		for (size_t n = 0; n < len && n < 64; n++) {
			front_forget(&p);
			front_recv_bytes(&p, C1, buf, n);
			buf[n] ^= (uint8_t)(1u << (n % 8));
			front_recv_bytes(&p, C1, buf, len);
			buf[n] ^= (uint8_t)(1u << (n % 8));
			front_wait(&p, GCOAP_SECOND);
		}
	}
	globfree(&g);
	front_close(&p);
}

/* Strangers, proofs, duplicates, CON and NON responses, RST and loss. */
static void play(struct front_play *p)
{
	struct gcoap_msg m;

	if (gcoap_front_new(&p->front, &p->config) < 0)
		return;
	p->engine = gcoap_front_engine(p->front);
	for (uint16_t mid = 0; mid < 8; mid++) {
		struct gcoap_bytes value = { 0 };
		uint8_t echo[8];

		front_forget(p);
		front_request(&m, mid % 2 ? GCOAP_NON : GCOAP_CON, mid);
		front_recv(p, C1, &m);
		if (p->n_sent && gcoap_msg_find(front_last(p), GCOAP_ECHO))
			value = gcoap_msg_find(front_last(p), GCOAP_ECHO)->value;
		memcpy(echo, value.ptr ? value.ptr : (const uint8_t *)"", value.len);
		m.mid += 100;
		gcoap_msg_add(&m, GCOAP_ECHO, (struct gcoap_bytes){ echo, value.len });
		front_recv(p, C1, &m);
		front_recv(p, C1, &m);
		if (!p->n_requests)
			continue;
		if (front_respond(p, mid % 3 ? GCOAP_SEND_CON : GCOAP_SEND_NON, "x") == 0)
			front_recv_empty(p, C1, mid % 5 ? GCOAP_ACK : GCOAP_RST,
					 front_last(p)->mid);
		front_respond(p, GCOAP_SEND_CON, "nobody is there");
		front_wait(p, 50 * GCOAP_SECOND);
	}
	front_close(p);
}

static void any_allocation_may_fail(void **state)
{
	static struct front_play p;
	size_t n = 1;

	(void)state;
	for (bool reached = true; reached; n++) {
		front_init(&p);
		p.config.echo = GCOAP_ECHO_ON;
		p.answers = 1;
		alloc_fail_at(n);
		play(&p);
		reached = alloc_failed();
	}
	assert_in_range(n, 50, 5000);
}

static int no_bytes(struct gcoap_random *from, void *buf, size_t len)
{
	(void)from;
	(void)buf;
	(void)len;
	return GCOAP_ESYSTEM;
}

static void there_is_no_front_without_random_bytes_or_whom_it_serves(void **state)
{
	struct front_play p;

	(void)state;
	front_init(&p);
	p.random.fill = no_bytes;
	assert_int_equal(gcoap_front_new(&p.front, &p.config), GCOAP_ESYSTEM);
	assert_null(p.front);
	p.config.served = NULL;
	assert_int_equal(gcoap_front_new(&p.front, &p.config), GCOAP_EINVALID);
	gcoap_front_free(&p.front);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bad_datagram_is_met_as_the_rules_say),
		cmocka_unit_test(prefixes_and_changed_bytes_do_no_harm),
		cmocka_unit_test(any_allocation_may_fail),
		cmocka_unit_test(there_is_no_front_without_random_bytes_or_whom_it_serves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
