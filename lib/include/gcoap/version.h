/* Versions of this library and of the texts it follows. */
#ifndef GCOAP_VERSION_H
#define GCOAP_VERSION_H

#define GCOAP_VERSION "0.1.0"

/* The version of the library that is linked. */
const char *gcoap_version(void);

/* Drafts, in the revisions followed: "tiloca-05" is draft-tiloca-core-groupcomm-proxy-05 with
 * draft-ietf-core-groupcomm-bis-03; "ietf" is draft-ietf-core-groupcomm-proxy-07 with
 * draft-ietf-core-groupcomm-bis-18. CRIs are those of draft-ietf-core-href. */

#endif
