/* One look-up: its request, and what its answer leads to. */
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "directories.h"

static int ask(struct discover *d, struct lookup *l, gcoap_time now)
{
	struct directories *all = d->directories;
	struct target_args where = all->ask.where;
	struct ask_store store;
	struct gcoap_msg msg;
	struct gcoap_ask out;
	char *uri;
	int status;

	where.interfaces = (struct opt_list){ 0 };
	where.v4 = where.v6 = false;
	where.proxy = ask_proxy_wanted(&d->run.args->ask) ? &d->run.proxy : NULL;
	if (asprintf(&uri, l->kind < LOOKUP_CORE ? "%s%cpage=%u&count=%u" : "%s", l->uri,
		     strchr(l->uri, '?') != NULL ? '&' : '?', l->page, LOOKUP_PAGE) < 0)
		return CLI_LOCAL;
	target_free(l->target, l->n_targets);
	l->target = NULL;
	l->n_targets = 0;
	status = target_resolve(uri, &where, &l->target, &l->n_targets);
	if (status == CLI_OK)
		status = ask_target(&all->message, &all->ask, &l->target[0], &msg, &store, &out);
	if (status == CLI_OK)
		status = run_ask(&d->run, &out, SIZE_MAX, now);
	if (status == CLI_OK)
		l->id = (uint32_t)d->run.n_asked;
	free(uri);
	return status;
}

bool lookup_ask(struct discover *d, struct lookup *l, gcoap_time now)
{
	l->id = UINT32_MAX; /* not again */
	l->answered = false;
	return ask(d, l, now) == CLI_OK;
}

/* ---- answers ---- */

struct reading {
	struct discover *d;
	struct found document; /* of the answer */
	size_t at;	       /* the look-up's place */
	uint32_t n;
};

static struct lookup *of(struct reading *r)
{
	return &r->d->directories->list[r->at];
}

/* The value of an attribute as text; "" when there is none, or when it has a NUL. */
static bool value(const struct gcoap_link *link, const char *name, char *buf, size_t cap)
{
	struct gcoap_link_param p;
	size_t n;

	buf[0] = '\0';
	if (!gcoap_link_param_find(link, name, &p))
		return false;
	n = gcoap_link_param_value(&p, (uint8_t *)buf, cap - 1);
	buf[n] = '\0';
	if (strlen(buf) != n)
		buf[0] = '\0';
	return buf[0] != '\0';
}

/* @text for a query, with all that is not unreserved as %XX. */
static void percent(char *out, size_t cap, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";
	size_t n = 0;

	for (; *text != '\0' && n + 4 < cap; text++) {
		if (strchr(plain, *text) != NULL)
			out[n++] = *text;
		else
			n += (size_t)snprintf(out + n, cap - n, "%%%02X", (uint8_t)*text);
	}
	out[n] = '\0';
}

/* A group in the store; its links are resolved against its base (RFC 9176, Section 5). A
 * registration without one has none that is known, and its directory's address is not it. */
static struct found *group_new(struct reading *r, const char *name, const char *base)
{
	struct found *f = store_get(&r->d->store, of(r)->server, name);

	if (f == NULL || f->here)
		return f;
	f->here = true;
	f->addr = r->document.addr;
	f->id = r->document.id;
	f->code = GCOAP_CONTENT;
	f->base = base[0] != '\0' ? strdup(base) : NULL;
	f->origin = strdup(strstr(base, "://") != NULL		? base :
			   of(r)->kind == LOOKUP_CORE ? "" :
							r->document.origin);
	if (f->origin == NULL)
		f->here = false;
	else if (strstr(f->origin, "://") != NULL)
		strstr(f->origin, "://")[3 + strcspn(strstr(f->origin, "://") + 3, "/?#")] = '\0';
	return f->here ? f : NULL;
}

/* A link of the endpoint look-up is a group. */
static int on_endpoint(void *arg, const struct link_record *l)
{
	char ep[1025], domain[1025], base[1025], uri[8192], name[3200], part[3100];
	struct reading *r = arg;
	struct lookup *next;
	struct found *f;

	r->n++;
	/* A directory may pass over the filter. */
	if (!value(l->link, "et", domain, sizeof(domain)) || strcmp(domain, "core.rd-group") != 0 ||
	    !value(l->link, "ep", ep, sizeof(ep)))
		return 0;
	value(l->link, "base", base, sizeof(base));
	snprintf(name, sizeof(name), "%s%s%s", ep,
		 value(l->link, "d", domain, sizeof(domain)) ? "." : "", domain);
	f = group_new(r, name, base);
	if (f == NULL || of(r)->res[0] == '\0')
		return 0;
	percent(part, sizeof(part), ep);
	snprintf(uri, sizeof(uri), "%s?ep=%s", of(r)->res, part);
	if (domain[0] != '\0') {
		percent(part, sizeof(part), domain);
		snprintf(uri + strlen(uri), sizeof(uri) - strlen(uri), "&d=%s", part);
	}
	next = lookup_add(r->d->directories, LOOKUP_RES, of(r)->server, uri);
	if (next != NULL)
		next->entry = (uint32_t)(f - r->d->store.list);
	return 0;
}

static int count(void *arg, const struct link_record *l)
{
	((struct reading *)arg)->n++;
	return 0;
}

/* A registration, below the path that registers; one that says that it is no group is none. */
static int on_registration(void *arg, const struct link_record *l)
{
	char uri[2 * GCOAP_LINK_VALUE_MAX], ep[1025], base[1025], type[1025];
	struct reading *r = arg;
	size_t len = strlen(of(r)->res);
	struct lookup *next;
	struct found *f;

	if (link_uri(l, uri, sizeof(uri)) == NULL || strncmp(uri, of(r)->res, len) != 0 ||
	    uri[len] != '/' || strpbrk(uri + len, "?#") != NULL ||
	    strcasestr(uri, "%2e") != NULL)
		return 0;
	if (value(l->link, "et", type, sizeof(type)) && strcmp(type, "core.rd-group") != 0)
		return 0;
	value(l->link, "base", base, sizeof(base));
	f = group_new(r, value(l->link, "ep", ep, sizeof(ep)) ? ep : uri + strlen(l->origin), base);
	if (f == NULL)
		return 0;
	next = lookup_add(r->d->directories, LOOKUP_ENTRY, of(r)->server, uri);
	if (next != NULL)
		next->entry = (uint32_t)(f - r->d->store.list);
	return 0;
}

/* The next page, unless this was the last: it is not full, or the same again. */
static void next_page(struct reading *r, const struct gcoap_response *answer)
{
	struct lookup *l = of(r);
	uint8_t *copy;

	if (r->n != LOOKUP_PAGE || l->page + 1 == PAGES_MAX)
		return;
	copy = malloc(answer->body.len);
	if (copy == NULL)
		return;
	memcpy(copy, answer->body.ptr, answer->body.len);
	free(l->body);
	l->body = copy;
	l->len = answer->body.len;
	l->page++;
	l->id = 0;
}

static void take(struct reading *r, const struct gcoap_response *answer)
{
	struct lookup *l = of(r);
	bool paged = l->kind == LOOKUP_EP || l->kind == LOOKUP_RES;

	if (paged && l->page > 0 && l->len == answer->body.len &&
	    memcmp(l->body, answer->body.ptr, l->len) == 0)
		return;
	switch (l->kind) {
	case LOOKUP_EP:
		found_links(&r->document, on_endpoint, r);
		break;
	case LOOKUP_CORE:
		found_links(&r->document, on_registration, r);
		break;
	case LOOKUP_RES:
	case LOOKUP_ENTRY:
		found_links(&r->document, count, r);
		store_body(&r->d->store, &r->d->store.list[l->entry], answer->body,
			   l->page > 0);
		break;
	}
	if (paged)
		next_page(r, answer);
}

bool directories_response(struct discover *d, const struct gcoap_response *answer)
{
	struct directories *all = d->directories;
	struct reading r = { .d = d };
	char origin[GCOAP_ADDR_TEXT + 16], server[80];

	if (all == NULL)
		return false;
	while (r.at < all->n && all->list[r.at].id != answer->id)
		r.at++;
	if (r.at == all->n)
		return false;
	of(&r)->answered = true;
	of(&r)->code = answer->msg->code;
	if (GCOAP_CODE_CLASS(answer->msg->code) != 2)
		return true;
	snprintf(origin, sizeof(origin), "%.*s",
		 (int)(strstr(of(&r)->uri, "://") + 3 - of(&r)->uri +
		       strcspn(strstr(of(&r)->uri, "://") + 3, "/")), of(&r)->uri);
	snprintf(server, sizeof(server), "%s", of(&r)->server); /* the list may move */
	r.document = (struct found){ .server = server,
				     .origin = origin,
				     .addr = answer->server.addr,
				     .id = answer->id,
				     .body = (uint8_t *)answer->body.ptr,
				     .len = answer->body.len };
	take(&r, answer);
	return true;
}
