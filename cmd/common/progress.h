/* One rewritten line on stderr while we wait: on a terminal only, after 300 ms. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <gcoap/time.h>

/* @on false, or stderr no terminal: every call below does nothing. */
void progress_start(bool on, gcoap_time now);
/* Rewrite the line; the text is short and has nothing of the network. */
void progress_text(gcoap_time now, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* "waiting 3.1 s more: 2 of 3 answered"; @expect 0: "2 answered". */
void progress_show(gcoap_time now, gcoap_time ends_at, uint32_t answered, uint32_t expect);
/* Erase the line; before anything else is printed (cli.c and renderers do it). */
void progress_hide(void);

#endif
