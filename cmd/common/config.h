/* The config file: INI through inih; [defaults], [TOOL], [group NAME], [names], [options]. */
#ifndef CONFIG_H
#define CONFIG_H

#include <gcoap/addr.h>
#include <gcoap/option.h>

struct config_group {
	char *name, *uri, *interface, *members, *credentials;
};

/* Read @path (NULL: $GCOAP_CONFIG, else $XDG_CONFIG_HOME/gcoap/config, else
 * ~/.config/gcoap/config; "none": nothing). 0, or CLI_USAGE / CLI_SECURITY after saying why,
 * with file:line:column. A default file that does not exist is fine. */
int config_load(const char *path, const char *tool);
/* The long option's value from [TOOL], else [defaults]; NULL: not set. */
const char *config_option(const char *name);
const struct config_group *config_group(const char *name);
/* Label of an address: exact endpoint first, then the address alone; NULL. */
const char *config_name_of(const struct gcoap_addr *addr);
/* [options]: numbers to set in @r; CLI_OK or CLI_USAGE. */
int config_options(struct gcoap_registry *r);
/* All group names, for "did you mean" and completion; NULL behind the last. */
const char *config_group_at(size_t i);

#endif
