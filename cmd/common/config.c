/* What the config file said. */
#include "config_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "suggest.h"

struct config_data config_data;

void config_clear(void)
{
	struct config_data *d = &config_data;

	for (size_t i = 0; i < d->n_entries; i++) {
		free((char *)d->entries[i].key);
		free((char *)d->entries[i].value);
	}
	for (size_t i = 0; i < d->n_groups; i++) {
		free(d->groups[i].name);
		free(d->groups[i].uri);
		free(d->groups[i].interface);
		free(d->groups[i].members);
		free(d->groups[i].credentials);
	}
	for (size_t i = 0; i < d->n_names; i++)
		free(d->names[i].label);
	for (size_t i = 0; i < d->n_numbers; i++)
		free(d->numbers[i].name);
	free(d->entries);
	free(d->groups);
	free(d->names);
	free(d->numbers);
	free(d->path);
	memset(d, 0, sizeof(*d));
}

static int by_address(const void *a, const void *b)
{
	const struct config_name *x = a, *y = b;

	return gcoap_addr_compare(&x->addr, &y->addr);
}

int config_load(const char *path, const char *tool)
{
	char buf[4096];
	const char *dir = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	bool must = true;
	int status;

	config_clear();
	if (!path)
		path = getenv("GCOAP_CONFIG");
	if (!path || !*path) {
		must = false;
		if (dir && dir[0] == '/')
			snprintf(buf, sizeof(buf), "%s/gcoap/config", dir);
		else if (home && home[0] == '/')
			snprintf(buf, sizeof(buf), "%s/.config/gcoap/config", home);
		else
			return 0;
		path = buf;
	}
	if (!strcmp(path, "none"))
		return 0;
	status = config__read(path, tool, must);
	if (status)
		config_clear();
	else if (config_data.n_names)
		qsort(config_data.names, config_data.n_names, sizeof(*config_data.names),
		      by_address);
	return status;
}

static const struct config_entry *entry_find(const char *name)
{
	const struct config_entry *e, *found = NULL;

	for (size_t i = 0; (e = config_entry_at(i)); i++)
		if (!strcmp(e->key, name) && (!found || found->is_default))
			found = e;
	return found;
}

const char *config_option(const char *name)
{
	const struct config_entry *e = entry_find(name);

	return e ? e->value : NULL;
}

bool config_option_in_tool(const char *name)
{
	const struct config_entry *e = entry_find(name);

	return e && !e->is_default;
}

void config_where(const char *name, const char *value, char *buf, size_t cap)
{
	const struct config_entry *e;

	for (size_t i = 0; (e = config_entry_at(i)); i++) {
		if (e->value != value)
			continue;
		snprintf(buf, cap, "%s:%u:%u: %s", config_data.path, e->line, e->column, name);
		return;
	}
	snprintf(buf, cap, "%s", name);
}

const struct config_entry *config_entry_at(size_t i)
{
	return i < config_data.n_entries ? &config_data.entries[i] : NULL;
}

int config_unknown(const struct config_entry *e, const char *near)
{
	char hint[96];
	const char *hints[] = { hint, NULL };

	if (near)
		snprintf(hint, sizeof(hint), "did you mean %s?", near);
	else
		snprintf(hint, sizeof(hint), "'%s --help' lists the options", cli_tool());
	return cli_error(CLI_USAGE, hints, "%s:%u:%u: unknown option %s", config_data.path,
			 e->line, e->column, e->key);
}

const struct config_group *config_group(const char *name)
{
	for (size_t i = 0; i < config_data.n_groups; i++)
		if (!strcmp(config_data.groups[i].name, name))
			return &config_data.groups[i];
	return NULL;
}

const char *config_group_at(size_t i)
{
	return i < config_data.n_groups ? config_data.groups[i].name : NULL;
}

/* Called for every response: a binary search over what may be thousands of names. */
const char *config_name_of(const struct gcoap_addr *addr)
{
	struct config_name want = { .addr = *addr }, *found = NULL;

	for (int i = 0; config_data.n_names && !found && i < 4; i++) {
		want.addr.port = i & 1 ? 0 : addr->port;
		want.addr.scope = i & 2 ? 0 : addr->scope;
		found = bsearch(&want, config_data.names, config_data.n_names,
				sizeof(*config_data.names), by_address);
	}
	return found ? found->label : NULL;
}

int config_addr_of(const char *name, struct gcoap_addr *out)
{
	for (size_t i = 0; i < config_data.n_names; i++) {
		if (strcmp(config_data.names[i].label, name))
			continue;
		*out = config_data.names[i].addr;
		return 0;
	}
	return -1;
}

int config_endpoint(const char *text, struct gcoap_addr *out)
{
	return gcoap_addr_parse(out, text, 0) >= 0 ? 0 : config_addr_of(text, out);
}

static int number_refused(const struct config_number *n, const struct gcoap_registry *r, int why)
{
	struct suggest s = { .word = n->name };
	char hint[96];
	const char *hints[] = { hint, NULL };

	for (size_t i = 0; i < r->n; i++)
		suggest_try(&s, r->rows[i].name);
	snprintf(hint, sizeof(hint), "did you mean %s?", s.best ? s.best : "");
	if (why == GCOAP_ENOTFOUND)
		return cli_error(CLI_USAGE, s.best ? hints : NULL, "%s:%u:%u: unknown CoAP option %s",
				 config_data.path, n->line, n->column, n->name);
	return cli_error(CLI_USAGE, NULL, "%s:%u:%u: %s: number %u belongs to another option",
			 config_data.path, n->line, n->column, n->name, n->number);
}

/* Two options may swap their numbers: go round as long as one more fits. */
int config_options(struct gcoap_registry *r)
{
	const struct config_number *left = NULL;
	size_t before = SIZE_MAX, wrong = config_data.n_numbers;
	int why = 0, e;

	while (wrong && wrong < before) {
		before = wrong;
		wrong = 0;
		for (size_t i = 0; i < config_data.n_numbers; i++) {
			const struct config_number *n = &config_data.numbers[i];

			e = gcoap_registry_set(r, n->name, n->number);
			if (e >= 0)
				continue;
			wrong++;
			left = n;
			why = e;
		}
	}
	return wrong ? number_refused(left, r, why) : CLI_OK;
}
