/* Snapshots: to compare with a saved one or with the round before, and to save. */
#include "common/cli.h"
#include "discover.h"

static int put_link(void *arg, const struct link_record *l)
{
	snapshot_link(arg, l);
	return 0;
}

/* All that answered in this round. */
static void write_down(struct discover *d, struct jsonw *w)
{
	struct link_server s;

	snapshot_start(w);
	for (uint32_t i = 0; i < d->store.n; i++) {
		struct found *f = &d->store.list[i];

		if (!f->here || GCOAP_CODE_CLASS(f->code) != 2)
			continue;
		found_each(d, f, NULL, NULL);
		if (f->links == 0 && found_filtered(d))
			continue;
		found_server(f, &s);
		snapshot_server(w, &s);
		found_each(d, f, put_link, w);
	}
	snapshot_end(w);
}

static int on_change(void *arg, const struct link_change *c)
{
	struct discover *d = arg;

	d->changes++;
	return d->out->change != NULL ? d->out->change(d->out, c) : 0;
}

int discover_compare(struct discover *d)
{
	struct snapshot *now = NULL;
	struct jsonw w = { 0 };
	int r;

	write_down(d, &w);
	r = w.failed ? GCOAP_ENOMEM : snapshot_parse(&now, w.buf, w.len);
	jsonw_clear(&w);
	if (r >= 0 && d->before != NULL)
		r = snapshot_compare(d->before, now, on_change, d);
	if (d->own->follow > 0 && r >= 0) {
		snapshot_free(&d->before);
		d->before = now;
		now = NULL;
	}
	snapshot_free(&now);
	return r < 0 ? r : 0;
}

int discover_read_before(struct discover *d)
{
	return snapshot_read(&d->before, d->own->diff);
}

int discover_save(struct discover *d)
{
	struct jsonw w = { 0 };
	int status;

	write_down(d, &w);
	status = snapshot_write(&w, d->own->save);
	jsonw_clear(&w);
	return status;
}
