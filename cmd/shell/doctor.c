/* gcoap doctor: why does nobody answer? */
#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "common/cli.h"
#include "common/jsonw.h"
#include "common/opt.h"
#include "shell.h"

struct doctor_args {
	bool json;
};

static const struct opt doctor_opts[] = {
	{ 0, "json", NULL, "one JSON object a line", OPT_FLAG, offsetof(struct doctor_args, json) },
	{ 0 },
};

static const struct opt_group groups[] = {
	{ "Output", doctor_opts, 0 },
	{ 0 },
};

static const struct opt_command doctor_command = {
	.name = "gcoap doctor",
	.usage = "[OPTION]... [GROUP]",
	.promise = "why does nobody answer? checks of this host, a verdict and a hint each",
	.groups = groups,
	.no_config = true,
};

static void (*const checks[])(struct doctor *d) = {
	doctor_interfaces, doctor_routes, doctor_joined, doctor_port, doctor_buffer,
	doctor_rp_filter, doctor_firewall, doctor_loopback, doctor_versions
};

static const char *const verdicts[] = { "OK", "WARN", "FAIL" };

static void say_text(struct doctor *d, enum doctor_verdict verdict, const char *topic,
		     const char *hint, const char *what)
{
	printf("%-4s  %-20s  %s\n", verdicts[verdict], topic, what);
	if (hint != NULL)
		printf("%-4s  %-20s  hint: %s\n", "", "", hint);
}

static void say_json(struct doctor *d, enum doctor_verdict verdict, const char *topic,
		     const char *hint, const char *what)
{
	static const char *const words[] = { "ok", "warn", "fail" };
	struct jsonw w = { 0 };

	jsonw_lit(&w, "{\"type\":\"check\",\"verdict\":");
	jsonw_text(&w, words[verdict]);
	jsonw_lit(&w, ",\"topic\":");
	jsonw_text(&w, topic);
	jsonw_lit(&w, ",\"what\":");
	jsonw_text(&w, what);
	jsonw_lit(&w, ",\"hint\":");
	jsonw_text(&w, hint);
	jsonw_lit(&w, "}\n");
	fwrite(w.buf, 1, w.failed ? 0 : w.len, stdout);
	jsonw_clear(&w);
}

void doctor_say(struct doctor *d, enum doctor_verdict verdict, const char *topic,
		const char *hint, const char *format, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	d->counts[verdict]++;
	d->say(d, verdict, topic, hint, what);
}

/* GROUP, else All CoAP Nodes of both families (RFC 7252, Section 12.8). */
static int choose_groups(struct doctor *d, int argc, char **argv)
{
	static const char *const usual[] = { "224.0.1.187", "ff02::fd" };

	if (argc > 1)
		return cli_usage("doctor: one group");
	d->group_given = argc == 1;
	if (d->group_given && gcoap_addr_parse(&d->groups[0], argv[0], GCOAP_PORT) < 0)
		return cli_usage("doctor: \"%s\" is not an address", argv[0]);
	if (d->group_given && !gcoap_addr_is_multicast(&d->groups[0]))
		return cli_usage("doctor: %s is not a multicast address", argv[0]);
	d->n_groups = d->group_given ? 1 : 2;
	for (size_t i = 0; !d->group_given && i < d->n_groups; i++)
		gcoap_addr_parse(&d->groups[i], usual[i], GCOAP_PORT);
	return CLI_OK;
}

int shell_doctor(int argc, char **argv)
{
	struct doctor_args args = { 0 };
	struct doctor d = { 0 };
	int status = opt_parse(&doctor_command, &argc, &argv, &args);

	if (status == OPT_RUN)
		status = choose_groups(&d, argc, argv);
	if (status != CLI_OK)
		return status;
	d.say = args.json ? say_json : say_text;
	d.n_ifaces = gcoap_iface_list(d.ifaces, 64);
	if (d.n_ifaces > 64)
		d.n_ifaces = 64;
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		checks[i](&d);
	status = d.counts[DOCTOR_FAIL] > 0 ? CLI_CONDITION : CLI_OK;
	if (args.json)
		printf("{\"type\":\"summary\",\"v\":1,\"ok\":%u,\"warn\":%u,\"fail\":%u,"
		       "\"exit\":%d}\n", d.counts[DOCTOR_OK], d.counts[DOCTOR_WARN],
		       d.counts[DOCTOR_FAIL], status);
	else
		cli_note("%u checks: %u OK, %u WARN, %u FAIL",
			 d.counts[0] + d.counts[1] + d.counts[2], d.counts[DOCTOR_OK],
			 d.counts[DOCTOR_WARN], d.counts[DOCTOR_FAIL]);
	return status;
}
