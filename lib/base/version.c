#include <gcoap/version.h>

const char *gcoap_version(void)
{
	return GCOAP_VERSION;
}
