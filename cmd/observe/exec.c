/* Commands for notifications: queue, start, reap. */
#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "common/cli.h"
#include "common/config.h"
#include "common/render_common.h"

#define FINISH_AT_MOST 10 /* s */
#define VARIABLES 5

extern char **environ;

struct exec_job {
	TAILQ_ENTRY(exec_job) entry;
	char *env[VARIABLES];
	size_t len;
	uint8_t body[];
};

static bool is_program(const char *word)
{
	const char *path = getenv("PATH");
	char name[4096];
	size_t len;

	if (strchr(word, '/'))
		return access(word, X_OK) == 0;
	for (path = path ? path : "/usr/bin:/bin"; *path; path += len + (path[len] == ':')) {
		len = strcspn(path, ":");
		snprintf(name, sizeof(name), "%.*s/%s", (int)len, path, word);
		if (len && access(name, X_OK) == 0)
			return true;
	}
	return false;
}

int exec_open(struct exec *e, const char *command)
{
	const char *const hints[] = { "there is no shell: name one, --exec \"sh -c '...'\"", NULL };
	char *at;
	int n;

	memset(e, 0, sizeof(*e));
	TAILQ_INIT(&e->queue);
	if (!command)
		return CLI_OK;
	e->text = at = malloc(strlen(command) + 1);
	if (!at)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	n = exec_split(command, at);
	if (n < 0)
		return cli_usage("--exec \"%s\": a quote is not closed", command);
	if (!n)
		return cli_usage("--exec: want a command");
	e->words = calloc((size_t)n + 1, sizeof(*e->words));
	if (!e->words)
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	for (int i = 0; i < n; i++, at += strlen(at) + 1)
		e->words[i] = at;
	if (!is_program(e->words[0]))
		return cli_error(CLI_USAGE, hints, "--exec: no program \"%s\"", e->words[0]);
	return CLI_OK;
}

static void job_free(struct exec_job *j)
{
	for (int i = 0; i < VARIABLES; i++)
		free(j->env[i]);
	free(j);
}

/* NAME=VALUE on the heap; NULL when there is no memory. */
static char *variable(const char *name, const char *value)
{
	size_t size = strlen(name) + strlen(value) + 2;
	char *text = malloc(size);

	if (text)
		snprintf(text, size, "%s=%s", name, value);
	return text;
}

static struct exec_job *job_new(const struct gcoap_notification *n)
{
	const struct gcoap_response *r = n->response;
	struct exec_job *j = calloc(1, sizeof(*j) + r->body.len);
	const char *name = config_name_of(&r->server.addr);
	char server[1400], code[5], value[16] = "";
	bool whole = true;

	if (!j)
		return NULL;
	if (r->body.len)
		memcpy(j->body, r->body.ptr, r->body.len);
	j->len = r->body.len;
	render_server(&r->server, server, sizeof(server));
	if (n->observe >= 0)
		snprintf(value, sizeof(value), "%d", n->observe);
	j->env[0] = variable("GCOAP_SERVER", server);
	j->env[1] = variable("GCOAP_CODE", gcoap_code_format(r->msg->code, code));
	j->env[2] = variable("GCOAP_NAME", name ? name : "");
	j->env[3] = variable("GCOAP_URI", r->uri);
	j->env[4] = variable("GCOAP_OBSERVE", value);
	for (int i = 0; i < VARIABLES; i++)
		whole = whole && j->env[i];
	if (whole)
		return j;
	job_free(j);
	return NULL;
}

/* The payload as a file that is read from its begin: the command may read it or not. */
static int body_file(const struct exec_job *j)
{
	int fd = memfd_create("payload", MFD_CLOEXEC);
	size_t done = 0;

	if (fd < 0)
		return -1;
	while (done < j->len) {
		ssize_t n = pwrite(fd, j->body + done, j->len - done, (off_t)done);

		if (n < 0 && errno != EINTR) {
			close(fd);
			return -1;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	return fd;
}

/* Ours, with the job's own in place of those of the same names. */
static char **environment(const struct exec_job *j)
{
	size_t n = 0, used = 0;
	char **all;

	while (environ[n])
		n++;
	all = calloc(n + VARIABLES + 1, sizeof(*all));
	if (!all)
		return NULL;
	for (int i = 0; i < VARIABLES; i++)
		all[used++] = j->env[i];
	for (size_t k = 0; k < n; k++) {
		bool replaced = false;

		for (int i = 0; i < VARIABLES; i++) {
			size_t len = strcspn(j->env[i], "=") + 1;

			replaced = replaced || strncmp(environ[k], j->env[i], len) == 0;
		}
		if (!replaced)
			all[used++] = environ[k];
	}
	return all;
}

/* Signals as a command expects them: none blocked, none ignored. 0, or an errno value. */
static int spawn(const struct exec *e, char **env, int body, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	error = posix_spawnattr_init(&attr);
	if (error)
		return error;
	error = posix_spawn_file_actions_init(&actions);
	if (error) {
		posix_spawnattr_destroy(&attr);
		return error;
	}
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	error = posix_spawn_file_actions_adddup2(&actions, body, STDIN_FILENO);
	for (int fd = STDOUT_FILENO; e->silent && !error && fd <= STDERR_FILENO; fd++)
		error = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
	if (!error)
		error = posix_spawnp(pid, e->words[0], &actions, &attr, e->words, env);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return error;
}

static void failed(struct exec *e, const char *what, int value)
{
	if (!e->failed++)
		cli_warn("--exec: \"%s\" %s %d", e->words[0], what, value);
}

static void start(struct exec *e, const struct exec_job *j)
{
	char **env = environment(j);
	int body = body_file(j);
	pid_t pid = 0;
	int error = env && body >= 0 ? spawn(e, env, body, &pid) : ENOMEM;

	free(env);
	if (body >= 0)
		close(body);
	if (error) {
		failed(e, "does not start: error", error);
		return;
	}
	for (int i = 0; i < EXEC_RUNNING_MAX; i++) {
		if (!e->running[i]) {
			e->running[i] = pid;
			break;
		}
	}
	e->n_running++;
}

static void pump(struct exec *e)
{
	struct exec_job *j;

	while (e->n_running < EXEC_RUNNING_MAX && (j = TAILQ_FIRST(&e->queue))) {
		TAILQ_REMOVE(&e->queue, j, entry);
		e->n_queued--;
		e->bytes -= j->len;
		start(e, j);
		job_free(j);
	}
}

static void ended(struct exec *e, int status)
{
	if (WIFSIGNALED(status))
		failed(e, "was ended by signal", WTERMSIG(status));
	else if (WEXITSTATUS(status))
		failed(e, "exited with", WEXITSTATUS(status));
}

/* Only our own children: each is asked for by its id. */
static void reap(struct exec *e)
{
	int status;

	for (int i = 0; i < EXEC_RUNNING_MAX; i++) {
		if (!e->running[i] || waitpid(e->running[i], &status, WNOHANG) == 0)
			continue;
		e->running[i] = 0;
		e->n_running--;
		ended(e, status);
	}
	pump(e);
}

static void on_child(void *arg, int signo)
{
	reap(arg);
}

int exec_watch(struct exec *e, struct gcoap_loop *loop)
{
	return e->words ? gcoap_loop_add_signal(loop, SIGCHLD, on_child, e) : 0;
}

void exec_add(struct exec *e, const struct gcoap_notification *n)
{
	struct exec_job *j;

	if (!e->words)
		return;
	if (e->n_queued >= EXEC_QUEUED_MAX || e->bytes + n->response->body.len > EXEC_BYTES_MAX ||
	    !(j = job_new(n))) {
		e->dropped++;
		return;
	}
	TAILQ_INSERT_TAIL(&e->queue, j, entry);
	e->n_queued++;
	e->bytes += j->len;
	if (fflush(stdout) != 0) /* what was shown stands before what the command writes */
		cli_output_failed(errno);
	pump(e);
}

int exec_finish(struct exec *e)
{
	const char *const hints[] = { "a quicker command, or fewer notifications: --changes-only",
				      NULL };
	struct timespec wait = { .tv_nsec = 50 * GCOAP_MS };
	gcoap_time end = gcoap_now() + FINISH_AT_MOST * GCOAP_SECOND;

	if (!e->words)
		return CLI_OK;
	reap(e);
	while (e->n_running && gcoap_now() < end) {
		nanosleep(&wait, NULL);
		reap(e);
	}
	if (e->n_running)
		cli_warn("--exec: %u of \"%s\" still run, %u were not started", e->n_running,
			 e->words[0], e->n_queued);
	if (e->failed > 1)
		cli_warn("--exec: \"%s\" failed %u times", e->words[0], e->failed);
	if (e->dropped)
		return cli_error(CLI_LOCAL, hints, "--exec: %u notifications were not given to "
				 "\"%s\": more than %d waited", e->dropped, e->words[0],
				 EXEC_QUEUED_MAX);
	return CLI_OK;
}

void exec_close(struct exec *e)
{
	struct exec_job *j;

	while ((j = TAILQ_FIRST(&e->queue))) {
		TAILQ_REMOVE(&e->queue, j, entry);
		job_free(j);
	}
	free(e->words);
	free(e->text);
}
