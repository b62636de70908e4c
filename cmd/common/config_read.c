/* The config file's text: sections and keys, every fault with its place. */
#include "config_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <gcoap/bytes.h>
#include "cli.h"
#include "opt.h"
#include "suggest.h"

#define LINE_MAX_BYTES 8192
/* Stand for ':' and '[' in a key while inih looks at the line: it would split an IPv6 address
 * at its first colon and take "[fe80::1]:5683 = hall" for a section. */
#define COLON '\001'
#define BRACKET '\002'

enum section { IN_NONE, IN_DEFAULTS, IN_TOOL, IN_OTHER_TOOL, IN_GROUP, IN_NAMES, IN_OPTIONS };

struct reader {
	const char *tool;
	char *at, *end;
	unsigned line;
	unsigned column, value_column; /* of the line's key and value */
	enum section section;
	char *seen[64]; /* headings so far */
	size_t n_seen;
	int status;
};

static const char *const tools[] = { "gcoap",	     "gcoap-get",   "gcoap-observe",
				     "gcoap-discover", "gcoap-etag",  "gcoap-bench",
				     "gcoap-probe",  "gcoap-decode", "gcoap-sim",
				     "gcoap-proxy",  "gcoap-mirror", NULL };

/* Remember the first fault; the rest of the file is not looked at. */
__attribute__((format(printf, 4, 5))) static void
fault(struct reader *r, unsigned column, const char *near, const char *format, ...)
{
	char what[512], hint[96];
	const char *hints[] = { hint, NULL };
	va_list ap;

	if (r->status)
		return;
	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (near)
		snprintf(hint, sizeof(hint), "did you mean %s?", near);
	r->status = cli_error(CLI_USAGE, near ? hints : NULL, "%s:%u:%u: %s", config_data.path,
			      r->line, column, what);
}

static void *grown(void *list, size_t n, size_t size)
{
	void *p = realloc(list, (n + 1) * size);

	if (!p) {
		cli_warn("out of memory");
		exit(CLI_LOCAL);
	}
	memset((char *)p + n * size, 0, size);
	return p;
}
#define APPEND(list, n) (list = grown(list, n, sizeof(*(list))), &(list)[(n)++])

static char *copy(const char *s)
{
	char *p = strdup(s);

	if (!p) {
		cli_warn("out of memory");
		exit(CLI_LOCAL);
	}
	return p;
}

static bool group_name_ok(const char *name)
{
	size_t len = strlen(name);

	return len && len <= 64 &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

static void section_open(struct reader *r, const char *name)
{
	static const char *const known[] = { "defaults", "names", "options", NULL };
	static const enum section kinds[] = { IN_DEFAULTS, IN_NAMES, IN_OPTIONS };
	struct suggest s = { .word = name };

	for (size_t i = 0; i < r->n_seen; i++)
		if (!strcmp(r->seen[i], name))
			fault(r, r->column, NULL, "section [%s] is there twice", name);
	if (r->n_seen < sizeof(r->seen) / sizeof(r->seen[0]))
		r->seen[r->n_seen++] = copy(name);
	for (size_t i = 0; known[i]; i++) {
		if (!strcmp(name, known[i])) {
			r->section = kinds[i];
			return;
		}
		suggest_try(&s, known[i]);
	}
	for (size_t i = 0; tools[i]; i++) {
		if (!strcmp(name, tools[i])) {
			r->section = strcmp(name, r->tool) ? IN_OTHER_TOOL : IN_TOOL;
			return;
		}
		suggest_try(&s, tools[i]);
	}
	if (strncmp(name, "group ", 6)) {
		fault(r, r->column, s.best, "unknown section [%s]", name);
		return;
	}
	name += 6 + strspn(name + 6, " \t");
	r->section = IN_GROUP;
	if (!group_name_ok(name) || !strcmp(name, "demo"))
		fault(r, r->column, NULL, "\"%s\" is no name for a group: letters, digits and . _ -, "
		      "and not demo", name);
	else if (config_group(name))
		fault(r, r->column, NULL, "group %s is there twice", name);
	else {
		struct config_group *g = APPEND(config_data.groups, config_data.n_groups);

		g->name = copy(name);
		g->line = r->line;
	}
}

static struct {
	bool (*is)(void *arg, const char *key);
	void *arg;
} repeated;

void config_repeatable(bool (*is)(void *arg, const char *key), void *arg)
{
	repeated.is = is;
	repeated.arg = arg;
}

static bool repeatable(const char *key)
{
	return repeated.is && repeated.is(repeated.arg, key);
}

static void entry_add(struct reader *r, const char *key, const char *value, bool is_default)
{
	struct config_entry *e;

	for (size_t i = 0; i < config_data.n_entries; i++) {
		e = &config_data.entries[i];
		if (!strcmp(e->key, key) && e->is_default == is_default &&
		    (is_default || !repeatable(key))) {
			fault(r, r->column, NULL, "%s is there twice, first in line %u", key, e->line);
			return;
		}
	}
	if (config_data.n_entries == CONFIG_ENTRIES_MAX) {
		fault(r, r->column, NULL, "more than %d options", CONFIG_ENTRIES_MAX);
		return;
	}
	e = APPEND(config_data.entries, config_data.n_entries);
	*e = (struct config_entry){ copy(key), copy(value), r->line, r->column, is_default };
}

static void group_add(struct reader *r, const char *key, const char *value)
{
	struct config_group *g = &config_data.groups[config_data.n_groups - 1];
	struct {
		const char *key;
		char **at;
	} keys[] = { { "uri", &g->uri },
		     { "interface", &g->interface },
		     { "members", &g->members },
		     { "credentials", &g->credentials } };
	struct suggest s = { .word = key };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		suggest_try(&s, keys[i].key);
		if (strcmp(key, keys[i].key))
			continue;
		if (*keys[i].at)
			fault(r, r->column, NULL, "%s is there twice", key);
		else
			*keys[i].at = copy(value);
		return;
	}
	fault(r, r->column, s.best, "unknown key %s in a group", key);
}

static void name_add(struct reader *r, const char *key, const char *value)
{
	struct gcoap_addr addr;
	struct config_name *name;
	int e = gcoap_addr_parse(&addr, key, 0);

	if (e == GCOAP_EINTERFACE) /* the zone's interface is not up today */
		return;
	if (e < 0) {
		fault(r, r->column, NULL, "\"%s\" is not an address", key);
		return;
	}
	if (!*value) {
		fault(r, r->value_column, NULL, "%s has no name", key);
		return;
	}
	for (size_t i = 0; i < config_data.n_names; i++)
		if (gcoap_addr_equal(&config_data.names[i].addr, &addr))
			fault(r, r->column, NULL, "%s is there twice", key);
	name = APPEND(config_data.names, config_data.n_names);
	name->addr = addr;
	name->label = copy(value);
}

static void number_add(struct reader *r, const char *key, const char *value)
{
	struct config_number *n;
	uint32_t number;

	if (opt_uint(value, &number) || !number || number > 65535) {
		fault(r, r->value_column, NULL, "%s: expected a number from 1 to 65535, not \"%s\"",
		      key, value);
		return;
	}
	for (size_t i = 0; i < config_data.n_numbers; i++)
		if (!strcasecmp(config_data.numbers[i].name, key))
			fault(r, r->column, NULL, "%s is there twice", key);
	n = APPEND(config_data.numbers, config_data.n_numbers);
	*n = (struct config_number){ copy(key), number, r->line, r->column };
}

/* inih's handler: the section is known from the lines themselves (inih cuts its name). */
static int key_value(void *arg, const char *section, const char *name, const char *value)
{
	struct reader *r = arg;
	char *key;

	if (r->status)
		return 1;
	key = copy(name);
	for (char *p = key; *p; p++)
		*p = *p == COLON ? ':' : *p == BRACKET ? '[' : *p;
	switch (r->section) {
	case IN_NONE:
		fault(r, r->column, NULL, "%s stands before the first section", key);
		break;
	case IN_DEFAULTS:
	case IN_TOOL:
		entry_add(r, key, value, r->section == IN_DEFAULTS);
		break;
	case IN_OTHER_TOOL:
		break;
	case IN_GROUP:
		if (config_data.n_groups)
			group_add(r, key, value);
		break;
	case IN_NAMES:
		name_add(r, key, value);
		break;
	case IN_OPTIONS:
		number_add(r, key, value);
		break;
	}
	free(key);
	return 1;
}

/* A heading is "[name]" and nothing behind it but blanks and a comment. */
static bool heading(char *line, char **name)
{
	char *close = strchr(line, ']'), *p;

	if (line[0] != '[' || !close)
		return false;
	p = close + 1 + strspn(close + 1, " \t\r");
	if (*p && *p != ';' && *p != '#')
		return false;
	*close = '\0';
	*name = line + 1;
	return true;
}

/* Hide from inih what it would read in another way than this file's rules. */
static void disguise(char *line)
{
	char *equals = strchr(line, '=');

	if (!equals)
		return;
	if (line[0] == '[')
		line[0] = BRACKET;
	for (char *p = line; p < equals; p++)
		if (*p == ':')
			*p = COLON;
}

/* inih's reader: one line, without the blanks before it, checked for what no line may hold. */
static char *line_read(char *out, int cap, void *arg)
{
	struct reader *r = arg;
	char *end, *name, *equals;
	size_t len;

	if (r->status || r->at == r->end)
		return NULL;
	end = memchr(r->at, '\n', (size_t)(r->end - r->at));
	len = (size_t)((end ? end : r->end) - r->at);
	r->line++;
	r->column = 1 + (unsigned)strspn(r->at, " \t");
	if (len + 4 > (size_t)cap) {
		fault(r, 1, NULL, "the line is longer than %d bytes", cap - 4);
		return NULL;
	}
	if (r->column - 1 > len)
		r->column = 1;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)r->at[i];

		if ((c < 0x20 && c != '\t' && !(c == '\r' && i + 1 == len)) || c == 0x7f) {
			fault(r, (unsigned)i + 1, NULL, "control character 0x%02x", c);
			return NULL;
		}
	}
	memcpy(out, r->at + r->column - 1, len - (r->column - 1));
	out[len - (r->column - 1)] = '\0';
	r->at += len + (end != NULL);
	if (heading(out, &name)) {
		section_open(r, name);
		out[0] = '\0';
		return out;
	}
	equals = strchr(out, '=');
	r->value_column = r->column;
	if (equals)
		r->value_column += (unsigned)(equals + 1 - out) +
				   (unsigned)strspn(equals + 1, " \t");
	disguise(out);
	return out;
}

/* The whole file, NUL-terminated; NULL after saying why. */
static char *slurp(const char *path, bool must, size_t *len, int *status)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	const char *why = NULL;
	struct stat st;
	char *text = NULL;
	ssize_t n;

	*len = 0;
	*status = 0;
	if (fd < 0 && !must && (errno == ENOENT || errno == ENOTDIR))
		return NULL;
	if (fd < 0 || fstat(fd, &st) < 0)
		why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		why = S_ISDIR(st.st_mode) ? "is a directory" : "is not a regular file";
	else if (st.st_size > CONFIG_SIZE_MAX)
		why = "is larger than 1 MiB";
	else if (!(text = malloc(CONFIG_SIZE_MAX + 2)))
		why = strerror(ENOMEM);
	while (!why && *len <= CONFIG_SIZE_MAX) {
		n = read(fd, text + *len, CONFIG_SIZE_MAX + 1 - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			why = strerror(errno);
		if (n <= 0)
			break;
		*len += (size_t)n;
	}
	if (!why && *len > CONFIG_SIZE_MAX)
		why = "is larger than 1 MiB";
	if (fd >= 0)
		close(fd);
	if (why) {
		free(text);
		*status = cli_error(CLI_USAGE, NULL, "config file %s: %s", path, why);
		return NULL;
	}
	text[*len] = '\0';
	return text;
}

static void groups_check(struct reader *r)
{
	for (size_t i = 0; i < config_data.n_groups; i++) {
		if (config_data.groups[i].uri)
			continue;
		r->line = config_data.groups[i].line;
		fault(r, 1, NULL, "group %s has no uri", config_data.groups[i].name);
	}
}

int config__parse(const char *path, const char *tool, char *text, size_t len)
{
	struct reader r = { .tool = tool, .at = text, .end = text + len };
	int wrong;

	config_data.path = copy(path);
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		r.at += 3;
	if (!gcoap_utf8_valid((struct gcoap_bytes){ (uint8_t *)text, len })) {
		r.line = 1;
		fault(&r, 1, NULL, "the file is not UTF-8 text");
	}
	ini_allow_multiline = false;
	ini_use_stack = false;
	ini_max_line = LINE_MAX_BYTES;
	ini_initial_alloc = LINE_MAX_BYTES;
	ini_stop_on_first_error = true;
	wrong = r.status ? 0 : ini_parse_stream(line_read, &r, key_value, &r);
	if (wrong && !r.status) {
		r.line = wrong > 0 ? (unsigned)wrong : r.line;
		fault(&r, r.column, NULL, "expected [section] or key = value");
	}
	groups_check(&r);
	for (size_t i = 0; i < r.n_seen; i++)
		free(r.seen[i]);
	return r.status;
}

int config__read(const char *path, const char *tool, bool must)
{
	size_t len;
	int status;
	char *text = slurp(path, must, &len, &status);

	if (text)
		status = config__parse(path, tool, text, len);
	free(text);
	return status;
}
