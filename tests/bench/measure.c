/*
 * Run a command and print what it cost, one JSON object:
 *
 *   measure [-f] OUTPUT COMMAND [ARGUMENT...]
 *
 * OUTPUT takes the command's standard output; a runner this small keeps its own memory out of
 * the command's peak. -f: the same addresses in every run, where that is allowed, so that the
 * pages in use do not vary.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static long us(struct timeval t)
{
	return t.tv_sec * 1000000L + t.tv_usec;
}

static void child(const char *output, bool fixed, char *argv[])
{
	int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fixed)
		personality(ADDR_NO_RANDOMIZE);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		_exit(126);
	execvp(argv[0], argv);
	_exit(127);
}

static int run(const char *output, bool fixed, char *argv[])
{
	struct rusage cost;
	double start = now_us();
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -1;
	if (!pid)
		child(output, fixed, argv);
	/* The caller may want to stop and continue it. */
	fprintf(stderr, "pid %d\n", (int)pid);
	if (wait4(pid, &status, 0, &cost) < 0)
		return -1;
	printf("{\"status\":%d,\"wall_us\":%.0f,\"user_us\":%ld,\"sys_us\":%ld,\"rss_kib\":%ld}\n",
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	       now_us() - start, us(cost.ru_utime), us(cost.ru_stime), cost.ru_maxrss);
	fflush(stdout);
	return 0;
}

int main(int argc, char *argv[])
{
	bool fixed = false;
	int c;

	while ((c = getopt(argc, argv, "+f")) != -1) {
		if (c != 'f')
			return 2;
		fixed = true;
	}
	if (argc - optind < 2) {
		fprintf(stderr, "usage: measure [-f] OUTPUT COMMAND [ARGUMENT...]\n");
		return 2;
	}
	return run(argv[optind], fixed, argv + optind + 1) < 0;
}
