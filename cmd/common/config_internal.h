/* What config_read.c fills and config.c answers from. */
#ifndef CONFIG_INTERNAL_H
#define CONFIG_INTERNAL_H

#include "config.h"

struct config_name {
	struct gcoap_addr addr;
	char *label;
};

struct config_number {
	char *name;
	uint32_t number;
	unsigned line, column;
};

struct config_data {
	char *path;
	struct config_entry *entries;
	struct config_group *groups;
	struct config_name *names; /* by address once all are read */
	struct config_number *numbers;
	size_t n_entries, n_groups, n_names, n_numbers;
};
extern struct config_data config_data;

/* Read @path into config_data. @must: the file has to exist. */
int config__read(const char *path, const char *tool, bool must);

/* The same of @len bytes with a NUL behind them, which are changed; @path is for messages. */
int config__parse(const char *path, const char *tool, char *text, size_t len);

#endif
