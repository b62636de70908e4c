/* Sockets, sleep and interfaces: the only part of the library that does I/O. */
#ifndef GCOAP_NET_H
#define GCOAP_NET_H

#include <gcoap/datagram.h>
#include <gcoap/error.h>

/* ---- interfaces and zones ---- */

struct gcoap_iface {
	char name[16];
	uint32_t index;
	bool up, multicast, loopback;
	struct gcoap_addr v4; /* first IPv4 address; family 0: none */
	struct gcoap_addr v6; /* first IPv6 address, link-local preferred; family 0: none */
};

/* All interfaces of this host into @out; returns how many there are (may be > @cap). */
int gcoap_iface_list(struct gcoap_iface *out, size_t cap);
/* By name, index as text, or one of its addresses. GCOAP_EINTERFACE. */
int gcoap_iface_find(const char *text, struct gcoap_iface *out);

/* Resolve a host name to addresses of @family (0, 4, 6). Blocks. Returns how many,
 * GCOAP_ERESOLVE. */
int gcoap_resolve(const char *host, uint16_t port, uint8_t family, struct gcoap_addr *out,
		  size_t cap);

/* Monotonic now, and what to add to get nanoseconds since 1970. */
gcoap_time gcoap_now(void);
gcoap_time gcoap_wall_offset(void);

/*
 * Load the module "capture", "stream" or "store" and @call for each library that it stands on.
 * GCOAP_EUNSUPPORTED: the module, or one of them, is not there.
 */
int gcoap_module_libraries(const char *module,
			   void (*call)(void *arg, const char *name, const char *version),
			   void *arg);

/* ---- the UDP group endpoint ---- */

/* Direction of a tapped datagram. */
enum gcoap_direction { GCOAP_SENT, GCOAP_RECEIVED };

struct gcoap_udp_config {
	bool v4, v6;		/* families to open */
	struct gcoap_addr bind; /* family 0: any address; port 0: the kernel's choice */
	char device[16];	/* SO_BINDTODEVICE; "": none */
	int hops;		/* group hop limit; 0: 1 for link-local groups, 16 wider */
	uint32_t expect;	/* size the receive buffer for so many answers; 0: 4 MiB */
	uint32_t rcvbuf;	/* exact wish in bytes; 0: by @expect */
	bool reuse;		/* SO_REUSEADDR, for group members */
	bool errors;		/* tell engine->unreachable() what ICMP says */
	bool any_source;	/* IPv6: send from addresses that only a route makes local */
	/* Called with every datagram, sent or received, also malformed ones. */
	void (*tap)(void *arg, enum gcoap_direction dir, const struct gcoap_datagram *d);
	void *tap_arg;
};

struct gcoap_udp;

/* GCOAP_ENOMEM, GCOAP_EBUSY, GCOAP_EPERMISSION, GCOAP_EINTERFACE, GCOAP_ESYSTEM (errno says
 * which); @diag->what names the failing call. */
int gcoap_udp_open(struct gcoap_udp **out, const struct gcoap_udp_config *config,
		   struct gcoap_diag *diag);
void gcoap_udp_close(struct gcoap_udp **u);
/* Join @group on the interface (0: the kernel's choice). */
int gcoap_udp_join(struct gcoap_udp *u, const struct gcoap_addr *group, uint32_t ifindex);
/* The local endpoint of a family; address 0 until the kernel has chosen one. */
void gcoap_udp_local(const struct gcoap_udp *u, uint8_t family, struct gcoap_addr *out);
/* The address the kernel would send from to reach @to over @ifindex. GCOAP_EROUTE: there is no
 * route, or nobody could answer, as the route has no address to send from. */
int gcoap_udp_source_for(const struct gcoap_udp *u, const struct gcoap_addr *to,
			 uint32_t ifindex, struct gcoap_addr *out);
/* Exact number of datagrams the kernel dropped here for want of buffer space (SO_MEMINFO). */
uint64_t gcoap_udp_drops(const struct gcoap_udp *u);
/* Bytes of receive buffer the kernel gave (as SO_RCVBUF reports it, doubled). */
uint32_t gcoap_udp_rcvbuf(const struct gcoap_udp *u);
/* How many answers with @payload bytes that buffer holds when nobody reads it. */
uint32_t gcoap_udp_capacity(const struct gcoap_udp *u, size_t payload);

/* ---- the loop ---- */

struct gcoap_loop;

int gcoap_loop_new(struct gcoap_loop **out);
void gcoap_loop_free(struct gcoap_loop **l);
/* Drive @engine over @udp; several pairs may share a loop, but not an endpoint. Both must
 * outlive the loop's last run. */
int gcoap_loop_add(struct gcoap_loop *l, struct gcoap_udp *udp, struct gcoap_engine *engine);
/* Call @ready when @fd is readable. */
int gcoap_loop_add_fd(struct gcoap_loop *l, int fd, void (*ready)(void *arg, int fd),
		      void *arg);
/* Call @fire every @period, first after @delay. */
int gcoap_loop_add_timer(struct gcoap_loop *l, gcoap_time delay, gcoap_time period,
			 void (*fire)(void *arg, gcoap_time now), void *arg);
/* Block @signo and call @caught from the loop when it comes (signalfd). */
int gcoap_loop_add_signal(struct gcoap_loop *l, int signo, void (*caught)(void *arg, int signo),
			  void *arg);
/* No longer watch @fd; also from a callback. */
void gcoap_loop_remove_fd(struct gcoap_loop *l, int fd);
/* Run until every engine with a done() says so, or gcoap_loop_stop(). Negative on a failed
 * system call. */
int gcoap_loop_run(struct gcoap_loop *l);
void gcoap_loop_stop(struct gcoap_loop *l);

/*
 * All of it in one call, for programs that need nothing beside: open an endpoint (@config NULL:
 * both families, and errors), drive @engine until it is done, close. Returns what
 * gcoap_udp_open() or gcoap_loop_run() return.
 */
int gcoap_run(const struct gcoap_udp_config *config, struct gcoap_engine *engine);

/* ---- capture and replay ---- */

struct gcoap_capture;
/* Write a pcap file (raw IP packets, nanoseconds). GCOAP_ESYSTEM with errno,
 * GCOAP_EUNSUPPORTED (the module is not there), GCOAP_ENOMEM. */
int gcoap_capture_open(struct gcoap_capture **out, const char *path);
/* A datagram of unknown source or destination is not written: GCOAP_EINVALID, and again when
 * the file is closed. */
int gcoap_capture_write(struct gcoap_capture *c, enum gcoap_direction dir,
			const struct gcoap_datagram *d);
/* Flushes; negative when anything was lost. */
int gcoap_capture_close(struct gcoap_capture **c);

/* Packets of a capture file that were passed over. */
struct gcoap_capture_left {
	uint64_t tcp;	    /* to or from ports 5683 and 5684 */
	uint64_t fragments; /* of IP packets with UDP */
	uint64_t others;
};

/*
 * Give every UDP datagram of a pcap or pcapng file (raw IP, Ethernet, Linux cooked, loopback;
 * "-": standard input) to @each, whose negative return ends it and is returned; its @at is
 * nanoseconds since 1970. What is no UDP datagram is counted in *@left (may be NULL). What was
 * read before a fault has been given. GCOAP_ESYSTEM (errno), GCOAP_EMALFORMED, GCOAP_EUNSUPPORTED
 * (the module is not there).
 */
int gcoap_capture_read(const char *path, int (*each)(void *arg, const struct gcoap_datagram *d),
		       void *arg, struct gcoap_capture_left *left, struct gcoap_diag *diag);

/*
 * Feed the datagrams of a pcap file (raw IP, Ethernet, Linux cooked, loopback) to @engine on
 * their own clock, which is 0 at the first packet; ask the engine with now = 0 before. @local
 * is our endpoint (address 0: by its port alone); its sent datagrams only move the clock, and
 * what the engine sends is thrown away. After the last one all deadlines pass.
 * GCOAP_ESYSTEM, GCOAP_EMALFORMED, GCOAP_EUNSUPPORTED (the module is not there).
 */
int gcoap_replay(const char *path, const struct gcoap_addr *local, struct gcoap_engine *engine,
		 struct gcoap_diag *diag);

#endif
