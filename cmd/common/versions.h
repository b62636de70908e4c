/* Versions of the libraries that this process has mapped. */
#ifndef VERSIONS_H
#define VERSIONS_H

/* @call for each, the libraries of modules that are loaded already included. */
void versions_each(void (*call)(void *arg, const char *name, const char *version), void *arg);

#endif
