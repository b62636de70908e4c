/* What the library has to say beyond its return values goes to a callback; it never prints. */
#ifndef GCOAP_LOG_H
#define GCOAP_LOG_H

enum gcoap_log_level { GCOAP_LOG_WARN, GCOAP_LOG_INFO, GCOAP_LOG_DEBUG };

/* @text has no line end. One callback a process; NULL: silent (the default). */
void gcoap_log_set(void (*call)(void *arg, enum gcoap_log_level level, const char *text),
		   void *arg);
void gcoap_log(enum gcoap_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
