/* What opens endpoints: each returns 0, or an exit status after saying why. */
#ifndef PROXY_OPEN_H
#define PROXY_OPEN_H

#include "proxy.h"

/* Why the library failed, with errno when that tells. */
int open_failed(int r);
int open_bind_failed(const struct proxy_listen *l, int r, const struct gcoap_diag *diag);

/* ours.c: rows for all that we listen at; the ports of connections are known later. */
int open_ours(struct proxy *p);
void open_ours_port(struct proxy *p, const struct proxy_listen *l);

/* streams.c */
int open_streams(struct proxy *p);

#endif
