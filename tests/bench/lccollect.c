/*
 * The least that a collector of group answers does with libcoap: one session to the group, and
 * a count of distinct sources.
 *
 *   lccollect -n SERVERS [-b BYTES] [-t TIMEOUT_MS]
 *
 * Asks 224.0.1.187:5683 on loopback and prints "DISTINCT RECEIVED LAST_US". libcoap leaves the
 * receive buffer as it is and does not show its socket: -b looks for it among the descriptors.
 */
#include <coap3/coap.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "raw/raw.h"

static struct raw_set seen;
static uint64_t received;
static int64_t last;

static coap_response_t take(coap_session_t *session, const coap_pdu_t *sent,
			    const coap_pdu_t *response, const coap_mid_t mid)
{
	const struct sockaddr_in *from = &coap_session_get_addr_remote(session)->addr.sin;

	received++;
	if (raw_set_add(&seen, (uint64_t)from->sin_addr.s_addr << 16 | from->sin_port))
		last = raw_now_ns();
	return COAP_RESPONSE_OK;
}

static coap_session_t *group_session(coap_context_t *context)
{
	coap_address_t local, group;

	coap_address_init(&local);
	coap_address_init(&group);
	local.addr.sin = raw_address(INADDR_LOOPBACK, 0); /* which also chooses the interface */
	group.addr.sin = raw_address(0xe00001bb, 5683);
	local.size = group.size = sizeof(group.addr.sin);
	return coap_new_client_session(context, &local, &group, COAP_PROTO_UDP);
}

static void enlarge(int bytes)
{
	for (int fd = 3; fd < 64; fd++) {
		int type = 0;
		socklen_t len = sizeof(type);

		if (!getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) && type == SOCK_DGRAM)
			raw_receive_buffer(fd, bytes);
	}
}

static int ask(coap_session_t *session)
{
	coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_NON, COAP_REQUEST_CODE_GET, session);
	uint8_t token[8];
	size_t len = sizeof(token);

	coap_session_new_token(session, &len, token);
	if (!pdu || !coap_add_token(pdu, len, token) ||
	    !coap_add_option(pdu, COAP_OPTION_URI_PATH, 1, (const uint8_t *)"t"))
		return -1;
	return coap_send(session, pdu) == COAP_INVALID_MID ? -1 : 0;
}

int main(int argc, char *argv[])
{
	uint32_t servers = 0;
	int option, buffer = 0;
	int64_t start, end, timeout_ms = 2000;
	coap_context_t *context;
	coap_session_t *session;

	while ((option = getopt(argc, argv, "n:b:t:")) != -1) {
		unsigned long value = optarg ? strtoul(optarg, NULL, 10) : 0;

		if (option == 'n')
			servers = (uint32_t)value;
		else if (option == 'b')
			buffer = (int)value;
		else if (option == 't')
			timeout_ms = (int64_t)value;
		else
			return 2;
	}
	coap_startup();
	context = coap_new_context(NULL);
	session = context ? group_session(context) : NULL;
	if (!session)
		return 1;
	if (buffer)
		enlarge(buffer);
	raw_set_init(&seen, servers);
	coap_register_response_handler(context, take);
	start = raw_now_ns();
	end = start + timeout_ms * 1000000;
	if (ask(session) < 0)
		return 1;
	while (seen.n < servers && raw_now_ns() < end)
		coap_io_process(context, 50);
	printf("%u %llu %lld\n", seen.n, (unsigned long long)received,
	       (long long)(last - start) / 1000);
	coap_session_release(session);
	coap_free_context(context);
	coap_cleanup();
	return seen.n == servers ? 0 : 4;
}
