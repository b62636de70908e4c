#include <gcoap/log.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#define LOG_TEXT 512

static void (*log_call)(void *arg, enum gcoap_log_level level, const char *text);
static void *log_arg;

void gcoap_log_set(void (*call)(void *arg, enum gcoap_log_level level, const char *text),
		   void *arg)
{
	log_call = call;
	log_arg = arg;
}

bool gcoap_log_wanted(void)
{
	return log_call != NULL;
}

void gcoap_log(enum gcoap_log_level level, const char *format, ...)
{
	char text[LOG_TEXT];
	va_list ap;

	if (!log_call)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	log_call(log_arg, level, text);
}
