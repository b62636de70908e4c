/* What the library has to say beyond its return values goes to a callback; it never prints. */
#ifndef GCOAP_LOG_H
#define GCOAP_LOG_H

#include <stdbool.h>

enum gcoap_log_level { GCOAP_LOG_WARN, GCOAP_LOG_INFO, GCOAP_LOG_DEBUG };

/* @text has no line end; bytes in it that came from the network are not escaped. One callback a
 * process; NULL: silent (the default). It must not call the library.
 * GCOAP_LOG_WARN: something is wrong here; _INFO: what was not used or did not work, and why;
 * _DEBUG: what was tried, and what the libraries below say. */
void gcoap_log_set(void (*call)(void *arg, enum gcoap_log_level level, const char *text),
		   void *arg);
/* Does anybody listen? To make no text that nobody reads. */
bool gcoap_log_wanted(void);
void gcoap_log(enum gcoap_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
