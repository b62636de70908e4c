/* IP packets: made around a datagram for a capture file, and taken apart when it is read. */
#ifndef NET_PACKET_H
#define NET_PACKET_H

#include <gcoap/datagram.h>

#define PACKET_OVERHEAD 48 /* IPv6 and UDP headers */

/* Write IP and UDP headers with right checksums, then the data. Returns the length;
 * GCOAP_EINVALID: families do not match; GCOAP_ESPACE. */
int gcoap__packet_build(const struct gcoap_datagram *d, uint8_t *buf, size_t cap);

/*
 * Find the UDP datagram in a packet with a link layer header of pcap's @linktype; sets from,
 * to, data, hops and truncated (captured in part). GCOAP_EUNSUPPORTED: another link type or
 * protocol (from and to are set for TCP), or a fragment (truncated is set for UDP); GCOAP_EMALFORMED: ends early.
 */
int gcoap__packet_parse(int linktype, struct gcoap_bytes packet, struct gcoap_datagram *out);

#endif
