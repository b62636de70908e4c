/* The parts of opt.c: values, help, completion, versions. */
#ifndef OPT_INTERNAL_H
#define OPT_INTERNAL_H

#include "opt.h"

#define OPT_ROWS_MAX 128

/* A row with the struct that it writes to, and what was found for it. */
struct opt_slot {
	const struct opt *row;
	char *base; /* the group's struct; NULL: one of the shared rows */
	bool given;
};

struct opt_table {
	const struct opt_command *cmd;
	struct opt_slot slots[OPT_ROWS_MAX];
	size_t n;
};

/* The rows that every tool has: -h -V --config --completion and the hidden helpers. */
extern const struct opt opt_shared[];
/* Rows without a help text are for scripts and are not shown. */
bool opt__hidden(const struct opt *row);
bool opt__takes_value(const struct opt *row);
struct opt_slot *opt__find(struct opt_table *t, const char *name);

/* Memory that lives as long as the process: lists and words that the tools' structs point to. */
void *opt__keep(size_t size);

/* Store @text in the slot's struct; @where says where it was written ("--timeout",
 * "GCOAP_TIMEOUT", "config:3:11: timeout"); @split: commas separate the values of a row that
 * keeps them on the command line, where it can be repeated. 0 or CLI_USAGE after saying why. */
int opt__store(const struct opt_slot *slot, const char *text, const char *where, bool split);

void opt__print_help(const struct opt_table *t);
void opt__print_rows(const struct opt_table *t);
/* 0 or CLI_USAGE for another shell. */
int opt__print_completion(const struct opt_table *t, const char *shell);
void opt__print_versions(struct opt_table *t);

#endif
