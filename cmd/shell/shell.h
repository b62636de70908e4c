/* gcoap, the front door: its own commands, and the tools that stand beside it. */
#ifndef SHELL_H
#define SHELL_H

#include <stdbool.h>
#include <stddef.h>

#define SHELL_PATH 4096

struct shell_command {
	const char *word, *args, *help;
	/* argv[0] is the word. Returns the exit status. */
	int (*run)(int argc, char **argv);
};
extern const struct shell_command shell_commands[]; /* ends with word == NULL */

struct shell_tool {
	const char *word; /* "get": gcoap-get */
	const char *help;
};
extern const struct shell_tool shell_tools[]; /* ends with word == NULL */

/* The folder of the running program, without a final slash; "" when it is not known. */
const char *shell_folder(void);
/* gcoap-WORD beside this program, else in PATH. False: there is none. */
bool shell_find(const char *word, char path[SHELL_PATH]);
/* Is the gcoap-WORD that a shell would run the one beside this program? */
bool shell_in_path(const char *word);

/* The list of commands and tools on stdout. */
void shell_list(void);
/* Become gcoap-ARGV[0]; returns the exit status when there is none such. */
int shell_dispatch(int argc, char **argv);

int shell_help(int argc, char **argv);
int shell_demo(int argc, char **argv);
int shell_doctor(int argc, char **argv);

#endif
