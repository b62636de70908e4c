#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define PROGRESS_AFTER (300 * GCOAP_MS)

static struct {
	bool on, shown;
	gcoap_time start;
} progress;

void progress_start(bool on, gcoap_time now)
{
	progress.on = on && isatty(STDERR_FILENO);
	progress.start = now;
}

void progress_show(gcoap_time now, gcoap_time ends_at, uint32_t answered, uint32_t expect)
{
	char text[96];
	gcoap_time left = ends_at > now ? ends_at - now : 0;
	int n;

	if (!progress.on || now - progress.start < PROGRESS_AFTER || ends_at == GCOAP_NEVER)
		return;
	n = snprintf(text, sizeof(text), "\r\033[Kwaiting %.1f s more: %u",
		     (double)left / GCOAP_SECOND, answered);
	if (expect)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " of %u", expect);
	n += snprintf(text + n, sizeof(text) - (size_t)n, " answered");
	if (write(STDERR_FILENO, text, (size_t)n) == n)
		progress.shown = true;
}

void progress_hide(void)
{
	if (!progress.shown)
		return;
	progress.shown = false;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}
