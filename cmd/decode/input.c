/* Hex from the command line or stdin: digits, with blanks, colons, commas and 0x between. */
#include "decode.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#define INPUT_MAX (4u << 20)

struct input {
	uint8_t *bytes;
	size_t len, cap;
	int half; /* -1: none waits for its other half */
};

static int digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int add(struct input *in, uint8_t byte)
{
	uint8_t *more;

	if (in->len == INPUT_MAX)
		return cli_usage("the input is longer than 4 MiB");
	if (in->len == in->cap) {
		in->cap = in->cap ? in->cap * 2 : 256;
		more = realloc(in->bytes, in->cap);
		if (!more) {
			cli_warn("out of memory");
			return CLI_LOCAL;
		}
		in->bytes = more;
	}
	in->bytes[in->len++] = byte;
	return CLI_OK;
}

static bool separates(int c)
{
	return isspace(c) || c == ':' || c == ',' || c == '-' || c == '|';
}

/* @where names the text, @line its line (0: an operand). */
static int add_text(struct input *in, const char *text, size_t len, const char *where,
		    unsigned line)
{
	char place[40] = "";
	int d, status;

	if (line)
		snprintf(place, sizeof(place), " line %u,", line);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '#' && line) /* a comment to the end of the line */
			break;
		if (in->half < 0 && c == '0' && i + 1 < len && (text[i + 1] | 0x20) == 'x') {
			i++;
			continue;
		}
		if (separates(c) && in->half < 0)
			continue;
		d = digit(c);
		if (d < 0) {
			cli_warn("%s,%s character %zu: %s", where, place, i + 1,
				 separates(c) ? "a byte has two digits"
					      : "this is no hex digit");
			cli_hint("write bytes as 8301d901 or 83 01 d9 01; --pcap F reads captures");
			return CLI_USAGE;
		}
		if (in->half < 0) {
			in->half = d;
			continue;
		}
		status = add(in, (uint8_t)(in->half << 4 | d));
		if (status != CLI_OK)
			return status;
		in->half = -1;
	}
	return CLI_OK;
}

static int read_stdin(struct input *in)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	unsigned nr = 0;
	int status = CLI_OK;

	while (status == CLI_OK && (n = getline(&line, &cap, stdin)) >= 0) {
		while (n && isspace((unsigned char)line[n - 1]))
			n--;
		status = add_text(in, line, (size_t)n, "stdin", ++nr);
	}
	if (ferror(stdin)) {
		cli_warn("stdin: %s", strerror(errno));
		status = CLI_LOCAL;
	}
	free(line);
	return status;
}

int input_read(int argc, char **argv, uint8_t **out, size_t *len)
{
	struct input in = { .half = -1 };
	int status = CLI_OK;

	if (!argc)
		status = read_stdin(&in);
	for (int i = 0; i < argc && status == CLI_OK; i++) {
		char where[40];

		snprintf(where, sizeof(where), "operand %d", i + 1);
		status = strcmp(argv[i], "-") == 0
				 ? read_stdin(&in)
				 : add_text(&in, argv[i], strlen(argv[i]), where, 0);
	}
	if (status == CLI_OK && in.half >= 0) {
		cli_warn("the last byte has one hex digit only");
		cli_hint("an even number of digits makes whole bytes");
		status = CLI_USAGE;
	}
	*out = in.bytes;
	*len = in.len;
	return status;
}
