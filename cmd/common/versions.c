#include "versions.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>
#include <libsmartcols/libsmartcols.h>

struct each {
	void (*call)(void *arg, const char *name, const char *version);
	void *arg;
};

/* What has no call for it says it in the name of its file: libpcap.so.1.10.3. */
static int mapped(struct dl_phdr_info *info, size_t size, void *arg)
{
	static const char *const wanted[] = { "libinih", "libncursesw", "libpcap" };
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
