/* The two formats of files with keys. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "credentials.h"

#define ROW(type, member) type, offsetof(struct credentials_args, member)

const struct opt credentials_opts[] = {
	{ 0, "psk-file", "F", "pre-shared keys of DTLS and TLS, a line IDENTITY:HEXKEY each; mode "
	  "0600", ROW(OPT_STRING, psk_file) },
	{ 0, "credentials", "F", "file with [psk] identity, key, and [certificate] cert, key, ca, "
	  "any-name; mode 0600", ROW(OPT_STRING, file), .env = "GCOAP_CREDENTIALS" },
	{ 0 },
};

/* Where we are in a file, for messages, which never show what stands there. */
struct place {
	const char *path;
	unsigned line;
};

static int bad(const struct place *at, const char *what)
{
	const char *const hints[] = { "IDENTITY:HEX or IDENTITY:\"TEXT\", 1 to 64 bytes of key",
				      NULL };

	return cli_error(CLI_SECURITY, hints, "%s:%u: %s", at->path, at->line, what);
}

/* Blanks at both ends go; the text is cut in place. */
static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]))
		text[--len] = '\0';
	return text;
}

/* The next line, cut out of *@rest; NULL behind the last. Remarks and empty ones are left out. */
static char *next_line(char **rest, struct place *at)
{
	char *line, *end;

	while (*rest && **rest) {
		line = *rest;
		end = strchr(line, '\n');
		*rest = end ? end + 1 : NULL;
		if (end)
			*end = '\0';
		at->line++;
		line = trim(line);
		if (*line && *line != '#' && *line != ';')
			return line;
	}
	return NULL;
}

static int set_key(struct credentials_psk *k, const char *text, const struct place *at)
{
	size_t len = strlen(text);
	int n;

	if (len >= 2 && text[0] == '"' && text[len - 1] == '"') {
		if (len - 2 == 0 || len - 2 > sizeof(k->key))
			return bad(at, "a key has 1 to 64 bytes");
		memcpy(k->key, text + 1, len - 2);
		k->key_len = len - 2;
		return CLI_OK;
	}
	n = gcoap_hex_decode(text, len, k->key, sizeof(k->key));
	if (n == GCOAP_ESPACE || n == 0)
		return bad(at, "a key has 1 to 64 bytes");
	if (n < 0)
		return bad(at, len % 2 ? "the key has an odd number of hex digits" :
					 "the key is not hexadecimal");
	k->key_len = (size_t)n;
	return CLI_OK;
}

static int set_identity(struct credentials_psk *k, const char *text, const struct place *at)
{
	if (!*text || strlen(text) > CREDENTIALS_IDENTITY_MAX)
		return bad(at, "an identity has 1 to 128 bytes");
	snprintf(k->identity, sizeof(k->identity), "%s", text);
	return CLI_OK;
}

/* Room for one more; realloc() would leave copies of the keys behind. */
static struct credentials_psk *add_key(struct credentials *c)
{
	struct credentials_psk *more = calloc(c->n_keys + 1, sizeof(*more));

	if (!more)
		return NULL;
	if (c->keys) {
		memcpy(more, c->keys, c->n_keys * sizeof(*more));
		explicit_bzero(c->keys, c->n_keys * sizeof(*more));
		free(c->keys);
	}
	c->keys = more;
	return &more[c->n_keys++];
}

static int add_psk(struct credentials *c, const char *identity, const char *key,
		   const struct place *at)
{
	struct credentials_psk *k = add_key(c);
	int status;

	if (!k)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	status = set_identity(k, identity, at);
	for (size_t i = 0; status == CLI_OK && i + 1 < c->n_keys; i++) {
		if (strcmp(c->keys[i].identity, k->identity) == 0)
			status = bad(at, "that identity has a key already");
	}
	return status == CLI_OK ? set_key(k, key, at) : status;
}

/* The colon before the key: identities may hold others, and so may a key in quotes. */
static char *key_colon(char *line)
{
	for (char *colon = strchr(line, ':'); colon; colon = strchr(colon + 1, ':')) {
		if (colon[1 + strspn(colon + 1, " \t")] == '"')
			return colon;
	}
	return strrchr(line, ':');
}

static int read_psk_line(struct credentials *c, char *line, const struct place *at)
{
	char *colon = key_colon(line);

	if (!colon)
		return bad(at, "no colon between identity and key");
	*colon = '\0';
	return add_psk(c, trim(line), trim(colon + 1), at);
}

static int read_psk_file(struct credentials *c, const char *path)
{
	struct place at = { path, 0 };
	char *text, *rest, *line;
	size_t len;
	int status = credentials_read(path, "--psk-file", &text, &len);

	for (rest = text; status == CLI_OK && (line = next_line(&rest, &at));)
		status = read_psk_line(c, line, &at);
	if (status == CLI_OK && c->n_keys == 0) {
		at.line = at.line ? at.line : 1;
		status = bad(&at, "no key in it");
	}
	credentials_release(text, len);
	return status;
}

/* What stands in a credentials file, as texts in its buffer. */
struct entries {
	const char *section;
	char *identity, *psk, *cert, *key, *ca, *any_name;
	struct place psk_at;
};

static char **entry(struct entries *e, const char *name)
{
	const struct {
		const char *section, *name;
		char **to;
	} all[] = {
		{ "psk", "identity", &e->identity },   { "psk", "key", &e->psk },
		{ "certificate", "cert", &e->cert },   { "certificate", "key", &e->key },
		{ "certificate", "ca", &e->ca },       { "certificate", "any-name", &e->any_name },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (e->section && strcmp(e->section, all[i].section) == 0 &&
		    strcmp(name, all[i].name) == 0)
			return all[i].to;
	}
	return NULL;
}

static int say(const struct place *at, const char *what)
{
	const char *const hints[] = {
		"[psk] identity, key; [certificate] cert, key, ca, any-name = yes|no", NULL
	};

	return cli_error(CLI_SECURITY, hints, "%s:%u: %s", at->path, at->line, what);
}

static int read_entry(struct entries *e, char *line, const struct place *at)
{
	char *equals = strchr(line, '='), **to;
	size_t len = strlen(line);

	if (line[0] == '[' && line[len - 1] == ']') {
		line[len - 1] = '\0';
		e->section = line + 1;
		return strcmp(e->section, "psk") == 0 || strcmp(e->section, "certificate") == 0 ?
			       CLI_OK : say(at, "no such section");
	}
	if (!equals)
		return say(at, "neither [SECTION] nor NAME = VALUE");
	*equals = '\0';
	to = entry(e, trim(line));
	if (!to)
		return say(at, "no such name in this section");
	if (*to)
		return say(at, "it is set twice");
	*to = trim(equals + 1);
	if (to == &e->psk || to == &e->identity)
		e->psk_at = *at;
	return CLI_OK;
}

/* Relative names start at the credentials file's folder. */
static char *beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	char *out;

	if (name[0] == '/' || !slash)
		return strdup(name);
	return asprintf(&out, "%.*s/%s", (int)(slash - path), path, name) < 0 ? NULL : out;
}

static int set_file(char **out, const char *path, const char *name)
{
	if (!name)
		return CLI_OK;
	*out = beside(path, name);
	return *out ? CLI_OK : cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
}

static int use_entries(struct credentials *c, const struct entries *e, const struct place *at)
{
	int status = CLI_OK;

	if (!e->identity != !e->psk)
		return say(at, "[psk] needs identity and key");
	if (!e->cert != !e->key)
		return say(at, "[certificate] needs cert and key, or neither");
	if (e->any_name && opt_bool(e->any_name, &c->all.any_name) < 0)
		return say(at, "any-name: want yes or no");
	if (e->psk)
		status = add_psk(c, e->identity, e->psk, &e->psk_at);
	if (status == CLI_OK)
		status = set_file(&c->cert_file, at->path, e->cert);
	if (status == CLI_OK)
		status = set_file(&c->key_file, at->path, e->key);
	if (status == CLI_OK)
		status = set_file(&c->ca_file, at->path, e->ca);
	return status == CLI_OK && c->key_file ? credentials_check(c->key_file, "key in the credentials file") : status;
}

static int read_credentials(struct credentials *c, const char *path)
{
	struct place at = { path, 0 };
	struct entries e = { 0 };
	char *text, *rest, *line;
	size_t len;
	int status = credentials_read(path, "--credentials or GCOAP_CREDENTIALS", &text, &len);

	for (rest = text; status == CLI_OK && (line = next_line(&rest, &at));)
		status = read_entry(&e, line, &at);
	if (status == CLI_OK)
		status = use_entries(c, &e, &at);
	credentials_release(text, len);
	return status;
}

static int finish(struct credentials *c)
{
	c->psk = calloc(c->n_keys + 1, sizeof(*c->psk));
	if (!c->psk)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	for (size_t i = 0; i < c->n_keys; i++)
		c->psk[i] = (struct gcoap_psk){ c->keys[i].identity,
						{ c->keys[i].key, c->keys[i].key_len } };
	c->all.psk = c->psk;
	c->all.n_psk = c->n_keys;
	c->all.cert_file = c->cert_file;
	c->all.key_file = c->key_file;
	c->all.ca_file = c->ca_file;
	return CLI_OK;
}

int credentials_load(struct credentials *out, const struct credentials_args *args)
{
	int status = CLI_OK;

	memset(out, 0, sizeof(*out));
	if (args->psk_file)
		status = read_psk_file(out, args->psk_file);
	if (status == CLI_OK && args->file)
		status = read_credentials(out, args->file);
	return status == CLI_OK ? finish(out) : status;
}

void credentials_clear(struct credentials *c)
{
	if (c->keys)
		explicit_bzero(c->keys, c->n_keys * sizeof(*c->keys));
	free(c->keys);
	free(c->psk);
	free(c->cert_file);
	free(c->key_file);
	free(c->ca_file);
	memset(c, 0, sizeof(*c));
}

bool credentials_serve(const struct credentials *c)
{
	return c->all.n_psk > 0 || c->all.cert_file;
}
