/*
 * Options as rows of data. A row is the only place an option is written: it parses (through
 * getopt_long), prints --help, feeds completion, takes a default from the environment and the
 * config file, and is what scripts/check-man compares with the page.
 */
#ifndef OPT_H
#define OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <gcoap/time.h>

enum opt_type {
	OPT_FLAG,     /* bool: set true */
	OPT_COUNT,    /* int: one more each time (-v) */
	OPT_STRING,   /* const char * */
	OPT_UINT,     /* uint32_t */
	OPT_SIZE,     /* uint64_t: 1024, 64k, 1M */
	OPT_DURATION, /* gcoap_time: 300ms, 7s, 2m, plain seconds */
	OPT_PERCENT,  /* double: 0 … 100, a trailing % is fine */
	OPT_LIST,     /* struct opt_list: repeatable, or comma-separated */
	OPT_MULTI,    /* struct opt_list: repeatable, commas kept */
	OPT_CHOICE,   /* const char *: one of row.choices */
	OPT_CALL      /* row.call(target, text) does it */
};

struct opt_list {
	const char **items;
	size_t n;
};

struct opt {
	char letter; /* 0: none */
	const char *name, *value; /* value word; NULL: takes none */
	const char *help;
	enum opt_type type;
	size_t offset;	     /* into the group's struct */
	const char *env;     /* "GCOAP_TIMEOUT"; NULL: none */
	const char *shown;   /* default as --help prints it; NULL: none */
	const char *choices; /* OPT_CHOICE and completion: "iso unix rel none" */
	/* OPT_CALL: 0, or -1 after cli_usage() has said what is wrong. */
	int (*call)(void *group, const char *text);
	bool end_of_options; /* the rest of the line is a command (--netns) */
};

/* Rows end with a row without a name. */
struct opt_group {
	const char *title; /* heading in --help */
	const struct opt *rows;
	size_t offset; /* of the group's struct in the tool's */
};

struct opt_command {
	const char *name;    /* "gcoap-get" */
	const char *usage;   /* "[OPTION]... TARGET..." */
	const char *promise; /* one line */
	const char *example; /* a few lines, or NULL */
	const struct opt_group *groups; /* ends with rows == NULL */
	/* Rows of other tools that [defaults] may hold and this one has no use for; ends with
	 * NULL. NULL: none. */
	const struct opt *const *others;
	bool no_config;	     /* a daemon or offline tool that reads no [defaults] */
	/* Reads its own section, where lists may stand several times, but neither [defaults] nor
	 * $GCOAP_OPTIONS: those are what clients are asked with. */
	bool own_config;
};

#define OPT_RUN (-1) /* go on; anything else is an exit status */

/*
 * Fill @args (already holding the defaults): config file, then environment, then the command
 * line. Handles -h, -V, --completion, --complete-options and --config. On OPT_RUN
 * *@argc and *@argv hold the operands.
 */
int opt_parse(const struct opt_command *cmd, int *argc, char ***argv, void *args);

/* Values as the rows take them. 0, or -1 when @text is none. */
int opt_duration(const char *text, gcoap_time *out);
int opt_size(const char *text, uint64_t *out);
int opt_uint(const char *text, uint32_t *out);
int opt_percent(const char *text, double *out);
int opt_bool(const char *text, bool *out);

/*
 * Copy the rows of @from to @to, which has room for @cap, the last one included. Returns the copy
 * of the row called @name, for the tool to change; there is one.
 */
struct opt *opt_rows_copy(struct opt *to, size_t cap, const struct opt *from, const char *name);

/* True when the option was given on the command line, in the environment or the config. */
bool opt_given(const char *name);
/* Where its value comes from; the greater one wins. */
enum opt_origin {
	OPT_FROM_NOWHERE, OPT_FROM_CONFIG, OPT_FROM_ENV, OPT_FROM_ENV_OPTIONS, OPT_FROM_LINE
};
enum opt_origin opt_origin(const char *name);

#endif
