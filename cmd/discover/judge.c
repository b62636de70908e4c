/* The end: documents with faults, filters that nothing passed, differences, the saved file. */
#include <stdio.h>
#include "common/cli.h"
#include "discover.h"

#define FAULTS_SAID 20

/* A line for a document that is not clean; true when nothing of it could be used. */
static bool say_fault(const struct found *f)
{
	const struct gcoap_diag *d = f->fault.name != NULL ? &f->fault : &f->value_fault;
	int code = CLI_MALFORMED;

	if (f->unread != NULL && d->name == NULL)
		cli_error(code, NULL, "%s: link-format: %s", f->server, f->unread);
	else if (f->unread != NULL)
		cli_error(code, NULL, "%s: link-format: %s (%s at byte %zu)", f->server, f->unread,
			  d->what, d->at);
	else if (d->name != NULL)
		cli_error(code, NULL, "%s: link-format: %s at byte %zu; %u %s read", f->server,
			  d->what, d->at, f->read, f->read == 1 ? "link was" : "links were");
	return d->name != NULL && f->read == 0;
}

static int say_faults(const struct discover *d)
{
	uint32_t said = 0, more = 0, useless = 0, documents = 0;

	for (uint32_t i = 0; i < d->store.n; i++) {
		const struct found *f = &d->store.list[i];

		if (GCOAP_CODE_CLASS(f->code) != 2)
			continue;
		documents++;
		if (f->fault.name == NULL && f->value_fault.name == NULL && f->unread == NULL)
			continue;
		useless += f->fault.name != NULL && f->read == 0;
		if (said == FAULTS_SAID)
			more++;
		else if (++said > 0)
			say_fault(f);
	}
	if (more > 0)
		cli_warn("%u more documents with faults", more);
	return useless > 0 && useless == documents ? CLI_MALFORMED : CLI_OK;
}

static int nothing_passed(const struct discover *d, const struct gcoap_summary *s)
{
	const char *const hints[] = { "see all links: leave the filters out", NULL };

	return cli_error(CLI_SILENCE, hints, "%u %s answered, none has such a link", s->servers,
			 s->servers == 1 ? "server" : "servers");
}

int discover_judge(struct run *run, const struct gcoap_summary *s)
{
	struct discover *d = (struct discover *)run;
	int status = say_faults(d);

	if (d->store.dropped > 0)
		status = cli_worse(status, cli_error(CLI_LOCAL, NULL, "%u documents were given up "
				   "here: too many", d->store.dropped));
	if (d->directories != NULL)
		status = cli_worse(status, directories_judge(d));
	else if (found_filtered(d) && s->ok > 0 && d->links == 0 && status == CLI_OK)
		status = nothing_passed(d, s);
	if (d->own->diff != NULL && d->changes > 0)
		status = cli_worse(status, CLI_CONDITION);
	if (d->own->save != NULL && d->own->follow == 0 && s->responses > 0)
		status = cli_worse(status, discover_save(d));
	return status;
}
