/*
 * Renderers: sinks that write records to a stream, one format a file. Tools never ask which
 * format is on.
 */
#ifndef RENDER_H
#define RENDER_H

#include <stdio.h>
#include <gcoap/observe.h>
#include "links.h"
#include "opt.h"
#include "validation.h"

/* What the user asked of the output; filled by the rows of output_opts[]. */
struct output_args {
	const char *format; /* table jsonl json csv pairs raw short */
	bool json;
	const char *write_out;
	struct opt_list columns;
	const char *sort;
	bool no_headings;
	uint32_t width; /* 0: the terminal's; no limit when it is none */
	bool ascii;
	const char *payload_as;
	const char *save;
	bool force;
	struct opt_list show; /* req opts payload dup late */
	int verbose, quiet;
	const char *color, *time, *summary, *fail;
	const char *log_file;
};
extern const struct opt output_opts[];
extern const struct opt output_payload_opts[]; /* of tools that show payloads */
/* --quiet, --log-file and --no-color in force; the rows' words checked. 0 or an exit status
 * after saying why. render_open() does it, too. */
int output_apply(const struct output_args *args);
/* --write-out, --json and --format choose the same thing: flags go before the environment, the
 * environment before the config file; two of one place must not differ. CLI_OK and the format's
 * name or "write-out", or CLI_USAGE after saying why. */
int output_choose(const struct output_args *args, const char **format);
#define OUTPUT_ARGS_DEFAULT                                                                \
	{                                                                                  \
		.format = "table", .payload_as = "auto", .color = "auto", .time = "iso",   \
		.summary = "auto", .fail = "any"                                           \
	}

/* What a renderer must know beside the records. */
struct render_env {
	const struct output_args *args;
	const char *tool;
	const struct gcoap_registry *registry;
	/* Label of an address from [names], or NULL. */
	const char *(*name_of)(void *arg, const struct gcoap_addr *addr);
	void *name_arg;
	FILE *out, *err;
	bool tty; /* @out is a terminal */
	bool links;	  /* links are shown, not responses */
	bool validations; /* not responses are shown, but what they mean for what is held */
	bool cached;	  /* answers of before are among them: a column of its own */
	bool groups;	  /* and links are of a Resource Directory's groups */
	const char *view; /* of links, as a table: "tree", "flat", "matrix", "links" */
	/* The line behind the records in place of the usual one; NULL: the usual one. */
	void (*footer)(void *arg, const struct gcoap_summary *s, char *buf, size_t cap);
	void *footer_arg;
	gcoap_time wall; /* added to a record's time for nanoseconds since 1970; 0: the host's */
};

struct render {
	struct gcoap_sink sink; /* first member: records go here */
	/* What a discovery found: a server, then its links. NULL: not wanted. */
	int (*server)(struct render *r, const struct link_server *s);
	int (*link)(struct render *r, const struct link_record *l);
	int (*change)(struct render *r, const struct link_change *c);
	/* What is held of a server and what its answer makes of it. NULL: not wanted. */
	int (*validation)(struct render *r, const struct validation_record *v);
	/* Show what is held of them, and forget it. NULL: nothing is held. */
	int (*show)(struct render *r);
	/* An error of the run, as printed on stderr. */
	int (*error)(struct render *r, int code, const char *what, const char *const *hints,
		     size_t n_hints);
	/* At the end, each server of an observation; NULL: not wanted. */
	int (*observed)(struct render *r, const struct gcoap_observed *o);
	/* SIGQUIT: what there is so far. */
	int (*interim)(struct render *r, const struct gcoap_summary *s);
	/* Write out what is buffered: the tool's loop calls it when nothing comes; NULL: none. */
	int (*flush)(struct render *r);
	/* The end: summary and exit status. Negative when records were lost here (output, or
	 * more than 20,000 rows or 64 MiB held): CLI_LOCAL. */
	int (*finish)(struct render *r, const struct gcoap_summary *s, int status);
	void (*close)(struct render *r);
};

struct render_format {
	const char *name, *help;
	int (*open)(struct render **out, const struct render_env *env);
};
extern const struct render_format render_formats[]; /* ends with a row without a name */

/* Open the one that @env->args ask for (--json, --format, --write-out, -qq, --save stacks on
 * top). 0, or an exit status after saying why. */
int render_open(struct render **out, const struct render_env *env);

#endif
