#include "module.h"
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <gcoap/log.h>
#include <gcoap/net.h>

/* DIR/SUB/NAME.so; NULL when it is not there or does not load. */
static void *load_from(const char *dir, int dir_len, const char *sub, const char *name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%.*s%s%s.so", dir_len, dir, sub, name);
	void *so;

	if (n < 0 || (size_t)n >= sizeof(path))
		return NULL;
	so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	/* It need not be here, but what is here should load. */
	if (!so)
		gcoap_log(access(path, F_OK) == 0 ? GCOAP_LOG_INFO : GCOAP_LOG_DEBUG,
			  "module %s: %s", name, dlerror());
	return so;
}

static void *load(const char *name)
{
	const char *slash;
	Dl_info self;
	void *so = NULL;

	if (dladdr((void *)(uintptr_t)load, &self) && self.dli_fname) {
		slash = strrchr(self.dli_fname, '/');
		if (slash) {
			int len = (int)(slash - self.dli_fname);

			so = load_from(self.dli_fname, len, "/gcoap/", name);
			if (!so) /* linked statically into a program in bin/ */
				so = load_from(self.dli_fname, len, "/../lib/gcoap/", name);
		}
	}
	if (!so)
		so = load_from(GCOAP_LIBDIR, (int)strlen(GCOAP_LIBDIR), "/", name);
	if (!so)
		gcoap_log(GCOAP_LOG_INFO, "module %s: loaded neither from beside the library nor "
			  "from %s", name, GCOAP_LIBDIR);
	return so;
}

/* "gcoap_WHAT_NAME" of the module NAME. */
static const void *symbol_of(const char *what, const char *name)
{
	char symbol[64];
	void *so = load(name);

	if (!so)
		return NULL;
	snprintf(symbol, sizeof(symbol), "gcoap_%s_%s", what, name);
	return dlsym(so, symbol);
}

const void *gcoap__module(const char *name)
{
	return symbol_of("module", name);
}

int gcoap_module_libraries(const char *module,
			   void (*call)(void *arg, const char *name, const char *version),
			   void *arg)
{
	const struct gcoap__library *l = symbol_of("libraries", module);

	if (!l)
		return GCOAP_EUNSUPPORTED;
	for (; l->name; l++)
		call(arg, l->name, l->version());
	return 0;
}
