/* The parts of gcoap__target_read(). */
#ifndef PROXY_TARGET_READ_H
#define PROXY_TARGET_READ_H

#include "target.h"

/* One request that is being read. */
struct gcoap__reading {
	const struct gcoap_proxy_config *config;
	const struct gcoap_peer *from;
	const struct gcoap_msg *request;
	struct gcoap__target *t;
	struct gcoap__refusal *refusal;
};

/* Every function returns 0 or the code of the refusal. */

/* Options that a proxy must know, and limits: 4.02. */
int gcoap__options_check(const struct gcoap__reading *r);
/* What a resource of our own cannot obey: 4.02. */
int gcoap__options_local(const struct gcoap__reading *r);
/* Block sizes, and with @group numbers, that cannot be sent on: 4.00. */
int gcoap__options_blocks(const struct gcoap_msg *m, struct gcoap__refusal *refusal, bool group);
/* The timeout option of either dialect, and whose options the request has. */
void gcoap__options_timeout(const struct gcoap__reading *r);
/* Remove what ends at this hop. */
void gcoap__options_strip(const struct gcoap__reading *r);
/* 4.00; of what is sent on 5.08, else one less. */
int gcoap__options_hop_limit(const struct gcoap__reading *r);

/* Proxy-Uri, or another text: host, port and Uri-* of the target. Segments of the request's path
 * from the one with the number @skip stand behind those of the text. */
int gcoap__target_text(const struct gcoap__reading *r, struct gcoap_bytes text, size_t skip);
/* Only coap is spoken with servers: 4.00, 5.05. @scheme NULL: an unknown one. */
int gcoap__target_scheme(const struct gcoap__reading *r, const enum gcoap_scheme *scheme,
			 bool multicast);
/* Host and port, from a parsed URI; the options are left alone. */
int gcoap__target_host(const struct gcoap__reading *r, const struct gcoap_uri *uri);
/* Uri-* from a parsed URI, then what the request has beside the first @skip segments. */
int gcoap__target_place(const struct gcoap__reading *r, const struct gcoap_uri *uri,
			size_t skip);
/* Proxy-Scheme or its number, with Uri-Host and Uri-Port. */
int gcoap__target_by_scheme(const struct gcoap__reading *r);
/* The value of a Uri-Host, name or literal, and a port as a URI. GCOAP_E*. */
int gcoap__host_parse(struct gcoap_uri *out, struct gcoap_bytes host, uint16_t port,
		      struct gcoap_diag *diag);
int gcoap__target_cri(const struct gcoap__reading *r, struct gcoap_bytes cri);
/* Is this endpoint, or the address alone, one of ours? */
bool gcoap__target_is_ours(const struct gcoap_proxy_config *config,
			   const struct gcoap_peer *from, const struct gcoap_addr *addr);

/* A request to us: the target that stands behind it, or LOCAL. */
int gcoap__reverse(const struct gcoap__reading *r);
/* The group URI in the path, "/cp/coap://group1.com/r": read when there is one. */
int gcoap__embedded(const struct gcoap__reading *r, bool *found);

/* ---- reverse_server.c ---- */

void gcoap__no_host_options(struct gcoap_msg *m);
/* The address in Uri-Host, with the port in Uri-Port; false: there is none. */
bool gcoap__host_named(const struct gcoap__reading *r, struct gcoap_uri *uri);
/* May Uri-Host name a server that the request is for, and not the proxy? */
bool gcoap__behind_wanted(const struct gcoap__reading *r);
/* Is it the address of another, and no group's unless @group? Then that is the target, without
 * Uri-Host. */
bool gcoap__behind(const struct gcoap__reading *r, bool group);
/* gcoap__embedded(), but the later blocks of a body are asked of the server in Uri-Host. */
int gcoap__behind_embedded(const struct gcoap__reading *r, bool *found);

/* An IPv6 address that wraps an IPv4 one (RFC 4291, Section 2.5.5.2) becomes that. */
void gcoap__addr_unmap(struct gcoap_addr *a);

#endif
