/* The config file: INI through inih; [defaults], [TOOL], [group NAME], [names], [options]. */
#ifndef CONFIG_H
#define CONFIG_H

#include <gcoap/addr.h>
#include <gcoap/option.h>

#define CONFIG_SIZE_MAX (1 << 20)
#define CONFIG_ENTRIES_MAX 256

struct config_group {
	char *name, *uri, *interface, *members, *credentials;
	unsigned line;
};

/* A long option in [defaults] or in the tool's own section. */
struct config_entry {
	const char *key, *value;
	unsigned line, column;
	bool is_default; /* of [defaults] */
};

/* Read @path (NULL: $GCOAP_CONFIG, else $XDG_CONFIG_HOME/gcoap/config, else
 * ~/.config/gcoap/config; "none": nothing). 0, or CLI_USAGE after saying why, with
 * file:line:column. A default file that does not exist is fine. What a former call read is
 * dropped. */
int config_load(const char *path, const char *tool);
void config_clear(void);
/* Which keys the tool's own section may hold several times; NULL: none. */
void config_repeatable(bool (*is)(void *arg, const char *key), void *arg);
/* The long option's value from [TOOL], else [defaults]; NULL: not set. */
const char *config_option(const char *name);
bool config_option_in_tool(const char *name);
/* "file:line:column: name" of the entry that holds @value itself; just the name when there is
 * none. */
void config_where(const char *name, const char *value, char *buf, size_t cap);
/* Entry @i in the file's order; NULL behind the last. */
const struct config_entry *config_entry_at(size_t i);
/* Says that no such option exists; returns CLI_USAGE. @near: "did you mean", or NULL. */
int config_unknown(const struct config_entry *e, const char *near);

const struct config_group *config_group(const char *name);
/* Label of an address: exact endpoint first, then the address alone; NULL. */
const char *config_name_of(const struct gcoap_addr *addr);
/* The address with the label @name (port 0: none was written). 0, or -1. */
int config_addr_of(const char *name, struct gcoap_addr *out);
/* ADDR, ADDR:PORT or a label; port 0: none was written. 0, or -1. */
int config_endpoint(const char *text, struct gcoap_addr *out);
/* [options]: numbers to set in @r; CLI_OK or CLI_USAGE. */
int config_options(struct gcoap_registry *r);
/* All group names, for "did you mean" and completion; NULL behind the last. */
const char *config_group_at(size_t i);

#endif
