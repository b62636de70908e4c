/* The end of an observation: its servers one by one, and what they are worth. */
#include <string.h>
#include "common/cli.h"
#include "observe.h"

char *observe_gaps_format(const struct gcoap_observed *s, char *buf, size_t cap)
{
	const struct {
		uint64_t n;
		const char *what;
	} parts[] = { { s->lost > 0 ? (uint64_t)s->lost : 0, "lost" },
		      { s->reordered, "late" },
		      { s->restarts, s->restarts == 1 ? "restart" : "restarts" },
		      { s->flooded, "flooded" } };
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (parts[i].n && at < cap)
			at += (size_t)snprintf(buf + at, cap - at, "%s%llu %s", at ? ", " : "",
					       (unsigned long long)parts[i].n, parts[i].what);
	}
	if (!at)
		snprintf(buf, cap, "%s", s->lost < 0 ? "-" : "0");
	return buf;
}

/* Answers came, and nobody will notify. */
static int none_observable(const struct run *run, const struct gcoap_observe_totals *t)
{
	const char *const hints[] = { "which resources can be: gcoap-discover --obs",
				      run->proxy.uri != NULL ?
					      "or the proxy does not observe groups for its clients" :
					      NULL,
				      NULL };

	if (t->active || t->ended || !t->not_observable)
		return CLI_OK;
	return cli_error(CLI_FEWER, hints, "%u %s answered, but %s not observable there",
			 t->not_observable, t->not_observable == 1 ? "server" : "servers",
			 run->n_targets == 1 ? "the resource is" : "the resources are");
}

int observe_judge(struct run *run, const struct gcoap_summary *s)
{
	struct observe *o = (struct observe *)run;
	struct gcoap_observe_totals totals;
	struct gcoap_observed server;
	gcoap_time now = gcoap_now();

	gcoap_client_observe_totals(run->client, now, &totals);
	for (uint32_t i = 0; run->render->observed != NULL &&
			     gcoap_client_observed(run->client, i, now, &server) >= 0; i++) {
		if (run->render->observed(run->render, &server) < 0)
			break;
	}
	return cli_worse(none_observable(run, &totals), exec_finish(&o->exec));
}
