/* "2 servers, 3 links; next: gcoap-observe 'coap://224.0.1.187/temp'" */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "discover.h"

/* A target that many servers have is one to ask the group for. */
struct candidate {
	struct gcoap_bytes target;
	uint32_t id;
	bool observable;
};

struct candidates {
	struct candidate *list;
	size_t n, cap;
};

/* A path that a shell and a URI take as it is. */
static bool plain(struct gcoap_bytes t)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789-_~/=&?,:@+";

	if (t.len < 2 || t.len > 200 || t.ptr[0] != '/' || t.ptr[1] == '/')
		return false;
	for (size_t i = 0; i < t.len; i++) {
		bool dots = t.ptr[i] == '.' && t.ptr[i - 1] == '/';

		if (t.ptr[i] == '\0' || dots ||
		    (t.ptr[i] != '.' && strchr(safe, t.ptr[i]) == NULL))
			return false;
	}
	return true;
}

static int collect(void *arg, const struct link_record *l)
{
	struct candidates *c = arg;
	size_t cap = c->cap > 0 ? 2 * c->cap : 256;
	struct candidate *list;

	if (!plain(l->link->target))
		return 0;
	if (c->n == c->cap) {
		list = realloc(c->list, cap * sizeof(*list));
		if (list == NULL)
			return GCOAP_ENOMEM;
		c->list = list;
		c->cap = cap;
	}
	c->list[c->n++] = (struct candidate){ l->link->target, l->id,
					      gcoap_link_flag(l->link, "obs") };
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	size_t n = x->target.len < y->target.len ? x->target.len : y->target.len;
	int d = memcmp(x->target.ptr, y->target.ptr, n);

	if (x->observable != y->observable)
		return x->observable ? -1 : 1;
	return d != 0 ? d : (x->target.len > y->target.len) - (x->target.len < y->target.len);
}

/* The observable target that most servers have, of several the shortest; else any. */
static const struct candidate *best_of(struct candidates *c)
{
	const struct candidate *best = NULL;
	size_t most = 0;

	qsort(c->list, c->n, sizeof(*c->list), compare);
	for (size_t i = 0, end; i < c->n; i = end) {
		for (end = i + 1; end < c->n && compare(&c->list[i], &c->list[end]) == 0; end++)
			continue;
		if (best != NULL && best->observable && !c->list[i].observable)
			break;
		if (end - i > most ||
		    (end - i == most && c->list[i].target.len < best->target.len)) {
			most = end - i;
			best = &c->list[i];
		}
	}
	return best;
}

static void add(char *buf, size_t cap, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void add(char *buf, size_t cap, const char *format, ...)
{
	size_t n = strlen(buf);
	va_list ap;

	va_start(ap, format);
	vsnprintf(buf + n, cap - n, format, ap);
	va_end(ap);
}

/* How much of @t's URI stands before a link: a reverse-proxy has those of its group in a path. */
static int before_links(const struct target *t)
{
	static const char core[] = "/.well-known/core";
	const char *host = strstr(t->uri, "://") + 3;
	size_t len = strcspn(host, t->reverse ? "?" : "/?");
	const char *end = host + len;

	if (t->reverse && len >= sizeof(core) - 1 &&
	    memcmp(end - (sizeof(core) - 1), core, sizeof(core) - 1) == 0)
		end -= sizeof(core) - 1;
	return (int)(end - t->uri);
}

/* What was said on the command line, and the next command needs, too. */
static void add_given(char *buf, size_t cap, const char *option, const char *value)
{
	if (value != NULL && opt_origin(option) == OPT_FROM_LINE && strchr(value, '\'') == NULL)
		add(buf, cap, " --%s '%s'", option, value);
}

static void suggest(struct discover *d, char *buf, size_t cap)
{
	struct candidates c = { 0 };
	const struct candidate *best;
	const struct target *t;
	const char *proxy;
	size_t i;

	for (i = 0; i < d->store.n; i++) {
		if (d->store.list[i].group == NULL)
			found_each(d, &d->store.list[i], collect, &c);
	}
	best = c.n > 0 ? best_of(&c) : NULL;
	i = best != NULL && best->id > 0 && best->id <= d->run.n_asked ?
		    d->run.asked[best->id - 1] : SIZE_MAX;
	if (i < d->run.n_targets) {
		t = &d->run.targets[i];
		proxy = t->proxy != NULL && opt_origin("proxy") == OPT_FROM_LINE ? t->proxy->uri :
										   NULL;
		add(buf, cap, "; next: %s%s%s",
		    best->observable ? "gcoap-observe" : "gcoap-get", proxy != NULL ? " -P " : "",
		    proxy != NULL ? proxy : "");
		if (t->transport != GCOAP_SCHEME_COAP) {
			add_given(buf, cap, "psk-file", d->run.args->secrets.psk_file);
			add_given(buf, cap, "credentials", d->run.args->secrets.file);
		}
		if (t->reverse)
			add(buf, cap, " --proxy-timeout %us",
			    (unsigned)(d->run.args->ask.proxy.timeout / GCOAP_SECOND));
		add(buf, cap, " '%.*s%.*s'", before_links(t), t->uri, (int)best->target.len, (const char *)best->target.ptr);
	}
	free(c.list);
}

void discover_footer(void *arg, const struct gcoap_summary *s, char *buf, size_t cap)
{
	struct discover *d = arg;

	snprintf(buf, cap, "%u %s%s, %u %s", d->servers,
		 d->directories != NULL ? directories_word(d) : "server",
		 d->servers == 1 ? "" : "s", d->links, d->links == 1 ? "link" : "links");
	if (d->changes > 0)
		add(buf, cap, ", %u %s", d->changes, d->changes == 1 ? "change" : "changes");
	if (s->errors > 0)
		add(buf, cap, ", %u %s", s->errors, s->errors == 1 ? "error" : "errors");
	if (d->faults > 0)
		add(buf, cap, ", %u malformed", d->faults);
	if (s->missing > 0)
		add(buf, cap, ", %u missing", s->missing);
	if (s->kernel_drops + s->dropped > 0)
		add(buf, cap, ", %llu lost here",
		    (unsigned long long)(s->kernel_drops + s->dropped));
	if (d->own->follow == 0 && d->own->diff == NULL && d->directories == NULL)
		suggest(d, buf, cap);
}
