#include "snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <cjson/cJSON.h>
#include "cli.h"

struct snapshot {
	cJSON *json;
	const cJSON **servers; /* by name */
	size_t n;
};

void snapshot_start(struct jsonw *w)
{
	char when[32] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	jsonw_lit(w, "{\"type\":\"links\",\"v\":1,\"saved\":");
	jsonw_text(w, when);
	jsonw_lit(w, ",\"servers\":[");
}

/* Is the last thing in @w the start of a list? */
static bool first(const struct jsonw *w)
{
	return w->len > 0 && w->buf[w->len - 1] == '[';
}

void snapshot_server(struct jsonw *w, const struct link_server *s)
{
	if (first(w))
		jsonw_lit(w, "\n{\"server\":");
	else
		jsonw_lit(w, "]},\n{\"server\":");
	jsonw_text(w, s->server);
	jsonw_lit(w, ",\"links\":[");
}

void snapshot_link(struct jsonw *w, const struct link_record *l)
{
	char uri[2 * GCOAP_LINK_VALUE_MAX];

	if (!first(w))
		jsonw_lit(w, ",");
	jsonw_lit(w, "\n {\"href\":");
	jsonw_bytes(w, l->link->target);
	jsonw_lit(w, ",\"uri\":");
	jsonw_text(w, link_uri(l, uri, sizeof(uri)));
	jsonw_lit(w, ",\"attrs\":");
	link_attrs_json(w, l->link);
	jsonw_lit(w, "}");
}

void snapshot_end(struct jsonw *w)
{
	bool empty = w->len > 11 && memcmp(w->buf + w->len - 11, "\"servers\":[", 11) == 0;

	if (!empty)
		jsonw_lit(w, "]}");
	jsonw_lit(w, "]}\n");
}

static const char *text_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

static const cJSON *links_of(const cJSON *server)
{
	return cJSON_GetObjectItemCaseSensitive(server, "links");
}

static bool well_formed(const cJSON *server)
{
	const cJSON *link;

	if (text_of(server, "server") == NULL || !cJSON_IsArray(links_of(server)))
		return false;
	cJSON_ArrayForEach(link, links_of(server)) {
		if (text_of(link, "href") == NULL ||
		    !cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(link, "attrs")))
			return false;
	}
	return true;
}

static int compare_servers(const void *a, const void *b)
{
	return strcmp(text_of(*(const cJSON *const *)a, "server"),
		      text_of(*(const cJSON *const *)b, "server"));
}

static int fill(struct snapshot *s)
{
	const cJSON *servers = cJSON_GetObjectItemCaseSensitive(s->json, "servers"), *server;
	const char *type = text_of(s->json, "type");

	if (!cJSON_IsArray(servers) || type == NULL || strcmp(type, "links") != 0)
		return GCOAP_EMALFORMED;
	s->servers = calloc((size_t)cJSON_GetArraySize(servers) + 1, sizeof(*s->servers));
	if (s->servers == NULL)
		return GCOAP_ENOMEM;
	cJSON_ArrayForEach(server, servers) {
		if (!well_formed(server))
			return GCOAP_EMALFORMED;
		s->servers[s->n++] = server;
	}
	qsort(s->servers, s->n, sizeof(*s->servers), compare_servers);
	return 0;
}

int snapshot_parse(struct snapshot **out, const char *text, size_t len)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	int r;

	*out = NULL;
	if (s == NULL)
		return GCOAP_ENOMEM;
	s->json = cJSON_ParseWithLength(text, len);
	r = s->json != NULL ? fill(s) : GCOAP_EMALFORMED;
	if (r < 0)
		snapshot_free(&s);
	*out = s;
	return r;
}

void snapshot_free(struct snapshot **s)
{
	if (*s == NULL)
		return;
	cJSON_Delete((*s)->json);
	free((*s)->servers);
	free(*s);
	*s = NULL;
}

static char *read_all(FILE *in, size_t *len)
{
	struct stat st;
	size_t cap;
	char *text;

	if (fstat(fileno(in), &st) < 0)
		return NULL;
	errno = EFBIG;
	if (!S_ISREG(st.st_mode) || st.st_size > SNAPSHOT_SIZE_MAX)
		return NULL;
	cap = (size_t)st.st_size;
	text = malloc(cap + 1);
	if (text == NULL)
		return NULL;
	*len = fread(text, 1, cap, in);
	text[*len] = '\0';
	return text;
}

int snapshot_read(struct snapshot **out, const char *path)
{
	const char *const hints[] = { "such a file is made with gcoap-discover --save FILE", NULL };
	FILE *in = fopen(path, "re");
	size_t len = 0;
	char *text;
	int r;

	if (in == NULL)
		return cli_error(CLI_USAGE, NULL, "%s: %s", path, strerror(errno));
	text = read_all(in, &len);
	if (text == NULL) {
		r = cli_error(CLI_USAGE, NULL, "%s: %s", path, errno == EFBIG ?
			      "not a file of at most 64 MiB" : strerror(errno));
		fclose(in);
		return r;
	}
	fclose(in);
	r = snapshot_parse(out, text, len);
	free(text);
	if (r == GCOAP_ENOMEM)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(r));
	if (r < 0)
		return cli_error(CLI_USAGE, hints, "%s does not hold saved links", path);
	return CLI_OK;
}

int snapshot_write(const struct jsonw *w, const char *path)
{
	FILE *out = w->failed ? NULL : fopen(path, "we");
	bool whole;

	if (w->failed)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	if (out == NULL)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", path, strerror(errno));
	whole = fwrite(w->buf, 1, w->len, out) == w->len;
	if (fclose(out) != 0 || !whole)
		return cli_error(CLI_LOCAL, NULL, "%s: not all of it could be written: %s", path,
				 strerror(errno));
	return CLI_OK;
}

/* ---- comparison ---- */

struct comparing {
	int (*each)(void *arg, const struct link_change *c);
	void *arg;
	int n;
};

static int tell(struct comparing *c, const struct link_change *change)
{
	int r = c->each(c->arg, change);

	c->n++;
	return r < 0 ? r : 0;
}

static int tell_server(struct comparing *c, enum link_change_kind kind, const cJSON *server)
{
	return tell(c, &(struct link_change){
		.kind = kind,
		.server = text_of(server, "server"),
		.links = (uint32_t)cJSON_GetArraySize(links_of(server)),
	});
}

/* "ct [110] -> [110,112], obs true -> -" */
static void put_difference(struct jsonw *w, const char *key, const cJSON *was, const cJSON *is)
{
	char *old = was != NULL ? cJSON_PrintUnformatted(was) : NULL;
	char *new = is != NULL ? cJSON_PrintUnformatted(is) : NULL;

	if (w->len > 0)
		jsonw_lit(w, ", ");
	jsonw_raw(w, key, strlen(key));
	jsonw_lit(w, " ");
	jsonw_raw(w, old != NULL ? old : "-", old != NULL ? strlen(old) : 1);
	jsonw_lit(w, " -> ");
	jsonw_raw(w, new != NULL ? new : "-", new != NULL ? strlen(new) : 1);
	cJSON_free(old);
	cJSON_free(new);
}

static void put_differences(struct jsonw *w, const cJSON *was, const cJSON *is)
{
	const cJSON *item, *other;

	cJSON_ArrayForEach(item, was) {
		other = cJSON_GetObjectItemCaseSensitive(is, item->string);
		if (other == NULL || !cJSON_Compare(item, other, true))
			put_difference(w, item->string, item, other);
	}
	cJSON_ArrayForEach(item, is) {
		if (cJSON_GetObjectItemCaseSensitive(was, item->string) == NULL)
			put_difference(w, item->string, NULL, item);
	}
	jsonw_raw(w, "", 1);
}

static int tell_link(struct comparing *c, enum link_change_kind kind, const char *server,
		     const cJSON *was, const cJSON *is)
{
	const cJSON *old = cJSON_GetObjectItemCaseSensitive(was, "attrs");
	const cJSON *new = cJSON_GetObjectItemCaseSensitive(is, "attrs");
	char *old_text = old != NULL ? cJSON_PrintUnformatted(old) : NULL;
	char *new_text = new != NULL ? cJSON_PrintUnformatted(new) : NULL;
	struct jsonw detail = { 0 };
	int r;

	if (old != NULL && new != NULL)
		put_differences(&detail, old, new);
	r = tell(c, &(struct link_change){
		.kind = kind,
		.server = server,
		.href = text_of(is != NULL ? is : was, "href"),
		.uri = text_of(is != NULL ? is : was, "uri"),
		.attrs = new_text,
		.old_attrs = old_text,
		.detail = detail.failed ? NULL : detail.buf,
	});
	cJSON_free(old_text);
	cJSON_free(new_text);
	jsonw_clear(&detail);
	return r;
}

/* Links by target, then anchor; equal ones pair in their order. */
static int link_order(const cJSON *a, const cJSON *b)
{
	int d = strcmp(text_of(a, "href"), text_of(b, "href"));
	const char *x = text_of(cJSON_GetObjectItemCaseSensitive(a, "attrs"), "anchor");
	const char *y = text_of(cJSON_GetObjectItemCaseSensitive(b, "attrs"), "anchor");

	return d != 0 ? d : strcmp(x != NULL ? x : "", y != NULL ? y : "");
}

struct place {
	const cJSON *link;
	size_t order;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int d = link_order(x->link, y->link);

	return d != 0 ? d : x->order < y->order ? -1 : 1;
}

static struct place *sorted_links(const cJSON *server, size_t *n)
{
	const cJSON *links = links_of(server), *link;
	struct place *list = calloc((size_t)cJSON_GetArraySize(links) + 1, sizeof(*list));

	*n = 0;
	if (list == NULL)
		return NULL;
	cJSON_ArrayForEach(link, links) {
		list[*n] = (struct place){ link, *n };
		++*n;
	}
	qsort(list, *n, sizeof(*list), compare_places);
	return list;
}

static int merge_links(struct comparing *c, const char *server, const struct place *a, size_t n_a,
		       const struct place *b, size_t n_b)
{
	size_t i = 0, k = 0;
	int r = 0;

	while (r == 0 && (i < n_a || k < n_b)) {
		int d = i == n_a ? 1 : k == n_b ? -1 : link_order(a[i].link, b[k].link);

		if (d < 0) {
			r = tell_link(c, LINK_LOST, server, a[i++].link, NULL);
		} else if (d > 0) {
			r = tell_link(c, LINK_NEW, server, NULL, b[k++].link);
		} else {
			const cJSON *old = cJSON_GetObjectItemCaseSensitive(a[i].link, "attrs");
			const cJSON *new = cJSON_GetObjectItemCaseSensitive(b[k].link, "attrs");

			if (!cJSON_Compare(old, new, true))
				r = tell_link(c, LINK_CHANGED, server, a[i].link, b[k].link);
			i++;
			k++;
		}
	}
	return r;
}

static int compare_links(struct comparing *c, const cJSON *was, const cJSON *is)
{
	size_t n_a = 0, n_b = 0;
	struct place *a = sorted_links(was, &n_a), *b = sorted_links(is, &n_b);
	int r = GCOAP_ENOMEM;

	if (a != NULL && b != NULL)
		r = merge_links(c, text_of(is, "server"), a, n_a, b, n_b);
	free(a);
	free(b);
	return r;
}

int snapshot_compare(const struct snapshot *old, const struct snapshot *now,
		     int (*each)(void *arg, const struct link_change *c), void *arg)
{
	struct comparing c = { each, arg, 0 };
	size_t i = 0, k = 0;
	int r = 0;

	while (r == 0 && (i < old->n || k < now->n)) {
		int d = i == old->n ? 1 : k == now->n ? -1 :
			compare_servers(&old->servers[i], &now->servers[k]);

		if (d < 0)
			r = tell_server(&c, LINK_LOST, old->servers[i++]);
		else if (d > 0)
			r = tell_server(&c, LINK_NEW, now->servers[k++]);
		else
			r = compare_links(&c, old->servers[i++], now->servers[k++]);
	}
	return r < 0 ? r : c.n;
}
