/*
 * GETs of libcoap's client over one session, some outstanding at any time.
 *
 *   lcping -p PORT [-N] [-a ADDRESS] [-u PATH] [-w OUTSTANDING] [-t MILLISECONDS]
 *
 * CON, -N: NON. Prints one JSON object: answers with 2.05, others, requests that were lost,
 * answers a second and the processor time of all.
 */
#include <coap3/coap.h>

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "raw/raw.h"

#define OUTSTANDING_MAX 1024
#define LOST_NS 2000000000LL

static struct {
	coap_context_t *context;
	coap_session_t *session;
	coap_pdu_type_t type;
	const char *path;
	unsigned outstanding;
	int64_t sent_at[OUTSTANDING_MAX];
	uint32_t turn[OUTSTANDING_MAX];
	uint64_t good, bad, lost;
	bool over;
} ping = { .type = COAP_MESSAGE_CON, .path = "t", .outstanding = 1 };

/* The token tells which of the outstanding ones it is, and its how-manieth request. */
static void ask(unsigned slot)
{
	coap_pdu_t *pdu = coap_new_pdu(ping.type, COAP_REQUEST_CODE_GET, ping.session);
	uint8_t token[8] = { (uint8_t)(slot >> 8), (uint8_t)slot, 'l', 'c' };

	ping.turn[slot]++;
	memcpy(token + 4, &ping.turn[slot], 4);
	ping.sent_at[slot] = raw_now_ns();
	if (!pdu || !coap_add_token(pdu, sizeof(token), token) ||
	    !coap_add_option(pdu, COAP_OPTION_URI_PATH, strlen(ping.path),
			     (const uint8_t *)ping.path) ||
	    coap_send(ping.session, pdu) == COAP_INVALID_MID) {
		fprintf(stderr, "lcping: cannot send\n");
		exit(1);
	}
}

/* -1: not of an outstanding request. */
static int slot_of(const coap_pdu_t *pdu)
{
	coap_bin_const_t token = coap_pdu_get_token(pdu);
	unsigned slot;

	if (token.length != 8)
		return -1;
	slot = (unsigned)(token.s[0] << 8 | token.s[1]);
	if (slot >= ping.outstanding || memcmp(token.s + 4, &ping.turn[slot], 4))
		return -1;
	return (int)slot;
}

static coap_response_t take(coap_session_t *session, const coap_pdu_t *sent,
			    const coap_pdu_t *response, const coap_mid_t mid)
{
	int slot = slot_of(response);

	if (slot < 0)
		return COAP_RESPONSE_OK;
	if (coap_pdu_get_code(response) == COAP_RESPONSE_CODE_CONTENT)
		ping.good++;
	else
		ping.bad++;
	if (!ping.over)
		ask((unsigned)slot);
	return COAP_RESPONSE_OK;
}

static void give_up(coap_session_t *session, const coap_pdu_t *sent,
		    const coap_nack_reason_t reason, const coap_mid_t mid)
{
	int slot = sent ? slot_of(sent) : -1;

	ping.lost += !ping.over;
	if (slot >= 0 && !ping.over)
		ask((unsigned)slot);
}

static void give_up_late_ones(int64_t now)
{
	for (unsigned i = 0; i < ping.outstanding; i++) {
		if (now - ping.sent_at[i] > LOST_NS) {
			ping.lost++;
			ask(i);
		}
	}
}

static int open_session(const char *address, uint16_t port)
{
	coap_address_t to;

	coap_startup();
	coap_address_init(&to);
	to.addr.sin = raw_address(0, port);
	to.size = sizeof(to.addr.sin);
	if (inet_pton(AF_INET, address, &to.addr.sin.sin_addr) != 1)
		return -1;
	ping.context = coap_new_context(NULL);
	if (!ping.context)
		return -1;
	coap_register_response_handler(ping.context, take);
	coap_register_nack_handler(ping.context, give_up);
	ping.session = coap_new_client_session(ping.context, NULL, &to, COAP_PROTO_UDP);
	if (!ping.session)
		return -1;
	coap_session_set_nstart(ping.session, (uint16_t)ping.outstanding);
	return 0;
}

static void run(int64_t until)
{
	int64_t now, look = raw_now_ns() + LOST_NS;

	for (unsigned i = 0; i < ping.outstanding; i++)
		ask(i);
	while ((now = raw_now_ns()) < until) {
		coap_io_process(ping.context, 20);
		if (now > look) {
			give_up_late_ones(now);
			look = now + LOST_NS;
		}
	}
	ping.over = true;
}

int main(int argc, char *argv[])
{
	const char *address = "127.0.0.1";
	uint16_t port = 5683;
	int64_t start, ms = 1000;
	double seconds, cpu_us;
	int option;

	while ((option = getopt(argc, argv, "Np:a:u:w:t:")) != -1) {
		unsigned long value = optarg ? strtoul(optarg, NULL, 10) : 0;

		if (option == 'N')
			ping.type = COAP_MESSAGE_NON;
		else if (option == 'p')
			port = (uint16_t)value;
		else if (option == 'a')
			address = optarg;
		else if (option == 'u')
			ping.path = optarg;
		else if (option == 'w')
			ping.outstanding = value < OUTSTANDING_MAX ? (unsigned)value
								   : OUTSTANDING_MAX;
		else if (option == 't')
			ms = (int64_t)value;
		else
			return 2;
	}
	if (open_session(address, port) < 0)
		return 1;
	start = raw_now_ns();
	run(start + ms * 1000000);
	seconds = (double)(raw_now_ns() - start) / 1e9;
	cpu_us = raw_cpu_us();
	coap_session_release(ping.session);
	coap_free_context(ping.context);
	coap_cleanup();
	printf("{\"good\":%llu,\"bad\":%llu,\"lost\":%llu,\"per_s\":%.0f,\"cpu_us\":%.0f}\n",
	       (unsigned long long)ping.good, (unsigned long long)ping.bad,
	       (unsigned long long)ping.lost, (double)ping.good / seconds, cpu_us);
	return 0;
}
