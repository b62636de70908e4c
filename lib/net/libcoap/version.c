#include "hub.h"
#include <string.h>
#include <openssl/crypto.h>

/* "libcoap 4.3.1" */
const char *libcoap_version(void)
{
	const char *text = coap_package_version(), *blank = strrchr(text, ' ');

	return blank ? blank + 1 : text;
}

const char *openssl_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
