/* A relay between two interfaces that loses, doubles, delays and spoils UDP datagrams. */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define FRAME_MOST 65600

/* Percentages of the UDP datagrams. */
struct faults {
	double loss, dup, reorder, corrupt;
	unsigned delay_ms; /* of those that are reordered: uniform, at most */
	bool back_only;	   /* only from the second interface to the first */
	uint16_t port;	   /* only from or to this port; 0: all */
};

/* Where the UDP parts of an Ethernet frame are; family 0: no whole UDP datagram. */
struct udp_view {
	int family;
	size_t addr, addr_len; /* of the source address; the destination is behind it */
	size_t udp, data, len; /* of the UDP header; of the payload and its length */
};

struct udp_view udp_find(const uint8_t *frame, size_t len);
/* Senders leave the checksum to hardware that is not there. */
void udp_make_checksum(uint8_t *frame, const struct udp_view *v);
uint16_t get16(const uint8_t *p);

#endif
