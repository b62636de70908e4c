#include "decode.h"

#define ROW(type, member) type, offsetof(struct decode_what, member)

static const struct opt what_opts[] = {
	{ 0, "as", "KIND", "what the bytes are: message, response-forwarding, reply-from, "
	  "multi-etag, link-format, cbor, oscore, or an option's name",
	  ROW(OPT_STRING, as), .shown = "message",
	  .choices = "message response-forwarding reply-from multi-etag link-format cbor oscore" },
	{ 0, "pcap", "F", "read the CoAP datagrams of a pcap or pcapng file; -: stdin",
	  ROW(OPT_STRING, pcap) },
	{ 0, "each", NULL, "with --pcap: explain every datagram, instead of exchanges",
	  ROW(OPT_FLAG, each) },
	{ 0, "port", "N", "with --pcap: a port that CoAP uses beside 5683; repeatable",
	  ROW(OPT_LIST, ports) },
	{ 0, "group-port", "N", "port of the group's URI, which some texts give a server whose "
	  "port is left out", ROW(OPT_UINT, group_port) },
	{ 0 },
};

static const struct opt numbers_opts[] = {
	{ 0, "option-number", "NAME=N", "give an option of the drafts another number; repeatable",
	  OPT_MULTI, offsetof(struct ask_dialect, numbers), .env = "GCOAP_OPTION_NUMBERS" },
	{ 0 },
};

static const struct opt_group groups[] = {
	{ "What to explain", what_opts, offsetof(struct decode_args, what) },
	{ "Dialects of the drafts", numbers_opts, offsetof(struct decode_args, dialect) },
	{ "Output", output_opts, offsetof(struct decode_args, output) },
	{ "Payloads", output_payload_opts, offsetof(struct decode_args, output) },
	{ 0 },
};

const struct opt_command decode_command = {
	.name = "gcoap-decode",
	.usage = "[OPTION]... [HEX]...",
	.promise = "explain CoAP bytes: messages, option values, captures",
	.example = "  gcoap-decode 5201666ac0deb474656d70\n"
		   "  gcoap-decode --as multi-etag 8301d9010444c000020119163342a1b2\n"
		   "  xxd -p message.bin | gcoap-decode --json\n"
		   "  gcoap-decode --pcap group.pcap           as gcoap-get would have shown it\n",
	.groups = groups,
};
