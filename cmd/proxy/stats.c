/* What the proxy has counted. */
#include "proxy.h"

#include <inttypes.h>
#include "common/cli.h"

struct row {
	const char *key, *words;
	uint64_t value;
};

#define ROWS_MAX 40

/* One table for people and for programs. */
static size_t rows_fill(const struct proxy *p, struct row out[ROWS_MAX])
{
	struct gcoap_proxy_stats s;
	struct gcoap_front_stats f;
	size_t n = 0;

	gcoap_proxy_stats(p->core, &s);
	proxy_front_stats(p, &f);
#define ADD(key, words, value) out[n++] = (struct row){ key, words, value }
	ADD("requests", "requests", s.requests);
	ADD("group_requests", "  to groups", s.group_requests);
	ADD("unicast_requests", "  to single servers", s.unicast_requests);
	ADD("refused", "  refused", s.refused);
	ADD("forwarded", "  forwarded", s.forwarded);
	ADD("relayed", "answers relayed", s.relayed);
	ADD("cached", "answers from the cache", s.cached);
	ADD("late", "answers too late", s.late);
	ADD("dropped", "answers not relayed", s.dropped);
	ADD("timeouts", "ended by their time", s.timeouts);
	ADD("stopped", "ended by the client or at the end", s.stopped);
	ADD("ongoing", "ongoing now", s.ongoing);
	ADD("observations", "observations now", s.observations);
	ADD("observers", "  their observers", s.observers);
	ADD("responses_2xx", "responses 2.xx", s.by_code[2]);
	ADD("responses_4xx", "responses 4.xx", s.by_code[4]);
	ADD("responses_5xx", "responses 5.xx", s.by_code[5]);
	ADD("cache_entries", "cache entries", s.cache_entries);
	ADD("cache_bytes", "  bytes", s.cache_bytes);
	ADD("cache_hits", "  hits", s.cache_hits);
	ADD("cache_misses", "  misses", s.cache_misses);
	ADD("cache_evicted", "  evicted", s.cache_evicted);
	ADD("datagrams", "datagrams of UDP clients", f.datagrams);
	ADD("duplicates", "  duplicates", f.duplicates);
	ADD("malformed", "  malformed", f.malformed);
	ADD("challenged", "  challenged for their address", f.challenged);
	ADD("proved", "  that proved it", f.proved);
	ADD("bytes_in", "  bytes in", f.bytes_in);
	ADD("bytes_out", "  bytes out", f.bytes_out);
	ADD("unsent", "  not sent", f.unsent);
	ADD("kernel_drops", "datagrams of servers lost here", gcoap_udp_drops(p->upstream));
#undef ADD
	return n;
}

void proxy_stats_json(const struct proxy *p, struct jsonw *w, gcoap_time now)
{
	struct row rows[ROWS_MAX];
	size_t n = rows_fill(p, rows);

	jsonw_lit(w, "{\"type\":\"stats\",\"v\":1");
	proxy_put_time(w, now);
	proxy_put_key(w, "uptime_ms");
	jsonw_ms(w, now - p->started, 1);
	for (size_t i = 0; i < n; i++) {
		proxy_put_key(w, rows[i].key);
		jsonw_uint(w, rows[i].value);
	}
	jsonw_lit(w, "}");
}

static void say_text(const struct proxy *p, gcoap_time now)
{
	struct row rows[ROWS_MAX];
	size_t n = rows_fill(p, rows);
	char line[128];

	snprintf(line, sizeof(line), "%-34s %.1f s", "up for",
		 (double)(now - p->started) / (double)GCOAP_SECOND);
	proxy_say(line);
	for (size_t i = 0; i < n; i++) {
		snprintf(line, sizeof(line), "%-34s %" PRIu64, rows[i].words, rows[i].value);
		proxy_say(line);
	}
}

void proxy_stats_say(struct proxy *p)
{
	struct jsonw w = { 0 };
	gcoap_time now = gcoap_now();

	if (!p->args->json) {
		say_text(p, now);
		return;
	}
	proxy_stats_json(p, &w, now);
	if (!w.failed)
		proxy_log_line(p, w.buf, w.len);
	jsonw_clear(&w);
}
