/* The line behind the answers. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "render_common.h"

/* Print it on stderr when --summary wants it; @by_default is what auto means here. */
void summary_print(const struct render_base *b, const struct gcoap_summary *s, bool by_default);
/* "3 servers answered in 7.0 s (2 ok, 1 error), …"; returns the length. */
size_t summary_format(const struct gcoap_summary *s, char *buf, size_t cap);

#endif
