/*
 * What the proxy's cache costs, as one JSON object:
 *
 *   cache [ENTRIES]
 *
 * Memory and the sweep with so many entries of 64 bytes (100,000); a look-up, from the request's
 * options to the answer's; and a whole request, from the message that came to the one that goes
 * out: both among 1,000 and among all.
 */
#include <proxy/cache.h>

#include <gcoap/client.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FEW 1000
#define LOOKS 200000
#define CLIENTS 8
#define SIZE ((size_t)96 << 20)

static struct gcoap__cache *cache;
static struct gcoap_registry registry;
static struct gcoap__target target;
static struct gcoap__cache_key key;
static struct gcoap__cached out;
static gcoap_time now = 1000 * GCOAP_SECOND;

/* Of the processor, so that nobody else counts. */
static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double rss_mib(void)
{
	long pages[2] = { 0 };
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%ld %ld", &pages[0], &pages[1]) != 2)
		pages[1] = 0;
	if (f)
		fclose(f);
	return (double)pages[1] * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

/* GET coap://10.x.y.z/s/temp for request @n. */
static void make_key(unsigned n)
{
	struct gcoap__group_etags none = { 0 };
	struct gcoap_peer from = { .addr = { .family = 4, .port = 40000 } };

	from.addr.bytes[3] = (uint8_t)(n % CLIENTS);
	target.kind = GCOAP__SERVER;
	target.addr = (struct gcoap_addr){ .family = 4, .port = GCOAP_PORT };
	target.addr.bytes[0] = 10;
	target.addr.bytes[1] = (uint8_t)(n >> 16);
	target.addr.bytes[2] = (uint8_t)(n >> 8);
	target.addr.bytes[3] = (uint8_t)n;
	gcoap_msg_init(&target.msg, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&target.msg, GCOAP_URI_PATH, "s");
	gcoap_msg_add_text(&target.msg, GCOAP_URI_PATH, "temp");
	if (gcoap__cache_key(&key, cache, &target, &from, &none) < 0)
		abort();
}

static void fill(unsigned from, unsigned to)
{
	static const uint8_t payload[64] = { 1 }, etag[4] = { 2 }, age[2] = { 1, 44 };
	struct gcoap_origin server = { 0 };
	struct gcoap__recall *r;
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, GCOAP_ETAG, (struct gcoap_bytes){ etag, sizeof(etag) });
	gcoap_msg_add(&m, GCOAP_CONTENT_FORMAT, (struct gcoap_bytes){ NULL, 0 });
	gcoap_msg_add(&m, GCOAP_MAX_AGE, (struct gcoap_bytes){ age, sizeof(age) });
	m.payload = (struct gcoap_bytes){ payload, sizeof(payload) };
	for (unsigned i = from; i < to; i++) {
		make_key(i);
		server.addr = target.addr;
		r = gcoap__recall_new(cache, &key);
		if (!r)
			abort();
		gcoap__recall_answer(cache, r, &server, &m, now, &out);
		gcoap__recall_free(cache, &r);
	}
}

/* Nanoseconds of a look-up among the first @n, in no order: the best of five rounds. */
static double look_up(unsigned n)
{
	double best = 1e9;
	uint32_t x = 12345;

	for (int round = 0; round < 5; round++) {
		double start = seconds(), took;

		for (unsigned i = 0; i < LOOKS; i++) {
			x = x * 1664525 + 1013904223;
			make_key((x >> 8) % n);
			if (!gcoap__cache_find(cache, &key, now, &out))
				abort();
		}
		took = (seconds() - start) * 1e9 / LOOKS;
		if (took < best)
			best = took;
	}
	return best;
}

/* ---- whole requests ---- */

static struct gcoap_proxy *proxy;
static unsigned responses;

static int respond(struct gcoap_way *w, const struct gcoap_peer *to, struct gcoap_msg *msg,
		   enum gcoap_send_as as, gcoap_time at)
{
	static uint8_t bytes[1500];

	responses += gcoap_msg_encode(msg, bytes, sizeof(bytes)) > 64;
	return 0;
}

static void request(unsigned n)
{
	static struct gcoap_way way = { .respond = respond };
	static const uint8_t local[4] = { 127, 0, 0, 1 };
	struct gcoap_peer from = { .way = &way, .addr = { .family = 4, .port = 40000 } };
	struct gcoap_served *served = gcoap_proxy_served(proxy);
	char uri[64];
	uint8_t token[4] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), 1 }, buf[128];
	struct gcoap_msg m, in;
	int len;

	from.local = from.addr;
	memcpy(from.local.bytes, local, sizeof(local));
	memcpy(from.addr.bytes, local, sizeof(local));
	from.addr.bytes[3] = (uint8_t)(n % CLIENTS);
	snprintf(uri, sizeof(uri), "coap://10.%u.%u.%u/s/temp", n >> 16, n >> 8 & 255, n & 255);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_set_token(&m, token, sizeof(token));
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, uri);
	len = gcoap_msg_encode(&m, buf, sizeof(buf));
	if (len < 0 ||
	    gcoap_msg_decode(&in, (struct gcoap_bytes){ buf, (size_t)len }, NULL) < 0)
		abort();
	served->request(served, &from, &in, now);
}

/* What goes to the servers comes back with the answer. */
static void answer(void)
{
	static const uint8_t payload[64] = { 1 }, age[2] = { 1, 44 };
	struct gcoap_engine *e = gcoap_proxy_engine(proxy);
	struct gcoap_datagram out_d, in = { .at = now };
	struct gcoap_msg m, r;
	uint8_t buf[256];

	while (e->send(e, &out_d, now) == 1) {
		if (gcoap_msg_decode(&m, out_d.data, NULL) < 0 || !m.code)
			continue;
		gcoap_msg_init(&r, m.type == GCOAP_CON ? GCOAP_ACK : GCOAP_NON, GCOAP_CONTENT);
		r.mid = m.mid;
		gcoap_msg_set_token(&r, m.token, m.token_len);
		gcoap_msg_add(&r, GCOAP_MAX_AGE, (struct gcoap_bytes){ age, sizeof(age) });
		r.payload = (struct gcoap_bytes){ payload, sizeof(payload) };
		in.from = out_d.to;
		in.data = (struct gcoap_bytes){ buf, 0 };
		in.data.len = (size_t)gcoap_msg_encode(&r, buf, sizeof(buf));
		e->recv(e, &in, now);
	}
}

static void open_proxy(void)
{
	static const struct gcoap_proxy_client client = { .net = { .family = 4 } };
	static const struct gcoap_proxy_target to = { .net = { .family = 4 } };
	struct gcoap_proxy_config c = GCOAP_PROXY_CONFIG_DEFAULT;

	c.registry = &registry;
	c.clients = &client;
	c.n_clients = 1;
	c.targets = &to;
	c.n_targets = 1;
	c.cache_size = SIZE;
	if (gcoap_proxy_new(&proxy, &c) < 0)
		abort();
}

/* Nanoseconds of a request among the first @n: the best of five rounds. */
static double requests(unsigned n)
{
	double best = 1e9;
	uint32_t x = 54321;

	for (int round = 0; round < 5; round++) {
		double start = seconds(), took;

		responses = 0;
		for (unsigned i = 0; i < LOOKS; i++) {
			x = x * 1664525 + 1013904223;
			request((x >> 8) % n);
		}
		took = (seconds() - start) * 1e9 / LOOKS;
		if (responses != LOOKS)
			abort();
		if (took < best)
			best = took;
	}
	return best;
}

static void measure_requests(unsigned entries, double *few, double *all)
{
	open_proxy();
	for (unsigned i = 0; i < entries; i++) {
		request(i);
		answer();
		if (i + 1 == FEW)
			*few = requests(FEW);
		/* what the engine remembers of exchanges passes */
		if (i % 1000 == 0)
			now += GCOAP_SECOND;
	}
	*all = requests(entries);
	gcoap_proxy_free(&proxy);
}

int main(int argc, char *argv[])
{
	const uint64_t seed[2] = { 3, 4 };
	unsigned entries = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 100000;
	double few, all, mib, worst = 0, start, took, few_requests = 0, all_requests;
	struct gcoap_proxy_stats s;

	gcoap_registry_init(&registry);
	if (gcoap__cache_new(&cache, SIZE, GCOAP_CACHE_T, &registry, 0, seed) < 0)
		return 1;
	fill(0, FEW);
	few = look_up(FEW);
	start = seconds();
	fill(FEW, entries);
	took = seconds() - start;
	mib = rss_mib();
	all = look_up(entries);
	gcoap__cache_stats(cache, &s);
	now += 601 * GCOAP_SECOND;
	while (gcoap__cache_deadline(cache) <= now) {
		double sweep = seconds();

		gcoap__cache_tick(cache, now);
		sweep = seconds() - sweep;
		if (sweep > worst)
			worst = sweep;
	}
	gcoap__cache_free(&cache);
	measure_requests(entries, &few_requests, &all_requests);
	printf("{\"entries\":%llu,\"rss_mib\":%.1f,\"counted_mib\":%.1f,"
	       "\"lookup_few_ns\":%.0f,\"lookup_all_ns\":%.0f,\"store_ns\":%.0f,"
	       "\"sweep_ms\":%.2f,\"request_few_ns\":%.0f,\"request_all_ns\":%.0f}\n",
	       (unsigned long long)s.cache_entries, mib, (double)s.cache_bytes / 1048576, few,
	       all, took * 1e9 / (entries > FEW ? entries - FEW : 1), worst * 1e3,
	       few_requests, all_requests);
	return s.cache_entries == entries ? 0 : 1;
}
