#include <stdio.h>
#include <string.h>
#include <gcoap/version.h>
#include "common/versions.h"
#include "doctor.h"

struct list {
	char text[256];
	size_t used;
};

static void append(void *arg, const char *name, const char *version)
{
	struct list *l = arg;

	if (l->used < sizeof(l->text))
		l->used += (size_t)snprintf(l->text + l->used, sizeof(l->text) - l->used, ", %s %s",
					    name, version);
}

void doctor_versions(struct doctor *d)
{
	bool same = strcmp(GCOAP_VERSION, gcoap_version()) == 0;
	struct list l = { .used = 0 };

	versions_each(append, &l);
	doctor_say(d, same ? DOCTOR_OK : DOCTOR_WARN, "versions",
		   same ? NULL : "two installations are mixed: see LD_LIBRARY_PATH",
		   "gcoap %s, libgcoap %s%s", GCOAP_VERSION, gcoap_version(), l.text);
}
