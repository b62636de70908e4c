/* What libcoap says: it tells errors of system calls in no other way. */
#include "hub.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <gcoap/log.h>

static int last_errno;
static char last_alert[64], last_verdict[96];

/* Some of its lines carry strerror()'s text of an error that errno does not hold. */
static int errno_in(const char *text)
{
	static const int all[] = { ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT, ECONNRESET,
				   EADDRINUSE, EADDRNOTAVAIL, EACCES, EPERM, EAFNOSUPPORT, EMFILE };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (strstr(text, strerror(all[i])))
			return all[i];
	}
	return 0;
}

/* "   SESSION: REASON: 'NAME' depth=N" */
static void keep_verdict(const char *text)
{
	const char *start = strstr(text, ": "), *end = start ? strstr(start + 2, ": '") : NULL;

	if (end && strstr(end, "' depth="))
		snprintf(last_verdict, sizeof(last_verdict), "%.*s", (int)(end - start - 2), start + 2);
}

static void on_log(coap_log_t level, const char *text)
{
	static const char fatal[] = "alert read:fatal:";
	const char *alert = strstr(text, fatal);
	int saved = errno, found = errno_in(text);

	if (found)
		last_errno = found;
	keep_verdict(text);
	resets_heard(text);
	if (alert) {
		alert += strlen(fatal);
		snprintf(last_alert, sizeof(last_alert), "%.*s", (int)strcspn(alert, "\n"), alert);
		/* OpenSSL has no name for what TLS 1.3 added: certificate_required (116). */
		if (strcmp(last_alert, "unknown") == 0)
			snprintf(last_alert, sizeof(last_alert), "no certificate of ours, or no such name");
	}
	gcoap_log(GCOAP_LOG_DEBUG, "libcoap: %.*s", (int)strcspn(text, "\n"), text);
	errno = saved;
}

void log_start(void)
{
	coap_set_log_handler(on_log);
	coap_set_log_level(LOG_WARNING);
	coap_dtls_set_log_level(LOG_WARNING);
}

int log_errno(void)
{
	return last_errno;
}

const char *log_alert(void)
{
	return last_alert;
}

const char *log_verdict(void)
{
	return last_verdict;
}

void log_forget(void)
{
	last_verdict[0] = '\0';
	last_alert[0] = '\0';
	last_errno = 0;
}
