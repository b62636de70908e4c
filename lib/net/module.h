/* Modules: parts whose libraries cost start-up time, loaded when first needed. */
#ifndef NET_MODULE_H
#define NET_MODULE_H

#include <gcoap/bytes.h>
#include <gcoap/error.h>
#include <gcoap/time.h>

/*
 * The table "gcoap_module_NAME" of NAME.so, from the folder gcoap beside this library, else
 * from the installed one. NULL when it is not there. Never unloaded.
 */
const void *gcoap__module(const char *name);

/* capture.so: pcap files through libpcap. Times are nanoseconds since 1970. */
struct gcoap__module_capture {
	/* A new file of raw IP packets; NULL with errno. */
	void *(*create)(const char *path);
	void (*write)(void *w, gcoap_time at, struct gcoap_bytes packet);
	/* GCOAP_ESYSTEM when anything was lost. */
	int (*finish)(void *w);
	/* GCOAP_ESYSTEM with errno, GCOAP_EMALFORMED: not such a file. */
	int (*open)(void **r, const char *path, int *linktype);
	/* 1: @packet is the next one, valid until the next call; 0: end; GCOAP_EMALFORMED. */
	int (*next)(void *r, gcoap_time *at, struct gcoap_bytes *packet);
	void (*close)(void *r);
};

#endif
