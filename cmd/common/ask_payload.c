/* The payload of a request: text or a file, checked or converted for its Content-Format. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>
#include <gcoap/cbor.h>
#include <gcoap/format.h>
#include "ask.h"
#include "cli.h"

#define PAYLOAD_MAX (16u << 20)

static int read_stream(FILE *in, uint8_t **out, size_t *len)
{
	size_t cap = 4096, used = 0;
	uint8_t *buf = malloc(cap);

	while (buf != NULL) {
		used += fread(buf + used, 1, cap - used, in);
		if (used < cap)
			break;
		if (cap >= PAYLOAD_MAX) {
			errno = EFBIG;
			break;
		}
		cap *= 2;
		uint8_t *more = realloc(buf, cap);

		if (more == NULL)
			free(buf);
		buf = more;
	}
	*out = buf;
	*len = used;
	if (buf == NULL)
		errno = ENOMEM;
	return buf != NULL && !ferror(in) && used < cap ? 0 : -1;
}

static int read_file(const char *path, uint8_t **out, size_t *len)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	int r, error;

	*out = NULL;
	if (in == NULL)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", path, strerror(errno));
	r = read_stream(in, out, len);
	error = errno;
	if (in != stdin)
		fclose(in);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", path, strerror(error));
	return CLI_OK;
}

/* As JSON tells where it stopped understanding: a byte offset from 0. */
static bool json_ok(const char *text, size_t len, size_t *at)
{
	const char *end = NULL;
	cJSON *json = cJSON_ParseWithLengthOpts(text, len, &end, 0);
	bool ok = json != NULL;

	*at = end != NULL ? (size_t)(end - text) : 0;
	for (size_t i = *at; ok && i < len; i++) {
		if (strchr(" \t\r\n", text[i]) == NULL) {
			ok = false;
			*at = i;
		}
	}
	cJSON_Delete(json);
	return ok;
}

static bool is_cbor(struct gcoap_bytes b, bool sequence)
{
	struct gcoap_cbor_limits limits = GCOAP_CBOR_LIMITS;

	limits.sequence = sequence;
	return gcoap_cbor_scan(b, &limits, NULL) >= 0;
}

static int convert(struct ask_message *m, enum gcoap_payload_kind kind, const char *name,
		   size_t *len)
{
	bool json = kind == GCOAP_KIND_JSON || kind == GCOAP_KIND_SENML_JSON;
	struct gcoap_bytes raw = { m->payload, *len };
	uint8_t *cbor = NULL;
	size_t at;
	int r;

	if (!json_ok((const char *)m->payload, *len, &at)) {
		if (!json && is_cbor(raw, kind == GCOAP_KIND_CBOR_SEQ))
			return CLI_OK;
		cli_usage("the payload is not %s: JSON ends at byte %zu",
			  json ? "JSON" : "CBOR, nor JSON to make it of", at);
		cli_hint("to send the bytes as they are: -O Content-Format=%s instead of -T", name);
		return CLI_USAGE;
	}
	if (json)
		return CLI_OK;
	r = ask_cbor_from_json((const char *)m->payload, *len, kind == GCOAP_KIND_SENML_CBOR,
			       &cbor, len);
	if (r < 0)
		return cli_usage("the payload cannot become CBOR: %s", gcoap_strerror(r));
	free(m->payload);
	m->payload = cbor;
	return CLI_OK;
}

int ask_payload(struct ask_message *m, const struct ask_request *args, int32_t format)
{
	const struct gcoap_format_info *info;
	int status = CLI_OK;
	size_t len = 0;

	if (args->payload_file != NULL) {
		status = read_file(args->payload_file, &m->payload, &len);
	} else if (args->payload != NULL) {
		len = strlen(args->payload);
		m->payload = (uint8_t *)strdup(args->payload);
		if (m->payload == NULL)
			return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	} else {
		return CLI_OK;
	}
	info = format >= 0 ? gcoap_format_find((uint32_t)format) : NULL;
	if (status == CLI_OK && info != NULL) {
		switch ((enum gcoap_payload_kind)info->kind) {
		case GCOAP_KIND_JSON:
		case GCOAP_KIND_SENML_JSON:
		case GCOAP_KIND_CBOR:
		case GCOAP_KIND_CBOR_SEQ:
		case GCOAP_KIND_SENML_CBOR:
			status = convert(m, (enum gcoap_payload_kind)info->kind, info->name, &len);
			break;
		case GCOAP_KIND_NONE:
		case GCOAP_KIND_TEXT:
		case GCOAP_KIND_LINK:
		case GCOAP_KIND_XML:
		case GCOAP_KIND_OPAQUE:
			break;
		}
	}
	m->msg.payload = (struct gcoap_bytes){ m->payload, len };
	return status;
}
