/* The module capture.so: reads and writes pcap files. */
#include "module.h"
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SNAPLEN 262144
#define LATEST (INT64_C(1) << 33) /* seconds: the year 2242; no file is from later */

struct writer {
	pcap_t *pcap;
	pcap_dumper_t *out;
	FILE *file; /* owned by out */
};

static void writer_free(struct writer *w)
{
	if (w->out)
		pcap_dump_close(w->out);
	else if (w->file)
		fclose(w->file);
	if (w->pcap)
		pcap_close(w->pcap);
	free(w);
}

static void *capture_create(const char *path)
{
	struct writer *w = calloc(1, sizeof(*w));
	int saved;

	if (!w)
		return NULL;
	w->file = fopen(path, "we");
	if (!w->file) {
		saved = errno;
		writer_free(w);
		errno = saved;
		return NULL;
	}
	w->pcap = pcap_open_dead_with_tstamp_precision(DLT_RAW, SNAPLEN,
						       PCAP_TSTAMP_PRECISION_NANO);
	if (w->pcap)
		w->out = pcap_dump_fopen(w->pcap, w->file);
	if (!w->out) {
		writer_free(w);
		errno = EIO;
		return NULL;
	}
	return w;
}

static void capture_write(void *writer, gcoap_time at, struct gcoap_bytes packet)
{
	struct writer *w = writer;
	struct pcap_pkthdr h = { .caplen = (bpf_u_int32)packet.len,
				 .len = (bpf_u_int32)packet.len };

	h.ts.tv_sec = at / GCOAP_SECOND;
	h.ts.tv_usec = at % GCOAP_SECOND; /* nanoseconds at this precision */
	pcap_dump((u_char *)w->out, &h, packet.ptr);
}

static int capture_finish(void *writer)
{
	struct writer *w = writer;
	bool lost = pcap_dump_flush(w->out) < 0 || ferror(w->file);

	writer_free(w);
	return lost ? GCOAP_ESYSTEM : 0;
}

/* "-" is standard input. A folder opens, too, but nothing is read from it. */
static FILE *open_file(const char *path)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC)
				   : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	struct stat st;
	FILE *f = NULL;

	if (fd >= 0 && !fstat(fd, &st) && S_ISDIR(st.st_mode))
		errno = EISDIR;
	else if (fd >= 0)
		f = fdopen(fd, "r");
	if (fd >= 0 && !f)
		close(fd);
	return f;
}

static int capture_open(void **r, const char *path, int *linktype)
{
	char why[PCAP_ERRBUF_SIZE];
	FILE *f = open_file(path);
	pcap_t *p;

	if (!f)
		return GCOAP_ESYSTEM;
	p = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!p) {
		fclose(f);
		return GCOAP_EMALFORMED;
	}
	*linktype = pcap_datalink(p);
	*r = p;
	return 0;
}

/* A time as the file says it, held within what a gcoap_time can have. */
static gcoap_time time_of(const struct timeval *ts)
{
	int64_t second = ts->tv_sec < 0 ? 0 : ts->tv_sec > LATEST ? LATEST : ts->tv_sec;
	int64_t rest = ts->tv_usec < 0 ? 0 : ts->tv_usec; /* nanoseconds at this precision */

	return second * GCOAP_SECOND + (rest < GCOAP_SECOND ? rest : GCOAP_SECOND - 1);
}

static int capture_next(void *r, gcoap_time *at, struct gcoap_bytes *packet)
{
	struct pcap_pkthdr *h;
	const u_char *data;
	int n = pcap_next_ex(r, &h, &data);

	if (n == PCAP_ERROR_BREAK)
		return 0;
	if (n != 1)
		return GCOAP_EMALFORMED;
	*at = time_of(&h->ts);
	*packet = (struct gcoap_bytes){ data, h->caplen };
	return 1;
}

static void capture_close(void *r)
{
	pcap_close(r);
}

extern const struct gcoap__module_capture gcoap_module_capture;
const struct gcoap__module_capture gcoap_module_capture = {
	.create = capture_create,
	.write = capture_write,
	.finish = capture_finish,
	.open = capture_open,
	.next = capture_next,
	.close = capture_close,
};

/* "libpcap version 1.10.3 (with TPACKET_V3)" */
static const char *version(void)
{
	static const char before[] = "libpcap version ";
	const char *text = pcap_lib_version();

	return strncmp(text, before, strlen(before)) ? text : text + strlen(before);
}

extern const struct gcoap__library gcoap_libraries_capture[];
const struct gcoap__library gcoap_libraries_capture[] = {
	{ "libpcap", version },
	{ 0 },
};
