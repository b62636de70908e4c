/* Versions of the libraries that this process has mapped. */
#ifndef VERSIONS_H
#define VERSIONS_H

/* @call for each, but for those of modules. */
void versions_each(void (*call)(void *arg, const char *name, const char *version), void *arg);

/* The same for the libraries of a module ("capture", "stream", "store"), which is loaded for that;
 * @version is "not installed" where it does not load. */
void versions_module(const char *module,
		     void (*call)(void *arg, const char *name, const char *version), void *arg);

#endif
