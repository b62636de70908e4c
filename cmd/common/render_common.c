#include "render_common.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <gcoap/net.h>
#include "cli.h"
#include "progress.h"

/* Records that come closer together than this are written as one. */
#define FLUSH_GAP (2 * GCOAP_MS)

/* --color, then NO_COLOR (no-color.org), CLICOLOR_FORCE, then whether it is a terminal. */
bool render_colour(const struct render_env *env)
{
	const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE");
	const char *term = getenv("TERM");

	if (!strcmp(env->args->color, "always"))
		return true;
	if (!strcmp(env->args->color, "never") || (no && *no))
		return false;
	if (force && *force && strcmp(force, "0"))
		return true;
	return env->tty && term && strcmp(term, "dumb");
}

static bool shown(const struct output_args *args, const char *what, bool unless_named)
{
	for (size_t i = 0; i < args->show.n; i++)
		if (!strcmp(args->show.items[i], what))
			return true;
	return unless_named && !args->show.n;
}

void *render_new(size_t size, const struct render_env *env)
{
	static const char *const times[] = { "iso", "unix", "rel", "none" };
	struct render_base *b = calloc(1, size);
	struct stat st;

	if (!b) {
		cli_warn("out of memory");
		return NULL;
	}
	b->env = *env;
	b->as = (enum payload_as)payload_as_parse(env->args->payload_as);
	for (int i = 0; i < 4; i++)
		if (!strcmp(env->args->time, times[i]))
			b->time = (enum render_time)i;
	b->colour = render_colour(env);
	b->ascii = env->args->ascii;
	b->show_req = shown(env->args, "req", false);
	b->show_opts = shown(env->args, "opts", false);
	b->show_payload = shown(env->args, "payload", true);
	b->regular = !fstat(fileno(env->out), &st) && S_ISREG(st.st_mode);
	b->wall = env->wall ? env->wall : gcoap_wall_offset();
	b->second = -1;
	b->group_port = GCOAP_PORT;
	b->render.flush = render_flush;
	b->render.close = render_free;
	return b;
}

void render_free(struct render *r)
{
	free(r);
}

const char *render_name(const struct render_base *b, const struct gcoap_addr *addr)
{
	return b->env.name_of && addr->family ? b->env.name_of(b->env.name_arg, addr) : NULL;
}

size_t render_server(const struct gcoap_origin *server, char *buf, size_t cap)
{
	int n;

	if (server->scheme == GCOAP_SCHEME_COAP && server->addr.family && cap >= GCOAP_ADDR_TEXT)
		return strlen(gcoap_addr_format(&server->addr, buf));
	n = server->addr.family || server->host[0] ? gcoap_origin_format(server, buf, cap) : -1;
	if (n < 0)
		n = snprintf(buf, cap, "unknown");
	return (size_t)n;
}

void render_note_request(struct render_base *b, const struct gcoap_request_record *r)
{
	b->requests++;
	if (!b->first)
		b->first = r->at;
	b->group_port = r->to.port;
	b->group |= r->group;
}

static void iso_second(struct render_base *b, int64_t second)
{
	time_t t = (time_t)second;
	struct tm tm;

	b->second = second;
	if (!gmtime_r(&t, &tm) || !strftime(b->iso, sizeof(b->iso), "%Y-%m-%dT%H:%M:%S", &tm))
		memcpy(b->iso, "1970-01-01T00:00:00", 20);
}

static char *put_uint(char *out, uint64_t v, unsigned at_least)
{
	char digits[20], *p = digits + sizeof(digits);
	size_t n;

	for (unsigned i = 0; v || i < at_least; i++, v /= 10)
		*--p = (char)('0' + v % 10);
	n = (size_t)(digits + sizeof(digits) - p);
	memcpy(out, p, n);
	return out + n;
}

size_t render_when(struct render_base *b, gcoap_time at, char buf[32])
{
	char *p = buf;
	gcoap_time t = b->time == TIME_REL ? at - b->first : at + b->wall;

	if (t < 0)
		t = 0;
	if (b->time == TIME_NONE) {
		*p = '\0';
		return 0;
	}
	if (b->time == TIME_ISO) {
		if (t / GCOAP_SECOND != b->second)
			iso_second(b, t / GCOAP_SECOND);
		memcpy(p, b->iso, 19);
		p += 19;
	} else
		p = put_uint(p, (uint64_t)(t / GCOAP_SECOND), 1);
	*p++ = '.';
	p = put_uint(p, (uint64_t)(t % GCOAP_SECOND / GCOAP_US), 6);
	if (b->time == TIME_ISO)
		*p++ = 'Z';
	*p = '\0';
	return (size_t)(p - buf);
}

char *render_duration(gcoap_time t, char buf[16])
{
	bool ms = t < 999500 * GCOAP_US;
	double v = (double)t / (ms ? 1e6 : 1e9);

	snprintf(buf, 16, "%.*f %s", v < 9.995 ? 2 : v < 99.95 ? 1 : 0, v, ms ? "ms" : "s");
	return buf;
}

size_t render_width(const struct render_base *b)
{
	const char *env = getenv("COLUMNS");
	struct winsize ws;
	uint32_t n;

	if (b->env.args->width)
		return b->env.args->width;
	if (env && !opt_uint(env, &n) && n)
		return n;
	if (!b->env.tty)
		return 0;
	return !ioctl(fileno(b->env.out), TIOCGWINSZ, &ws) && ws.ws_col ? ws.ws_col : 80;
}

int render_flush(struct render *r)
{
	struct render_base *b = (struct render_base *)r;

	if (fflush(b->env.out) == 0)
		return 0;
	cli_output_failed(errno);
	return GCOAP_ESYSTEM;
}

int render_write(struct render_base *b, const char *text, size_t len)
{
	gcoap_time now;

	if (b->env.tty)
		progress_hide();
	if (fwrite(text, 1, len, b->env.out) != len) {
		cli_output_failed(errno);
		return GCOAP_ESYSTEM;
	}
	if (b->regular)
		return 0;
	now = gcoap_now();
	if (now - b->flushed < FLUSH_GAP)
		return 0;
	b->flushed = now;
	return render_flush(&b->render);
}

int render_dropped(uint32_t n)
{
	const char *const hints[] = { "--json shows each as it comes and holds none", NULL };

	if (!n)
		return 0;
	cli_error(CLI_LOCAL, hints, "%u records are not shown: no more than %d are held", n,
		  RENDER_ROWS_MAX);
	return GCOAP_ELIMIT;
}

int render_request_line(struct render_base *b, const struct gcoap_request_record *r)
{
	char uri[1100], via[GCOAP_ADDR_TEXT], local[GCOAP_ADDR_TEXT], name[IF_NAMESIZE], token[20], text[1400];
	const char *method = gcoap_code_name(r->msg->code);
	int n;

	payload_escape(gcoap_bytes_text(r->uri), uri, sizeof(uri), true, 0, b->ascii);
	gcoap_hex_encode((struct gcoap_bytes){ r->msg->token, r->msg->token_len }, token,
			 sizeof(token));
	n = snprintf(text, sizeof(text), "r%u %s %s%s%s%s%s%s%s, %s, Message ID %04x, token %s\n", r->id,
		     method ? method : "?", uri, r->proxied ? " through " : "",
		     r->proxied ? gcoap_addr_format(&r->to, via) : "", r->local.family ? " from " : "",
		     r->local.family ? gcoap_addr_format(&r->local, local) : "",
		     r->ifindex ? " on " : "",
		     r->ifindex && if_indextoname(r->ifindex, name) ? name : "",
		     gcoap_type_name(r->msg->type), r->msg->mid, token);
	return render_write(b, text, (size_t)n);
}
