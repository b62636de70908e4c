/* A message in the words of the vectors' third field:
 * NON GET mid=7d41 token=86 Observe=0 Uri-Path="gp" Block2=0/0/64 payload="on" */
#ifndef MSG_TEXT_H
#define MSG_TEXT_H

#include <gcoap/option.h>

/* Ends the program when @cap does not suffice. Returns @buf. */
char *msg_text(const struct gcoap_registry *r, const struct gcoap_msg *m, char *buf,
	       size_t cap);

#endif
