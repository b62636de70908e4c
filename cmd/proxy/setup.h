/* From arguments to rows: each returns 0, or an exit status after saying why. */
#ifndef PROXY_SETUP_H
#define PROXY_SETUP_H

#include "proxy.h"

int setup_oom(void);
/* A copy of @len bytes of @text that lives as long as the rows; NULL: no memory. */
char *setup_keep(struct proxy_rows *r, const char *text, size_t len);
/* The allowed group that is written as @text, behind @after; NULL: none. */
struct target *setup_group_find(struct proxy_rows *r, const char *text, struct target *after);

/* The group @text of @option, appended to *@list; its members, interface and zone resolved. */
int setup_group(const struct proxy_args *a, const char *option, const char *text,
		struct target **list, size_t *n);
/* Says so, with the option that would allow it. */
int setup_not_allowed(const char *option, const char *text, const char *group);

/* rows.c and reverse.c, in this order. */
int setup_groups(struct proxy *p);
int setup_clients(struct proxy *p);
int setup_targets(struct proxy *p);
int setup_members(struct proxy *p);
int setup_reverse(struct proxy *p);
int setup_aliases(struct proxy *p);

/* setup.c */
int setup_listen(struct proxy *p);
int setup_next_proxy(struct proxy *p);

/* check.c: what does not go together, or would have no effect. */
int setup_check(const struct proxy *p);

#endif
