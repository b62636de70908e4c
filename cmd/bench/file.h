/* Files that are whole or not there: written beside their place, then moved to it. */
#ifndef BENCH_FILE_H
#define BENCH_FILE_H

#include <stdio.h>

struct bench_file {
	FILE *out; /* NULL: not open */
	const char *option, *path; /* "--html" and what it names, for messages; borrowed */
	char *temp, *to; /* NULL: stdout, a device or a pipe, written directly */
};

/* "-" is stdout. CLI_OK, or CLI_LOCAL after saying why. */
int bench_file_open(struct bench_file *f, const char *option, const char *path);
/* Could it be opened? Nothing stays of it. CLI_OK, or CLI_LOCAL after saying why. */
int bench_file_try(const char *option, const char *path);
/* All is written: CLI_OK when it is in its place, or CLI_LOCAL after saying why. */
int bench_file_commit(struct bench_file *f);
/* What was there before stays. Nothing to do after bench_file_commit(). */
void bench_file_abort(struct bench_file *f);

#endif
