/* What the simulator says: a ready line, with --json one line a request, and a summary. */
#include "sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "common/cli.h"

/* The command beside the group owns stdout. */
static FILE *out(const struct sim *s)
{
	return s->args->netns ? stderr : stdout;
}

/* A JSON string; bytes that are not printable ASCII as \u00NN of the byte. */
static void put_string(FILE *f, struct gcoap_bytes b)
{
	fputc('"', f);
	for (size_t i = 0; i < b.len; i++) {
		uint8_t ch = b.ptr[i];

		if (ch == '"' || ch == '\\')
			fprintf(f, "\\%c", ch);
		else if (ch < 0x20 || ch >= 0x7f)
			fprintf(f, "\\u%04x", ch);
		else
			fputc(ch, f);
	}
	fputc('"', f);
}

static void put_key_text(FILE *f, const char *key, const char *text)
{
	fprintf(f, ",\"%s\":", key);
	if (text)
		put_string(f, gcoap_bytes_text(text));
	else
		fputs("null", f);
}

static void put_time(FILE *f, gcoap_time at)
{
	gcoap_time wall = at + gcoap_wall_offset();
	time_t seconds = (time_t)(wall / GCOAP_SECOND);
	char text[32];
	struct tm tm;

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &tm));
	fprintf(f, ",\"ts\":\"%s.%06uZ\"", text,
		(unsigned)(wall % GCOAP_SECOND / GCOAP_US));
}

static void put_groups(const struct sim *s, FILE *f, const char *quote, const char *between)
{
	char buf[GCOAP_ADDR_TEXT];

	for (size_t i = 0; i < s->n_groups; i++)
		fprintf(f, "%s%s%s%s", i ? between : "", quote,
			gcoap_addr_format(&s->groups[i], buf), quote);
}

void sim_report_ready(struct sim *s)
{
	char first[GCOAP_ADDR_TEXT], last[GCOAP_ADDR_TEXT];
	struct gcoap_addr a, b;
	FILE *f = out(s);

	sim_address_of(s, 0, 4, &a);
	sim_address_of(s, s->args->members - 1, 4, &b);
	gcoap_addr_format_host(&a, first);
	gcoap_addr_format_host(&b, last);
	if (s->args->json) {
		fprintf(f, "{\"type\":\"ready\",\"v\":1,\"tool\":\"gcoap-sim\",\"members\":%u,"
			   "\"first\":\"%s\",\"last\":\"%s\",\"port\":%u,\"groups\":[",
			s->args->members, first, last, s->listen.port);
		put_groups(s, f, "\"", ",");
		fprintf(f, "],\"interface\":\"%s\",\"profile\":\"%s\",\"dialect\":\"%s\"}\n",
			s->device, s->args->profile, s->args->dialect);
	} else if (!s->args->quiet) {
		fprintf(f, "ready: %u members %s-%s group ", s->args->members, first, last);
		put_groups(s, f, "", ",");
		fprintf(f, " profile %s\n", s->args->profile);
	}
	fflush(f);
}

static const char *taken_name(enum gcoap_taken t)
{
	switch (t) {
	case GCOAP_TAKEN_REQUEST:
		return "request";
	case GCOAP_TAKEN_DUPLICATE:
		return "duplicate";
	case GCOAP_TAKEN_REPLY:
		return "reply";
	case GCOAP_TAKEN_REFUSED:
		return "refused";
	case GCOAP_TAKEN_SILENT:
		return "silent";
	}
	return NULL;
}

static void put_message(FILE *f, const struct gcoap_datagram *in, const struct gcoap_msg *m)
{
	char uri[GCOAP_URI_MAX * 3], hex[2 * GCOAP_TOKEN_MAX + 1], code[5];

	if (gcoap_uri_from_options(m, &in->to, uri, sizeof(uri)) < 0)
		uri[0] = '\0';
	gcoap_hex_encode((struct gcoap_bytes){ m->token, m->token_len }, hex, sizeof(hex));
	put_key_text(f, "method", gcoap_code_name(m->code));
	put_key_text(f, "code", gcoap_code_format(m->code, code));
	put_key_text(f, "uri", uri);
	put_key_text(f, "mtype", gcoap_type_name(m->type));
	fprintf(f, ",\"mid\":\"%04x\",\"token\":\"%s\",\"payload_len\":%zu", m->mid, hex,
		m->payload.len);
}

void sim_report_seen(void *arg, const struct gcoap_datagram *in, const struct gcoap_msg *msg,
		     enum gcoap_taken taken, const char *why)
{
	struct sim *s = arg;
	char buf[GCOAP_ADDR_TEXT];
	FILE *f = out(s);

	/* Replies to notifications and what was meant for others are not requests. */
	if (taken == GCOAP_TAKEN_REPLY || (msg && !GCOAP_CODE_IS_REQUEST(msg->code)))
		return;
	fprintf(f, "{\"type\":\"%s\"", msg ? "request" : "malformed");
	put_time(f, in->at);
	put_key_text(f, "from", gcoap_addr_format(&in->from, buf));
	put_key_text(f, "to", gcoap_addr_format(&in->to, buf));
	fprintf(f, ",\"group\":%s", gcoap_addr_is_multicast(&in->to) ? "true" : "false");
	if (msg)
		put_message(f, in, msg);
	put_key_text(f, "taken", taken_name(taken));
	put_key_text(f, "why", why);
	fprintf(f, ",\"bytes\":%zu}\n", in->data.len);
	fflush(f);
	if (ferror(f))
		gcoap_loop_stop(s->loop); /* nobody reads it any more */
}

void sim_report_summary(struct sim *s)
{
	struct gcoap_serve_stats st;
	FILE *f = out(s);

	gcoap_serve_stats(s->serve, &st);
	if (st.unsent) {
		cli_warn("%" PRIu64 " answers could not be sent", st.unsent);
		cli_hint("the servers' addresses must be local: 127.x.y.z, or ip route add "
			 "local PREFIX dev lo, and --first-address");
	}
	if (!s->args->json)
		return;
	fprintf(f, "{\"type\":\"summary\",\"v\":1,\"elapsed_ms\":%.3f,\"datagrams\":%" PRIu64
		   ",\"requests\":%" PRIu64 ",\"group_requests\":%" PRIu64
		   ",\"duplicates\":%" PRIu64 ",\"malformed\":%" PRIu64 ",\"ignored\":%" PRIu64,
		(double)(gcoap_now() - s->started) / (double)GCOAP_MS, st.datagrams, st.requests,
		st.group_requests, st.duplicates, st.malformed, st.ignored);
	fprintf(f, ",\"answers\":%" PRIu64 ",\"suppressed\":%" PRIu64 ",\"notifications\":%" PRIu64
		   ",\"retransmissions\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"dropped\":%" PRIu64 ",\"unsent\":%" PRIu64
		   ",\"observers\":%" PRIu64 ",\"kernel_drops\":%" PRIu64 "}\n",
		st.answers, st.suppressed, st.notifications, st.retransmissions, st.lost,
		st.dropped, st.unsent, st.observers, gcoap_udp_drops(s->udp));
	fflush(f);
}
