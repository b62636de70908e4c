/* --save DIR: each server's payload to a file of its own, beside any other output. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli.h"
#include "render_common.h"

struct save {
	struct render_base base; /* first member */
	struct render *inner;
	int dir;
	uint32_t saved, failed;
};

/*
 * "10.77.0.2-5683-6361666501020304": nothing that came from the network but the address. Many
 * servers may stand behind one address (names, other transports, a proxy that does not tell):
 * their files have the number of the response, too.
 */
static void file_name(const struct gcoap_response *r, char *buf, size_t cap)
{
	char host[GCOAP_ADDR_TEXT], token[20];
	const struct gcoap_addr *a = r->server.addr.family ? &r->server.addr : &r->from;

	gcoap_addr_format_host(a, host);
	gcoap_hex_encode((struct gcoap_bytes){ r->msg->token, r->msg->token_len }, token,
			 sizeof(token));
	snprintf(buf, cap, "%s-%u-%s", host, a->port, token);
	for (char *p = buf; *p; p++)
		if (!strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.:-%_", *p))
			*p = '_';
	if (r->server.host[0] || r->server.scheme != GCOAP_SCHEME_COAP || r->server.behind.family ||
	    r->server.behind_host[0] || r->server.behind_path[0])
		snprintf(buf + strlen(buf), cap - strlen(buf), "-r%u", r->seq);
	else if (r->nth > 1)
		snprintf(buf + strlen(buf), cap - strlen(buf), "-%u", r->nth);
}

/*
 * A new file in the directory: no name has a slash, and O_EXCL follows no link. With --force an
 * old one is replaced.
 */
static int file_open(const struct save *s, const char *name)
{
	if (s->base.env.args->force && unlinkat(s->dir, name, 0) < 0 && errno != ENOENT)
		return -1;
	return openat(s->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static int file_write(int fd, struct gcoap_bytes body)
{
	while (body.len) {
		ssize_t n = write(fd, body.ptr, body.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		body.ptr += n;
		body.len -= (size_t)n;
	}
	return 0;
}

static void save_body(struct save *s, const struct gcoap_response *r)
{
	const char *const hints[] = { "--force overwrites", NULL };
	char name[160];
	int fd, bad;

	if (!r->complete || r->duplicate || GCOAP_CODE_CLASS(r->msg->code) != 2 ||
	    r->msg->code == GCOAP_VALID) /* has no body: it confirms one that is held */
		return;
	file_name(r, name, sizeof(name));
	fd = file_open(s, name);
	bad = fd < 0 || file_write(fd, r->body) < 0;
	if (fd >= 0 && close(fd) < 0)
		bad = true;
	if (!bad) {
		s->saved++;
		return;
	}
	if (!s->failed++)
		cli_error(CLI_LOCAL, errno == EEXIST ? hints : NULL, "cannot save %s/%s: %s",
			  s->base.env.args->save, name, strerror(errno));
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	struct gcoap_sink *inner = &((struct save *)to)->inner->sink;

	return inner->request ? inner->request(inner, r) : 0;
}

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct save *s = (struct save *)to;
	struct gcoap_sink *inner = &s->inner->sink;

	save_body(s, r);
	return inner->response ? inner->response(inner, r) : 0;
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	struct save *s = (struct save *)to;
	struct gcoap_sink *inner = &s->inner->sink;

	save_body(s, n->response);
	return inner->notification ? inner->notification(inner, n) : 0;
}

static int on_stale(struct gcoap_sink *to, const struct gcoap_observed *o)
{
	struct gcoap_sink *inner = &((struct save *)to)->inner->sink;

	return inner->stale ? inner->stale(inner, o) : 0;
}

static int on_observed(struct render *r, const struct gcoap_observed *o)
{
	struct render *inner = ((struct save *)r)->inner;

	return inner->observed ? inner->observed(inner, o) : 0;
}

static int on_missing(struct gcoap_sink *to, const struct gcoap_missing *m)
{
	struct gcoap_sink *inner = &((struct save *)to)->inner->sink;

	return inner->missing ? inner->missing(inner, m) : 0;
}

static int on_malformed(struct gcoap_sink *to, const struct gcoap_malformed *m)
{
	struct gcoap_sink *inner = &((struct save *)to)->inner->sink;

	return inner->malformed ? inner->malformed(inner, m) : 0;
}

static int on_error(struct render *r, int code, const char *what, const char *const *hints,
		    size_t n_hints)
{
	struct render *inner = ((struct save *)r)->inner;

	return inner->error ? inner->error(inner, code, what, hints, n_hints) : 0;
}

static int interim(struct render *r, const struct gcoap_summary *s)
{
	struct render *inner = ((struct save *)r)->inner;

	return inner->interim ? inner->interim(inner, s) : 0;
}

static int save_flush(struct render *r)
{
	struct render *inner = ((struct save *)r)->inner;

	return inner->flush ? inner->flush(inner) : 0;
}

static int finish(struct render *r, const struct gcoap_summary *sum, int status)
{
	struct save *s = (struct save *)r;
	int e = s->inner->finish(s->inner, sum, s->failed ? cli_worse(status, CLI_LOCAL) : status);

	if (s->saved)
		cli_note("saved %u %s to %s", s->saved, s->saved == 1 ? "payload" : "payloads",
			 s->base.env.args->save);
	if (s->failed > 1)
		cli_warn("%u payloads could not be saved", s->failed);
	return e < 0 ? e : s->failed ? GCOAP_ESYSTEM : 0;
}

static void save_close(struct render *r)
{
	struct save *s = (struct save *)r;

	s->inner->close(s->inner);
	close(s->dir);
	free(s);
}

int render_save_open(struct render **out, const struct render_env *env, struct render *inner)
{
	struct save *s = render_new(sizeof(*s), env);
	const char *path = env->args->save;

	if (!s)
		return CLI_LOCAL;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		s->dir = -1;
	else
		s->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0) {
		free(s);
		return cli_error(CLI_LOCAL, NULL, "--save %s: %s", path, strerror(errno));
	}
	s->inner = inner;
	s->base.render = (struct render){
		.sink = { on_request, on_response, on_missing, on_malformed, on_notification,
			  on_stale },
		.observed = on_observed,
		.error = on_error,
		.interim = interim,
		.flush = save_flush,
		.finish = finish,
		.close = save_close,
	};
	*out = &s->base.render;
	return 0;
}
