#include "progress.h"

#include <stdarg.h>
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

void progress_text(gcoap_time now, const char *format, ...)
{
	char text[192];
	va_list ap;
	int n, head;

	if (!progress.on || now - progress.start < PROGRESS_AFTER)
		return;
	head = snprintf(text, sizeof(text), "\r\033[K");
	va_start(ap, format);
	n = vsnprintf(text + head, sizeof(text) - (size_t)head, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)(n += head) >= sizeof(text))
		return;
	if (write(STDERR_FILENO, text, (size_t)n) == n)
		progress.shown = true;
}

void progress_show(gcoap_time now, gcoap_time ends_at, uint32_t answered, uint32_t expect)
{
	gcoap_time left = ends_at > now ? ends_at - now : 0;
	char of[16] = "";

	if (ends_at == GCOAP_NEVER)
		return;
	if (expect)
		snprintf(of, sizeof(of), " of %u", expect);
	progress_text(now, "waiting %.1f s more: %u%s answered", (double)left / GCOAP_SECOND,
		      answered, of);
}

void progress_hide(void)
{
	if (!progress.shown)
		return;
	progress.shown = false;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}
