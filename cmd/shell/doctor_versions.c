/* Versions, as the names of the mapped files tell them: libcbor.so.0.8.0. */
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gcoap/version.h>
#include "doctor.h"

struct list {
	char text[256];
	size_t used;
};

static int library(struct dl_phdr_info *info, size_t size, void *arg)
{
	static const char *const wanted[] = { "libcbor", "libcjson", "libinih", "libsmartcols" };
	struct list *l = arg;
	char path[4096];
	const char *name;

	if (info->dlpi_name == NULL || realpath(info->dlpi_name, path) == NULL)
		return 0;
	name = strrchr(path, '/') + 1;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		size_t len = strlen(wanted[i]);

		if (strncmp(name, wanted[i], len) == 0 && strncmp(name + len, ".so.", 4) == 0 &&
		    l->used < sizeof(l->text))
			l->used += (size_t)snprintf(l->text + l->used, sizeof(l->text) - l->used,
						    ", %s %s", wanted[i], name + len + 4);
	}
	return 0;
}

void doctor_versions(struct doctor *d)
{
	bool same = strcmp(GCOAP_VERSION, gcoap_version()) == 0;
	struct list l = { .used = 0 };

	dl_iterate_phdr(library, &l);
	doctor_say(d, same ? DOCTOR_OK : DOCTOR_WARN, "versions",
		   same ? NULL : "two installations are mixed: see LD_LIBRARY_PATH",
		   "gcoap %s, libgcoap %s%s", GCOAP_VERSION, gcoap_version(), l.text);
}
