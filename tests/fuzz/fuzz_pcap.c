/* F2: the bytes of a capture file through its reader and what gcoap-decode makes of it. */
#include "decode/capture.h"
#include "net/module.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const void *__wrap_gcoap__module(const char *name);

extern const struct gcoap__module_capture gcoap_module_capture;

/* The module is linked in, so that a sanitizer sees it. */
const void *__wrap_gcoap__module(const char *name)
{
	return strcmp(name, "capture") == 0 ? &gcoap_module_capture : NULL;
}

static void each_and_all(struct capture *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct packet *p = c->packets[i];
		struct map m;

		map_init(&m, "message", (struct gcoap_bytes){ p->bytes, p->len }, c->registry, 0);
		m.packet = (struct map_packet){ p->number, c->start + p->at - 1, &p->from, &p->to };
		explain(&m);
		show_map(&m, c->args);
		map_clear(&m);
	}
	if (capture_pair(c) < 0)
		return;
	for (size_t i = 0; i < c->n_exchanges; i++)
		capture_show(c, c->exchanges[i], (uint32_t)i + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct decode_args args = DECODE_ARGS_DEFAULT;
	static struct gcoap_registry registry;
	static FILE *nowhere;
	static int fd = -1;
	FILE *out = stdout, *err = stderr;
	struct capture c;
	char path[40];

	if (fd < 0) {
		fd = memfd_create("capture", 0);
		gcoap_registry_init(&registry);
		cli_start("gcoap-decode");
		nowhere = fopen("/dev/null", "w");
		if (fd < 0 || !nowhere)
			abort();
	}
	if (size > 65536 || ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	args.output.json = size & 1;
	stdout = stderr = nowhere;
	capture_init(&c, &args, &registry);
	capture_read(&c, path);
	each_and_all(&c);
	capture_clear(&c);
	stdout = out;
	stderr = err;
	return 0;
}
