/* gcoap-decode: explain CoAP bytes, offline. */
#include "common/config.h"
#include "decode/decode.h"

#include <stdlib.h>

/* Options that say how exchanges are shown, and what they mean without --pcap: nothing. */
static int check_options(const struct decode_args *args)
{
	static const char *const of_exchanges[] = { "write-out", "columns", "sort", "save",
						    "force", "show", "port", "each" };

	for (size_t i = 0; i < sizeof(of_exchanges) / sizeof(of_exchanges[0]); i++)
		if (opt_origin(of_exchanges[i]) == OPT_FROM_LINE &&
		    (!args->what.pcap || (args->what.each && i < 6)))
			return cli_usage("--%s is for the exchanges of --pcap", of_exchanges[i]);
	if ((!args->what.pcap || args->what.each) && opt_origin("format") == OPT_FROM_LINE &&
	    strcmp(args->output.format, "table") != 0 &&
	    strncmp(args->output.format, "json", 4) != 0)
		return cli_usage("--format %s is for the exchanges of --pcap",
				 args->output.format);
	if (args->what.pcap && args->what.as)
		return cli_usage("--as and --pcap exclude each other: a capture has messages");
	if (args->what.group_port > 65535)
		return cli_usage("--group-port %u: want 1 to 65535", args->what.group_port);
	return CLI_OK;
}

static int decode_bytes(const struct decode_args *args, const struct gcoap_registry *registry,
			int argc, char **argv)
{
	struct map m;
	uint8_t *bytes;
	size_t len;
	int status = input_read(argc, argv, &bytes, &len);

	if (status != CLI_OK) {
		free(bytes);
		return status;
	}
	map_init(&m, args->what.as ? args->what.as : "message", (struct gcoap_bytes){ bytes, len },
		 registry, args->what.group_port);
	if (explain(&m) < 0) {
		status = cli_usage("--as %s: no such kind, and no option has that name", m.as);
	} else {
		show_map(&m, args);
		status = m.failed ? CLI_LOCAL : m.err ? CLI_MALFORMED : CLI_OK;
	}
	map_clear(&m);
	free(bytes);
	return status;
}

int main(int argc, char *argv[])
{
	struct decode_args args = DECODE_ARGS_DEFAULT;
	struct gcoap_registry registry;
	int status;

	cli_start("gcoap-decode");
	status = opt_parse(&decode_command, &argc, &argv, &args);
	if (status != OPT_RUN)
		return cli_finish(status);
	status = check_options(&args);
	if (status == CLI_OK)
		status = output_apply(&args.output);
	if (status == CLI_OK)
		status = ask_registry(&args.dialect, &registry);
	if (status == CLI_OK && args.what.pcap && argc)
		status = cli_usage("--pcap takes no bytes beside it");
	if (status == CLI_OK)
		status = args.what.pcap ? decode_file(&args, &registry)
					: decode_bytes(&args, &registry, argc, argv);
	return cli_finish(status);
}
