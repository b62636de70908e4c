/* Firewall rules, as far as this user may read them. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "doctor.h"

#define RULES_MAX (256u << 10)

struct rules {
	bool there;   /* the program exists */
	bool read;    /* and it may list */
	unsigned drops; /* lines that drop or reject */
	unsigned lines;
};

static void count_line(struct rules *r, const char *line)
{
	r->lines++;
	if (strstr(line, "drop") != NULL || strstr(line, "reject") != NULL ||
	    strstr(line, "DROP") != NULL || strstr(line, "REJECT") != NULL)
		r->drops++;
}

/* Run argv and count its output's lines. */
static struct rules list_rules(const char *const *argv)
{
	struct rules r = { 0 };
	int pipe_fd[2], status, null_fd;
	char line[1024];
	pid_t pid;
	FILE *in;

	if (pipe2(pipe_fd, O_CLOEXEC) < 0)
		return r;
	pid = fork();
	if (pid == 0) {
		null_fd = open("/dev/null", O_RDWR);
		dup2(null_fd, STDIN_FILENO);
		dup2(null_fd, STDERR_FILENO);
		dup2(pipe_fd[1], STDOUT_FILENO);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(pipe_fd[1]);
	in = fdopen(pipe_fd[0], "r");
	for (size_t n = 0; in != NULL && n < RULES_MAX && fgets(line, sizeof(line), in) != NULL;
	     n += strlen(line))
		count_line(&r, line);
	if (in != NULL)
		fclose(in);
	else
		close(pipe_fd[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return r;
	r.there = !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
	r.read = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return r;
}

void doctor_firewall(struct doctor *d)
{
	static const char *const nft[] = { "nft", "list", "ruleset", NULL };
	static const char *const iptables[] = { "iptables-save", NULL };
	struct rules r = list_rules(nft);
	const char *by = "nft";

	if (!r.there) {
		r = list_rules(iptables);
		by = "iptables-save";
	}
	if (!r.there)
		doctor_say(d, DOCTOR_OK, "firewall", NULL, "neither nft nor iptables-save is here");
	else if (!r.read)
		doctor_say(d, DOCTOR_WARN, "firewall", "sudo gcoap doctor",
			   "%s: the rules are not readable for this user", by);
	else if (r.drops > 0)
		doctor_say(d, DOCTOR_WARN, "firewall", "see that UDP from and to port 5683 passes, "
			   "and answers from any address", "%s: %u of %u lines drop or reject", by,
			   r.drops, r.lines);
	else
		doctor_say(d, DOCTOR_OK, "firewall", NULL, "%s: %u lines, none drops", by, r.lines);
}
