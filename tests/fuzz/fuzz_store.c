/* F2: the bytes of a cache file through the store, and what validation makes of its entries. */
#include <dirent.h>
#include <fcntl.h>
#include <gcoap/option.h>
#include <gcoap/store.h>
#include <gcoap/validate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store_module.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const void *__wrap_gcoap__module(const char *name);

extern const struct gcoap__module_store gcoap_module_store;

/* The module is linked in, so that a sanitizer sees it. */
const void *__wrap_gcoap__module(const char *name)
{
	return strcmp(name, "store") == 0 ? &gcoap_module_store : NULL;
}

static char folder[64], path[96];

/* The file, its log and index, and what was set aside. */
static void empty_folder(void)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char name[512];

	while (d && (e = readdir(d))) {
		snprintf(name, sizeof(name), "%s/%s", folder, e->d_name);
		if (e->d_name[0] != '.')
			unlink(name);
	}
	if (d)
		closedir(d);
}

static void remove_folder(void)
{
	empty_folder();
	rmdir(folder);
}

static int write_file(const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int r = fd >= 0 && write(fd, data, size) == (ssize_t)size ? 0 : -1;

	if (fd >= 0)
		close(fd);
	return r;
}

struct seen {
	struct gcoap_addr servers[16];
	size_t n;
};

static int each(void *arg, const struct gcoap_stored *e)
{
	struct seen *s = arg;
	struct gcoap_msg m;

	if (gcoap_msg_decode(&m, e->message, NULL) >= 0 && m.payload.len > e->message.len)
		abort();
	if (s->n < 16)
		s->servers[s->n++] = e->server;
	return 0;
}

static void use(struct gcoap_store *s)
{
	struct gcoap_registry registry;
	struct gcoap_msg m;
	uint8_t key[200];
	struct gcoap_bytes k = { key, 0 };
	struct gcoap_stored e;
	struct seen seen = { .n = 0 };
	uint64_t entries, bytes;

	gcoap_registry_init(&registry);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "temp");
	k.len = (size_t)gcoap_cache_key(&m, &registry, NULL, key, sizeof(key));
	gcoap_store_totals(s, &entries, &bytes);
	gcoap_store_each(s, k, each, &seen);
	for (size_t i = 0; i < seen.n; i++)
		gcoap_store_get(s, k, &seen.servers[i], 1, &e);
	e = (struct gcoap_stored){ .key = k, .server = { .family = 4, .port = 5683 },
				   .message = k };
	gcoap_store_put(s, &e);
	gcoap_store_commit(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gcoap_store_config config = { .path = path, .max_size = 1 << 20 };
	struct gcoap_store *s;

	if (!folder[0]) {
		snprintf(folder, sizeof(folder), "/dev/shm/fuzz_store.XXXXXX");
		if (!mkdtemp(folder))
			abort();
		atexit(remove_folder);
		snprintf(path, sizeof(path), "%s/cache.db", folder);
	}
	if (size > 65536 || write_file(data, size) < 0)
		return 0;
	if (gcoap_store_open(&s, &config, NULL) >= 0) {
		use(s);
		gcoap_store_close(&s);
	}
	empty_folder();
	return 0;
}
