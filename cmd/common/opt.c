/* The command line, the environment and the config file, row by row. */
#include "opt_internal.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "config.h"
#include "suggest.h"

#define LONG_BASE 0x100 /* values of getopt_long() for rows, above every letter */

struct found {
	struct opt_slot *slot;
	const char *text;
	enum opt_origin origin;
};

struct parse {
	struct opt_table table;
	struct found *found;
	size_t n_found;
	char **operands;
	int n_operands;
	const char *config_path;
	char letters[2 * OPT_ROWS_MAX + 4];
	struct option longs[OPT_ROWS_MAX + 1];
};

/* Names of the options of the last opt_parse() that were given. */
static struct {
	const char *name;
	enum opt_origin origin;
} given[OPT_ROWS_MAX];
static size_t n_given;

enum opt_origin opt_origin(const char *name)
{
	for (size_t i = 0; i < n_given; i++)
		if (!strcmp(given[i].name, name))
			return given[i].origin;
	return OPT_FROM_NOWHERE;
}

bool opt_given(const char *name)
{
	return opt_origin(name) != OPT_FROM_NOWHERE;
}

const struct opt opt_shared[] = {
	{ .name = "config", .value = "FILE", .type = OPT_STRING, .env = "GCOAP_CONFIG",
	  .help = "read this config file; none: read none", .shown = "~/.config/gcoap/config" },
	{ .name = "completion", .value = "SHELL", .type = OPT_STRING, .choices = "bash zsh fish",
	  .help = "print the completion script for bash, zsh or fish" },
	{ 'h', "help", .type = OPT_FLAG, .help = "print this help" },
	{ 'V', "version", .type = OPT_FLAG, .help = "print the versions of gcoap and its libraries" },
	{ .name = "complete-options", .type = OPT_FLAG },
	{ .name = "complete-targets", .type = OPT_FLAG },
	{ 0 },
};

bool opt__hidden(const struct opt *row)
{
	return !row->help;
}

bool opt__takes_value(const struct opt *row)
{
	return row->type != OPT_FLAG && row->type != OPT_COUNT && row->value;
}

struct opt_slot *opt__find(struct opt_table *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(t->slots[i].row->name, name))
			return &t->slots[i];
	return NULL;
}

static void table_add(struct opt_table *t, const struct opt *rows, char *base)
{
	for (; rows->name && t->n < OPT_ROWS_MAX; rows++)
		t->slots[t->n++] = (struct opt_slot){ .row = rows, .base = base };
}

static void table_fill(struct opt_table *t, const struct opt_command *cmd, char *args)
{
	t->cmd = cmd;
	for (const struct opt_group *g = cmd->groups; g->rows; g++)
		table_add(t, g->rows, args + g->offset);
	table_add(t, opt_shared, NULL);
}

/* The rows as getopt_long() wants them; operands are told in order ("-"). */
static void getopt_fill(struct parse *p)
{
	char *l = p->letters;

	*l++ = '-';
	*l++ = ':';
	for (size_t i = 0; i < p->table.n; i++) {
		const struct opt *row = p->table.slots[i].row;

		p->longs[i] = (struct option){ row->name, opt__takes_value(row), NULL,
					       LONG_BASE + (int)i };
		if (!row->letter)
			continue;
		*l++ = row->letter;
		if (opt__takes_value(row))
			*l++ = ':';
	}
}

static struct opt_slot *slot_of(struct parse *p, int c)
{
	if (!c)
		return NULL;
	if (c >= LONG_BASE)
		return &p->table.slots[c - LONG_BASE];
	for (size_t i = 0; i < p->table.n; i++)
		if (p->table.slots[i].row->letter == c)
			return &p->table.slots[i];
	return NULL;
}

static int unknown_long(struct parse *p, const char *name)
{
	struct suggest s = { .word = name };
	const struct opt *row;
	char hint[96];
	const char *hints[] = { hint, NULL };

	for (size_t i = 0; i < p->table.n; i++)
		if (!opt__hidden(p->table.slots[i].row))
			suggest_try(&s, p->table.slots[i].row->name);
	if (!s.best)
		return cli_usage("unknown option --%s", name);
	row = opt__find(&p->table, s.best)->row;
	if (row->letter)
		snprintf(hint, sizeof(hint), "did you mean --%s (-%c)?", s.best, row->letter);
	else
		snprintf(hint, sizeof(hint), "did you mean --%s?", s.best);
	return cli_error(CLI_USAGE, hints, "unknown option --%s", name);
}

static int ambiguous_long(struct parse *p, const char *name)
{
	char hint[256] = "it could be";
	const char *hints[] = { hint, NULL };
	size_t len = strlen(name), n = strlen(hint), matches = 0;

	for (size_t i = 0; i < p->table.n; i++) {
		const char *full = p->table.slots[i].row->name;

		if (opt__hidden(p->table.slots[i].row) || strncmp(full, name, len))
			continue;
		if (n < sizeof(hint) - 48)
			n += (size_t)snprintf(hint + n, sizeof(hint) - n, "%s --%s",
					      matches ? "," : "", full);
		matches++;
	}
	if (matches < 2)
		return unknown_long(p, name);
	return cli_error(CLI_USAGE, hints, "option --%s is ambiguous", name);
}

/* What getopt_long() refused: '?' or ':'. @word is the argument it came from. */
static int refuse(struct parse *p, int c, const char *word)
{
	struct opt_slot *slot = slot_of(p, optopt);
	char name[64];

	if (slot && word[0] == '-' && word[1] == '-')
		snprintf(name, sizeof(name), "--%s", slot->row->name);
	else if (slot)
		snprintf(name, sizeof(name), "-%c", optopt);
	if (slot && c == ':')
		return cli_usage("option %s needs a value: %s", name, slot->row->value);
	if (slot)
		return cli_usage("option %s takes no value", name);
	if (word[0] != '-' || word[1] != '-')
		return cli_usage("unknown option -%c", optopt);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	return ambiguous_long(p, name);
}

/* Options that answer at once. OPT_RUN: it was none of them. */
static int answer(struct parse *p, const struct opt_slot *slot, const char *text)
{
	const char *name = slot->row->name;

	if (slot->base)
		return OPT_RUN;
	if (!strcmp(name, "help"))
		opt__print_help(&p->table);
	else if (!strcmp(name, "version"))
		opt__print_versions(&p->table);
	else if (!strcmp(name, "complete-options"))
		opt__print_rows(&p->table);
	else if (!strcmp(name, "completion"))
		return opt__print_completion(&p->table, text);
	else if (!strcmp(name, "config"))
		p->config_path = text;
	else
		return OPT_RUN;
	return strcmp(name, "config") ? CLI_OK : OPT_RUN;
}

static void note(struct parse *p, struct opt_slot *slot, const char *text, enum opt_origin origin)
{
	p->found[p->n_found++] = (struct found){ slot, text, origin };
}

/* Scan @argv (argv[0] is skipped) into p->found and p->operands. */
static int scan(struct parse *p, int argc, char **argv, enum opt_origin origin)
{
	bool command = false;
	int c, before, status;

	optind = 0;
	opterr = 0;
	for (;;) {
		struct opt_slot *slot;

		before = optind ? optind : 1;
		c = getopt_long(argc, argv, p->letters, p->longs, NULL);
		if (c == -1)
			break;
		if (c == 1) {
			p->operands[p->n_operands++] = optarg;
			if (command)
				break;
			continue;
		}
		if (c == '?' || c == ':')
			return refuse(p, c, argv[before < argc ? before : argc - 1]);
		slot = slot_of(p, c);
		status = answer(p, slot, optarg);
		if (status != OPT_RUN)
			return status;
		note(p, slot, optarg, origin);
		command |= slot->row->end_of_options;
	}
	while (optind < argc)
		p->operands[p->n_operands++] = argv[optind++];
	return OPT_RUN;
}

/* $GCOAP_OPTIONS: words with blanks between them, quotes as in a shell's plainest form. */
static int split_words(char *text, char **words, int max)
{
	char *out = text;
	int n = 0;

	while (n < max) {
		char quote = 0;

		text += strspn(text, " \t\n");
		if (!*text)
			break;
		words[n++] = out;
		for (; *text && (quote || !strchr(" \t\n", *text)); text++) {
			if (quote ? *text == quote : *text == '"' || *text == '\'')
				quote = quote ? 0 : *text;
			else
				*out++ = *text;
		}
		if (quote)
			return -1;
		if (*text)
			text++;
		*out++ = '\0';
	}
	return n;
}

static int scan_env_options(struct parse *p)
{
	const char *env = getenv("GCOAP_OPTIONS");
	char *words[130] = { (char *)cli_tool() }, *copy;
	int n, status, operands = p->n_operands;

	if (!env || !*env || p->table.cmd->no_config || p->table.cmd->own_config)
		return OPT_RUN;
	copy = opt__keep(strlen(env) + 1);
	memcpy(copy, env, strlen(env));
	n = split_words(copy, words + 1, 128);
	if (n < 0)
		return cli_usage("GCOAP_OPTIONS: a quote is not closed");
	status = scan(p, n + 1, words, OPT_FROM_ENV_OPTIONS);
	if (status == OPT_RUN && p->n_operands > operands)
		return cli_usage("GCOAP_OPTIONS: \"%s\" is no option",
				 p->operands[operands]);
	return status;
}

static void scan_env(struct parse *p)
{
	for (size_t i = 0; i < p->table.n; i++) {
		struct opt_slot *slot = &p->table.slots[i];
		const char *text = slot->base && slot->row->env ? getenv(slot->row->env) : NULL;

		if (text && *text)
			note(p, slot, text, OPT_FROM_ENV);
	}
}

/* An option that [defaults] may hold for the tools that have it. */
static bool of_others(const struct opt_command *cmd, const char *name)
{
	for (size_t i = 0; cmd->others && cmd->others[i]; i++)
		for (const struct opt *row = cmd->others[i]; row->name; row++)
			if (!strcmp(row->name, name))
				return true;
	return false;
}

/* Lists may stand several times in a section of their own. */
static bool is_list(void *arg, const char *key)
{
	const struct opt_slot *slot = opt__find(arg, key);

	return slot && (slot->row->type == OPT_LIST || slot->row->type == OPT_MULTI);
}

static int scan_config(struct parse *p)
{
	const struct opt_command *cmd = p->table.cmd;
	const struct config_entry *e;
	int status;

	if (cmd->no_config && !p->config_path)
		return OPT_RUN;
	if (cmd->own_config)
		config_repeatable(is_list, &p->table);
	status = config_load(p->config_path, cmd->name);
	config_repeatable(NULL, NULL);
	if (status)
		return status;
	for (size_t i = 0; (e = config_entry_at(i)); i++) {
		struct opt_slot *slot = opt__find(&p->table, e->key);

		if ((cmd->no_config || cmd->own_config) && e->is_default)
			continue;
		if (!slot && e->is_default && of_others(cmd, e->key))
			continue;
		if (!slot || !slot->base) {
			struct suggest s = { .word = e->key };

			for (size_t k = 0; k < p->table.n; k++)
				if (p->table.slots[k].base)
					suggest_try(&s, p->table.slots[k].row->name);
			return config_unknown(e, s.best);
		}
		/* The tool's own section goes before [defaults]. */
		if (!e->is_default || !config_option_in_tool(e->key))
			note(p, slot, e->value, OPT_FROM_CONFIG);
	}
	return OPT_RUN;
}

/* For completion scripts: words that stand for targets. */
static int answer_targets(const struct parse *p)
{
	const char *group;

	for (size_t i = 0; i < p->n_found; i++) {
		if (strcmp(p->found[i].slot->row->name, "complete-targets"))
			continue;
		printf("all\n@demo\n");
		for (size_t k = 0; (group = config_group_at(k)); k++)
			printf("@%s\n", group);
		return CLI_OK;
	}
	return OPT_RUN;
}

static void where_format(const struct found *f, char *buf, size_t cap)
{
	if (f->origin == OPT_FROM_CONFIG)
		config_where(f->slot->row->name, f->text, buf, cap);
	else if (f->origin == OPT_FROM_ENV)
		snprintf(buf, cap, "%s", f->slot->row->env);
	else
		snprintf(buf, cap, "%s--%s", f->origin == OPT_FROM_LINE ? "" : "GCOAP_OPTIONS: ",
			 f->slot->row->name);
}

/* Store what was found, for each row only what comes from the strongest origin. */
static int apply(struct parse *p)
{
	enum opt_origin strongest[OPT_ROWS_MAX] = { 0 };
	char where[512];
	int status;

	n_given = 0;
	for (size_t i = 0; i < p->n_found; i++) {
		size_t k = (size_t)(p->found[i].slot - p->table.slots);

		if (p->found[i].origin > strongest[k])
			strongest[k] = p->found[i].origin;
	}
	for (size_t i = 0; i < p->n_found; i++) {
		struct found *f = &p->found[i];

		if (!f->slot->base || f->origin != strongest[f->slot - p->table.slots])
			continue;
		where_format(f, where, sizeof(where));
		status = opt__store(f->slot, f->text, where, f->origin == OPT_FROM_ENV);
		if (status)
			return status;
		if (!f->slot->given) {
			given[n_given].name = f->slot->row->name;
			given[n_given++].origin = f->origin;
		}
		f->slot->given = true;
	}
	return OPT_RUN;
}

int opt_parse(const struct opt_command *cmd, int *argc, char ***argv, void *args)
{
	struct parse p = { 0 };
	size_t most = (size_t)*argc + 130 + CONFIG_ENTRIES_MAX + OPT_ROWS_MAX;
	int status;

	table_fill(&p.table, cmd, args);
	getopt_fill(&p);
	/* One argument may hold many letters: "-vvv". */
	for (int i = 1; i < *argc; i++)
		most += strlen((*argv)[i]);
	if (getenv("GCOAP_OPTIONS"))
		most += strlen(getenv("GCOAP_OPTIONS"));
	p.found = calloc(most, sizeof(*p.found));
	p.operands = opt__keep((most + 1) * sizeof(*p.operands));
	if (!p.found)
		return cli_error(CLI_LOCAL, NULL, "out of memory");
	status = scan(&p, *argc, *argv, OPT_FROM_LINE);
	if (status == OPT_RUN) {
		int n = p.n_operands;

		status = scan_env_options(&p);
		p.n_operands = n;
		p.operands[n] = NULL;
	}
	if (status == OPT_RUN) {
		scan_env(&p);
		status = scan_config(&p);
	}
	if (status == OPT_RUN)
		status = answer_targets(&p);
	if (status == OPT_RUN)
		status = apply(&p);
	free(p.found);
	*argc = p.n_operands;
	*argv = p.operands;
	return status;
}
