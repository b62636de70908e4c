#include <gcoap/dialect.h>

#include <strings.h>

const struct gcoap_dialect gcoap_dialects[2] = {
	{
		.name = "tiloca-05",
		.timeout = GCOAP_DRAFT_MULTICAST_SIGNALING,
		.server_address = GCOAP_DRAFT_RESPONSE_FORWARDING,
		.group_etag = GCOAP_DRAFT_GROUP_ETAG,
		.multi_etag = true,
		.etag_in_group = false, /* RFC 7252, Section 8.2.1 */
		.early_stop = false,
		.no_response_overrides = true, /* groupcomm-bis-03, Section 3.1 */
		.repeat_same_mid = true,
	},
	{
		.name = "ietf",
		.timeout = GCOAP_DRAFT_MULTICAST_TIMEOUT,
		.server_address = GCOAP_DRAFT_REPLY_FROM,
		.group_etag = GCOAP_DRAFT_IETF_GROUP_ETAG,
		.multi_etag = false,
		.etag_in_group = true, /* groupcomm-bis-18, Section 3.2.2 */
		.early_stop = true,    /* groupcomm-proxy-07, Section 5.1.3 */
		.no_response_overrides = false, /* groupcomm-bis-18, Section 6.5 */
		.repeat_same_mid = false,
	},
};

const struct gcoap_dialect *gcoap_dialect_find(const char *name)
{
	for (size_t i = 0; i < sizeof(gcoap_dialects) / sizeof(gcoap_dialects[0]); i++)
		if (strcasecmp(name, gcoap_dialects[i].name) == 0)
			return &gcoap_dialects[i];
	return NULL;
}
