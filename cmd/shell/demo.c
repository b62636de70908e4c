/* gcoap demo: a group to play with, and what a group request is. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/cli.h"
#include "shell.h"

#define MEMBERS "5"
#define LEISURE "2s" /* two requests in a row stay well within the wait */
#define READY_MS 5000
#define READY "ready: "
#define INSIDE "--inside" /* said to ourselves in a namespace of our own */

/* Start argv; with @out its stdout comes through *@out. Returns its pid, or -1. */
static pid_t start(const char *path, char *const argv[], int *out)
{
	int fd[2] = { -1, -1 };
	pid_t pid;

	if (out != NULL && pipe2(fd, O_CLOEXEC) < 0)
		return -1;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (out != NULL)
			dup2(fd[1], STDOUT_FILENO);
		signal(SIGPIPE, SIG_DFL);
		execv(path, argv);
		_exit(127);
	}
	if (out != NULL) {
		close(fd[1]);
		*out = fd[0];
	}
	return pid;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return CLI_BUG;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : CLI_INTERRUPT;
}

static void stop(pid_t pid)
{
	kill(pid, SIGTERM);
	wait_for(pid);
}

/* A daemon's one line on stdout says that it listens. */
static bool ready(int fd, char *line, size_t cap)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n = 0;

	if (poll(&p, 1, READY_MS) == 1)
		n = read(fd, line, cap - 1);
	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return n > 0;
}

static int ask(const char *get, const char *const *argv)
{
	pid_t pid;

	printf("$ gcoap-get");
	for (size_t i = 1; argv[i] != NULL; i++)
		printf(" %s", argv[i]);
	printf("\n");
	pid = start(get, (char *const *)argv, NULL);
	return pid < 0 ? CLI_LOCAL : wait_for(pid);
}

/* The second half: the same group, asked by one unicast request. */
static int through(const char *get, const char *uri)
{
	const char *const table[] = { "gcoap-get", "-n", MEMBERS, "-P", uri, "@demo/temp", NULL };
	int status;

	printf("%s%s\n", READY, uri);
	status = ask(get, table);
	if (status == CLI_OK)
		printf("\nThe request went to the proxy alone, which asked the group, and relayed "
		       "each answer with the\nserver's name in an option. It keeps them for as "
		       "long as they are fresh.\n");
	return status;
}

static int proxy_half(const char *get, const char *proxy)
{
	char *argv[] = { "gcoap-proxy", "--listen", "coap://127.0.0.1:0", "--allow-client",
			 "127.0.0.1", "--allow-group", "@demo", "--duration", "60s", NULL };
	char line[512];
	int status, fd = -1;
	pid_t pid;

	printf("\nThe same group through a proxy:\n\n"
	       "$ gcoap-proxy --listen coap://127.0.0.1:0 --allow-client 127.0.0.1 "
	       "--allow-group @demo &\n");
	pid = start(proxy, argv, &fd);
	if (pid < 0)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", proxy, strerror(errno));
	if (ready(fd, line, sizeof(line)) && !strncmp(line, READY, sizeof(READY) - 1))
		status = through(get, line + sizeof(READY) - 1);
	else
		status = cli_error(CLI_LOCAL, NULL, "demo: gcoap-proxy did not start");
	stop(pid);
	close(fd);
	return status;
}

static int tour(const char *get, const char *proxy)
{
	static const char *const table[] = { "gcoap-get", "-n", MEMBERS, "@demo/temp", NULL };
	static const char *const json[] = { "gcoap-get", "-n", MEMBERS, "--json", "@demo/temp",
					    NULL };
	int status = ask(get, table);

	if (status != CLI_OK)
		return status;
	printf("\nOne request went to the group 224.0.1.187; each of the " MEMBERS " servers answered "
	       "from its own address\nafter a random delay (its leisure), and -n " MEMBERS
	       " ended the wait at the last of them.\n\nThe same for scripts, one JSON object "
	       "a line:\n\n");
	status = ask(get, json);
	return status == CLI_OK ? proxy_half(get, proxy) : status;
}

/* A namespace has a loopback of its own, where port 5683 is free. */
static int in_namespace(const char *sim)
{
	char self[SHELL_PATH];
	char *argv[] = { "gcoap-sim", "--netns", "-n", MEMBERS, "--leisure", LEISURE, "--", self, "demo", INSIDE, NULL };
	pid_t pid;

	snprintf(self, sizeof(self), "%s/gcoap", shell_folder());
	fflush(stdout);
	pid = start(sim, argv, NULL);
	return pid < 0 ? CLI_LOCAL : wait_for(pid);
}

static int missing(const char *what)
{
	return cli_error(CLI_LOCAL, NULL, "demo: %s is not beside gcoap, nor in PATH", what);
}

/* What to type next, as it works from here: built but not installed tools are not in PATH. */
static void farewell(bool port_taken)
{
	printf("\nThe group is stopped. To start one that stays, and ask it yourself:\n\n");
	if (!shell_in_path("get"))
		printf("$ export PATH=\"%s:$PATH\"\n", shell_folder());
	if (port_taken)
		printf("$ gcoap-sim --netns -- gcoap-get @demo/temp\n");
	else
		printf("$ gcoap-sim &\n$ gcoap-get @demo/temp\n");
	printf("\nMore: gcoap help\n");
}

int shell_demo(int argc, char **argv)
{
	char get[SHELL_PATH], sim[SHELL_PATH], proxy[SHELL_PATH], line[512];
	char *sim_argv[] = { "gcoap-sim", "-n", MEMBERS, "--leisure", LEISURE, "--duration", "60s",
			     NULL };
	bool port_taken = false;
	int status, fd = -1;
	pid_t pid;

	if (!shell_find("get", get))
		return missing("gcoap-get");
	if (!shell_find("sim", sim))
		return missing("gcoap-sim");
	if (!shell_find("proxy", proxy))
		return missing("gcoap-proxy");
	if (argc == 2 && strcmp(argv[1], INSIDE) == 0)
		return tour(get, proxy);
	if (argc > 1)
		return cli_usage("demo takes no argument");
	printf("$ gcoap-sim -n " MEMBERS " --leisure " LEISURE " &\n");
	pid = start(sim, sim_argv, &fd);
	if (pid < 0)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", sim, strerror(errno));
	if (!ready(fd, line, sizeof(line))) {
		stop(pid);
		close(fd);
		cli_note("loopback is taken, going on in a namespace of our own");
		status = in_namespace(sim);
		port_taken = true;
	} else {
		status = tour(get, proxy);
		stop(pid);
		close(fd);
	}
	if (status == CLI_OK)
		farewell(port_taken);
	return status;
}
