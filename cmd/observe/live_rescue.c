#include "live_rescue.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int crashes[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL };
#define CRASHES (sizeof(crashes) / sizeof(*crashes))

static struct {
	int tty;
	struct termios modes;
	char text[LIVE_RESCUE_TEXT];
	size_t len;
	volatile sig_atomic_t armed;
	struct sigaction before[CRASHES];
	bool caught;
} rescue = { .tty = -1 };

bool live_rescue_save(int tty)
{
	if (tcgetattr(tty, &rescue.modes) < 0)
		return false;
	rescue.tty = tty;
	return true;
}

void live_rescue(void)
{
	int saved = errno;
	sigset_t output, old;

	if (!rescue.armed)
		return;
	rescue.armed = 0;
	sigemptyset(&output);
	sigaddset(&output, SIGTTOU); /* in the background, this would stop us here */
	sigprocmask(SIG_BLOCK, &output, &old);
	if (write(rescue.tty, rescue.text, rescue.len) < 0)
		errno = 0; /* a terminal that is gone needs nothing */
	tcsetattr(rescue.tty, TCSADRAIN, &rescue.modes);
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = saved;
}

/* Then as if we had not been here: the core dump, or the sanitizer's report. */
static void on_crash(int signo)
{
	live_rescue();
	for (size_t i = 0; i < CRASHES; i++)
		if (crashes[i] == signo)
			sigaction(signo, &rescue.before[i], NULL);
	raise(signo);
}

void live_rescue_arm(const char *text, size_t len)
{
	struct sigaction action = { .sa_handler = on_crash };

	if (len > sizeof(rescue.text))
		len = 0;
	memcpy(rescue.text, text, len);
	rescue.len = len;
	rescue.armed = 1;
	if (rescue.caught)
		return;
	rescue.caught = true;
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &action, &rescue.before[i]);
	atexit(live_rescue);
}

void live_rescue_disarm(void)
{
	rescue.armed = 0;
}
