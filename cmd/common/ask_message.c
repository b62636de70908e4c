/* The request that the options describe, apart from its target. */
#include <stdlib.h>
#include <string.h>
#include <gcoap/block.h>
#include <gcoap/format.h>
#include "ask.h"
#include "cli.h"
#include "config.h"

/* "NAME=N" or, from the environment, "NAME=N,NAME=N". */
static int set_numbers(struct gcoap_registry *registry, const char *text)
{
	char name[64];

	for (;;) {
		const char *equal = strchr(text, '=');
		size_t len = equal != NULL ? (size_t)(equal - text) : 0;
		unsigned long number;
		char *end;
		int r;

		if (len == 0 || len >= sizeof(name))
			return cli_usage("--option-number \"%s\": want NAME=NUMBER", text);
		memcpy(name, text, len);
		name[len] = '\0';
		number = strtoul(equal + 1, &end, 10);
		if (end == equal + 1 || (*end != '\0' && *end != ',') || number > UINT16_MAX)
			return cli_usage("--option-number \"%s\": want a number of 1 to 65535",
					 text);
		r = gcoap_registry_set(registry, name, (uint32_t)number);
		if (r == GCOAP_ENOTFOUND)
			return cli_usage("--option-number: no option is called \"%s\"", name);
		if (r == GCOAP_EINVALID)
			return cli_usage("--option-number: %lu is another option's number",
					 number);
		if (r < 0)
			return cli_usage("--option-number \"%s\": want a number of 1 to 65535",
					 text);
		if (*end == '\0')
			return CLI_OK;
		text = end + 1;
	}
}

int ask_registry(const struct ask_dialect *args, struct gcoap_registry *out)
{
	int status;

	gcoap_registry_init(out);
	status = config_options(out);
	for (size_t i = 0; i < args->numbers.n && status == CLI_OK; i++)
		status = set_numbers(out, args->numbers.items[i]);
	return status;
}

static int set_format(struct ask_message *m, uint16_t option, const char *flag,
		      const char *text, int32_t *format)
{
	uint8_t store[4];
	uint16_t number;
	struct gcoap_bytes value;

	*format = -1;
	if (text == NULL)
		return CLI_OK;
	if (gcoap_format_parse(text, &number) < 0) {
		cli_usage("%s: \"%s\" is not a Content-Format", flag, text);
		cli_hint("a name such as json, cbor, senml+json, link-format, or a number");
		return CLI_USAGE;
	}
	*format = number;
	value = ask_keep(m, store, gcoap_uint_encode(number, store));
	gcoap_msg_add(&m->msg, option, value);
	return CLI_OK;
}

static int set_token(struct ask_message *m, const char *hex)
{
	int n;

	if (hex == NULL)
		return CLI_OK;
	n = gcoap_hex_decode(hex, strlen(hex), m->token, sizeof(m->token));
	if (n <= 0)
		return cli_usage("--token \"%s\": want 1 to 8 bytes in hex", hex);
	m->token_len = (uint8_t)n;
	return CLI_OK;
}

static int set_no_response(struct ask_message *m, const char *mask)
{
	char text[32];

	if (mask == NULL)
		return CLI_OK;
	if (strlen(mask) > 10)
		return cli_usage("--no-response \"%s\": want a mask of 0 to 255", mask);
	snprintf(text, sizeof(text), "No-Response=%s", mask);
	return ask_add_option(m, text);
}

static int set_queries(struct ask_message *m, const struct opt_list *queries)
{
	for (size_t i = 0; i < queries->n; i++) {
		size_t len = strlen(queries->items[i]);
		struct gcoap_bytes value = { NULL, len };

		if (len > 255)
			return cli_usage("--query \"%s\": more than 255 bytes", queries->items[i]);
		value = ask_keep(m, queries->items[i], len);
		if (value.ptr == NULL || gcoap_msg_add(&m->msg, GCOAP_URI_QUERY, value) < 0)
			return cli_usage("--query: too many for one message");
	}
	return CLI_OK;
}

static int set_expect_from(struct ask_message *m, const struct opt_list *list)
{
	m->n_expect_from = list->n;
	if (list->n == 0)
		return CLI_OK;
	m->expect_from = calloc(list->n, sizeof(*m->expect_from));
	if (m->expect_from == NULL)
		return cli_usage("%s", gcoap_strerror(GCOAP_ENOMEM));
	for (size_t i = 0; i < list->n; i++) {
		if (config_endpoint(list->items[i], &m->expect_from[i]) < 0)
			return cli_usage("--expect-from \"%s\": want an address, ADDR:PORT, or a "
					 "name of the config file", list->items[i]);
	}
	return CLI_OK;
}

void ask_expect_port(struct ask_message *m, uint16_t port)
{
	for (size_t i = 0; i < m->n_expect_from; i++)
		if (m->expect_from[i].port == 0)
			m->expect_from[i].port = port;
}

static int check_method(const struct ask_request *args, uint8_t *code)
{
	bool payload = args->payload != NULL || args->payload_file != NULL;

	if (gcoap_method_parse(args->method, code) < 0)
		return cli_usage("--method: \"%s\" is not a method", args->method);
	if (payload && (*code == GCOAP_GET || *code == GCOAP_DELETE)) {
		cli_usage("%s does not carry a payload", gcoap_code_name(*code));
		cli_hint("name the method: -m put (or post, fetch, patch, ipatch)");
		return CLI_USAGE;
	}
	if (args->payload != NULL && args->payload_file != NULL)
		return cli_usage("--payload and --payload-file exclude each other");
	if (args->con && args->non)
		return cli_usage("--con and --non exclude each other");
	return CLI_OK;
}

/* --block-size says it to the server at once (RFC 7959, Section 2.4: early negotiation). */
static int set_block(struct ask_message *m, const struct ask_body *args)
{
	uint8_t store[4];
	struct gcoap_block b = { .num = 0 };

	if (gcoap_block_szx(args->block_size, &b.szx) < 0)
		return cli_usage("--block-size %u: want 16, 32, 64, 128, 256, 512 or 1024",
				 args->block_size);
	if (args->max_body == 0 || args->max_body > UINT32_MAX)
		return cli_usage("--max-body: want 1 to 4294967295 bytes");
	m->block_szx = b.szx;
	if (!opt_given("block-size") || args->no_blockwise ||
	    gcoap_msg_find(&m->msg, GCOAP_BLOCK2) != NULL)
		return CLI_OK;
	gcoap_msg_add(&m->msg, GCOAP_BLOCK2, ask_keep(m, store, gcoap_block_encode(&b, store)));
	return CLI_OK;
}

int ask_message_init(struct ask_message *m, const struct ask_args *args,
		     const struct gcoap_registry *registry)
{
	int32_t format, accept;
	uint8_t code;
	int status;

	memset(m, 0, sizeof(*m));
	m->registry = registry;
	m->dialect = gcoap_dialect_find(args->dialect.dialect);
	if (m->dialect == NULL)
		return cli_usage("--dialect: \"%s\" is not one", args->dialect.dialect);
	if (args->wait.timeout == 0 && opt_given("timeout"))
		return cli_usage("--timeout 0: nobody can answer in no time");
	status = ask_proxy_check(args);
	if (status == CLI_OK)
		status = check_method(&args->request, &code);
	if (status != CLI_OK)
		return status;
	gcoap_msg_init(&m->msg, GCOAP_NON, code);
	status = set_format(m, GCOAP_CONTENT_FORMAT, "--content-format",
			    args->request.content_format, &format);
	if (status == CLI_OK)
		status = set_format(m, GCOAP_ACCEPT, "--accept", args->request.accept, &accept);
	for (size_t i = 0; i < args->request.options.n && status == CLI_OK; i++)
		status = ask_add_option(m, args->request.options.items[i]);
	if (status == CLI_OK)
		status = set_queries(m, &args->request.query);
	if (status == CLI_OK)
		status = set_no_response(m, args->request.no_response);
	if (status == CLI_OK)
		status = set_token(m, args->request.token);
	if (status == CLI_OK)
		status = set_block(m, &args->body);
	if (status == CLI_OK)
		status = set_expect_from(m, &args->wait.expect_from);
	if (status == CLI_OK)
		status = ask_payload(m, &args->request, format);
	return status;
}

void ask_message_clear(struct ask_message *m)
{
	free(m->expect_from);
	free(m->payload);
	m->expect_from = NULL;
	m->payload = NULL;
}
