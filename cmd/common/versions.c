#include "versions.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>
#include <gcoap/net.h>
#include <libsmartcols/libsmartcols.h>

struct each {
	void (*call)(void *arg, const char *name, const char *version);
	void *arg;
};

/* What has no call for it says it in the name of its file: libncursesw.so.6.4. */
static int mapped(struct dl_phdr_info *info, size_t size, void *arg)
{
	static const char *const wanted[] = { "libinih", "libncursesw" };
	const struct each *each = arg;
	char path[4096];
	const char *name;

	if (!info->dlpi_name || !realpath(info->dlpi_name, path))
		return 0;
	name = strrchr(path, '/') + 1;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		size_t len = strlen(wanted[i]);

		if (!strncmp(name, wanted[i], len) && !strncmp(name + len, ".so.", 4))
			each->call(each->arg, wanted[i], name + len + 4);
	}
	return 0;
}

void versions_each(void (*call)(void *arg, const char *name, const char *version), void *arg)
{
	struct each each = { call, arg };
	const char *smartcols = NULL;

	call(arg, "cJSON", cJSON_Version());
	scols_get_library_version(&smartcols);
	call(arg, "libsmartcols", smartcols ? smartcols : "unknown");
	dl_iterate_phdr(mapped, &each);
}

void versions_module(const char *module,
		     void (*call)(void *arg, const char *name, const char *version), void *arg)
{
	static const struct {
		const char *module, *libraries[2];
	} all[] = {
		{ "capture", { "libpcap" } },
		{ "stream", { "libcoap", "OpenSSL" } },
		{ "store", { "SQLite" } },
	};

	if (gcoap_module_libraries(module, call, arg) == 0)
		return;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (size_t k = 0; k < 2 && !strcmp(all[i].module, module); k++)
			if (all[i].libraries[k])
				call(arg, all[i].libraries[k], "not installed");
}
