#include "ask.h"

#define ROW(type, member) type, offsetof(struct ROWS, member)

#define ROWS target_args
const struct opt ask_where_opts[] = {
	{ 'i', "interface", "IF", "ask on this interface; repeatable: on each",
	  ROW(OPT_LIST, interfaces), .env = "GCOAP_INTERFACE", .shown = "by route" },
	{ '4', "ipv4", NULL, "IPv4 only", ROW(OPT_FLAG, v4) },
	{ '6', "ipv6", NULL, "IPv6 only", ROW(OPT_FLAG, v6) },
	{ 's', "source", "ADDR[:PORT]", "send from this address and port", ROW(OPT_STRING, source),
	  .shown = "the kernel's choice" },
	{ 0, "hops", "N", "TTL or hop limit of group requests", ROW(OPT_UINT, hops),
	  .shown = "1 link-local, 16 wider" },
	{ 0 },
};
#undef ROWS

#define ROWS ask_wait
const struct opt ask_wait_opts[] = {
	{ 't', "timeout", "DUR", "last moment to accept answers", ROW(OPT_DURATION, timeout),
	  .env = "GCOAP_TIMEOUT", .shown = "7s to a group, 30s to one server" },
	{ 'n', "expect", "N", "finish at N distinct servers; fewer: exit 4",
	  ROW(OPT_UINT, expect) },
	{ 0, "expect-from", "A,B", "these must answer; a missing one: exit 4",
	  ROW(OPT_LIST, expect_from) },
	{ 0, "idle", "DUR", "finish after so much silence", ROW(OPT_DURATION, idle) },
	{ 0, "first", NULL, "finish at the first answer", ROW(OPT_FLAG, first) },
	{ 0, "repeat", "N", "send the group request again N times, spaced by the leisure",
	  ROW(OPT_UINT, repeat), .shown = "0" },
	{ 0, "repeat-mid", "same|new", "Message ID of repeats: same reaches more servers, "
	  "new asks all again", ROW(OPT_CHOICE, repeat_mid), .shown = "same",
	  .choices = "same new" },
	{ 0 },
};
#undef ROWS

#define ROWS ask_request
const struct opt ask_method_opts[] = {
	{ 'm', "method", "M", "the request's method", ROW(OPT_CHOICE, method),
	  .shown = "get", .choices = "get fetch post put patch ipatch delete" },
	{ 'p', "payload", "X", "the request's payload; converted when -T says JSON or CBOR",
	  ROW(OPT_STRING, payload) },
	{ 'f', "payload-file", "F", "payload from a file, - for stdin",
	  ROW(OPT_STRING, payload_file) },
	{ 'T', "content-format", "CF", "Content-Format of the payload, name or number",
	  ROW(OPT_STRING, content_format) },
	{ 0 },
};
const struct opt ask_request_opts[] = {
	{ 'A', "accept", "CF", "Content-Format wanted, name or number",
	  ROW(OPT_STRING, accept) },
	{ 'O', "option", "NAME=VAL", "add an option; VAL is text, 0xHEX or an integer; "
	  "repeatable", ROW(OPT_MULTI, options) },
	{ 0, "query", "K=V", "add a Uri-Query; repeatable", ROW(OPT_MULTI, query) },
	{ 0, "no-response", "MASK", "not interested in: 2 (2.xx), 8 (4.xx), 16 (5.xx), or their "
	  "sum", ROW(OPT_STRING, no_response) },
	{ 0, "token", "HEX", "use this token, 1 to 8 bytes", ROW(OPT_STRING, token),
	  .shown = "8 random bytes" },
	{ 0, "con", NULL, "confirmable request (the default to one server)",
	  ROW(OPT_FLAG, con) },
	{ 0, "non", NULL, "non-confirmable request (always to a group)", ROW(OPT_FLAG, non) },
	{ 0 },
};
#undef ROWS

#define ROWS ask_body
const struct opt ask_body_opts[] = {
	{ 0, "block-size", "N", "largest block to ask for: 16, 32 ... 1024",
	  ROW(OPT_UINT, block_size), .shown = "1024" },
	{ 0, "no-blockwise", NULL, "do not fetch the rest of a large body",
	  ROW(OPT_FLAG, no_blockwise) },
	{ 0, "max-body", "SIZE", "give up a body above this size", ROW(OPT_SIZE, max_body),
	  .shown = "1M" },
	{ 0 },
};
#undef ROWS

#define ROWS ask_dialect
const struct opt ask_dialect_opts[] = {
	{ 0, "dialect", "NAME", "drafts whose options are sent; both are decoded",
	  ROW(OPT_CHOICE, dialect), .env = "GCOAP_DIALECT", .shown = "tiloca-05",
	  .choices = "tiloca-05 ietf" },
	{ 0, "option-number", "NAME=N", "give an option of the drafts another number; repeatable",
	  ROW(OPT_MULTI, numbers), .env = "GCOAP_OPTION_NUMBERS" },
	{ 0 },
};
#undef ROWS
