/*
 * The terminal as it was found, put back in one go: also from a signal handler, where the screen
 * library may not be called.
 */
#ifndef LIVE_RESCUE_H
#define LIVE_RESCUE_H

#include <stdbool.h>
#include <stddef.h>

#define LIVE_RESCUE_TEXT 256

/* Remember the modes of @tty. False: it is no terminal. */
bool live_rescue_save(int tty);
/* From now on live_rescue() writes @text to @tty and restores its modes, and so does a crash
 * (SIGABRT, SIGSEGV ...) or exit(). */
void live_rescue_arm(const char *text, size_t len);
/* The terminal was put back in the ordinary way. */
void live_rescue_disarm(void);
/* Async-signal-safe; does nothing when not armed. */
void live_rescue(void);

#endif
