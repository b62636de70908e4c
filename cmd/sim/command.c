/* A command beside the group: started when the group is ready, its status is ours. */
#include "sim.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/cli.h"

static void child_ended(void *arg, int signo)
{
	struct sim *s = arg;
	int status;

	(void)signo;
	if (!s->child || waitpid(s->child, &status, WNOHANG) != s->child)
		return;
	s->child = 0;
	s->child_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	gcoap_loop_stop(s->loop);
}

/* In the child: as if the shell had started it. Status 127: no such command. */
static void run(char *const argv[])
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], argv);
	cli_warn("%s: %s", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

int sim_command_start(struct sim *s, char *const argv[])
{
	int r = gcoap_loop_add_signal(s->loop, SIGCHLD, child_ended, s);

	if (r < 0) {
		cli_warn("SIGCHLD: %s", gcoap_strerror(r));
		return CLI_LOCAL;
	}
	fflush(NULL);
	s->child = fork();
	if (s->child == 0)
		run(argv);
	if (s->child < 0) {
		s->child = 0;
		cli_warn("fork: %s", strerror(errno));
		return CLI_LOCAL;
	}
	return 0;
}
