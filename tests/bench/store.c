/*
 * What the client's cache on disk costs, as one JSON object:
 *
 *   store [ENTRIES]
 *
 * Keeping so many answers of 200 bytes (10,000, of one request), and looking one up: by key and
 * server in no order, and all of the request in one pass.
 */
#include <gcoap/store.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct gcoap_store *store;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct gcoap_addr server(unsigned n)
{
	return (struct gcoap_addr){ .family = 4, .port = GCOAP_PORT,
				    .bytes = { 10, (uint8_t)(n >> 16), (uint8_t)(n >> 8),
					       (uint8_t)n } };
}

static int count(void *arg, const struct gcoap_stored *e)
{
	*(unsigned *)arg += e->message.len == 200;
	return 0;
}

static int measure(unsigned entries)
{
	static const uint8_t message[200] = { 1 }, etag[4] = { 2 };
	struct gcoap_bytes key = gcoap_bytes_text("GET /firmware/version");
	struct gcoap_stored e = { .key = key, .fresh_until = 60, .etag = { etag, 4 },
				  .message = { message, sizeof(message) } };
	double put, get, all, start = seconds();
	unsigned found = 0, each = 0;
	struct gcoap_addr a;
	uint32_t x = 12345;

	for (unsigned i = 0; i < entries; i++) {
		e.server = server(i);
		if (gcoap_store_put(store, &e) < 0)
			return -1;
	}
	if (gcoap_store_commit(store) < 0)
		return -1;
	put = seconds() - start;
	start = seconds();
	for (unsigned i = 0; i < entries; i++) {
		x = x * 1664525 + 1013904223;
		a = server((x >> 8) % entries);
		found += gcoap_store_get(store, key, &a, 2, &e) > 0;
	}
	get = seconds() - start;
	start = seconds();
	if (gcoap_store_each(store, key, count, &each) < 0)
		return -1;
	all = seconds() - start;
	printf("{\"entries\":%u,\"put_us\":%.2f,\"lookup_us\":%.2f,\"each_us\":%.2f}\n", entries,
	       put * 1e6 / entries, get * 1e6 / entries, all * 1e6 / entries);
	return found == entries && each == entries ? 0 : -1;
}

int main(int argc, char *argv[])
{
	unsigned entries = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10000;
	char dir[] = "/tmp/store.XXXXXX", path[64], other[80];
	struct gcoap_store_config c = { .path = path };
	int r;

	if (!entries || !mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/db", dir);
	r = gcoap_store_open(&store, &c, NULL);
	if (r >= 0)
		r = measure(entries);
	(void)gcoap_store_close(&store);
	for (int i = 0; i < 3; i++) {
		snprintf(other, sizeof(other), "%s%s", path, (const char *[]){ "", "-wal", "-shm" }[i]);
		(void)unlink(other);
	}
	(void)rmdir(dir);
	return r < 0;
}
