/*
 * Is the client where its datagrams say they come from (RFC 9175, Sections 2.3 and 2.4)? Until it
 * has echoed a value of ours it gets little more than it sends, and nothing is kept of it but the
 * Message ID of what it was refused.
 */
#include "front.h"

#include <string.h>

/* A value holds for the rest of its epoch and the next one. */
#define EPOCH (60 * GCOAP_SECOND)
#define ECHO_LEN 8
/* 4 bytes of request allow 12 of response: the header, 2 of the option, and these. */
#define ECHO_LEN_SHORT 6

/* How long an address stays proved after the last request from there. */
#define PROOF_LIFE (600 * GCOAP_SECOND)

struct proof {
	uint64_t key;
	gcoap_time until;
};

void gcoap__front_proofs_init(struct gcoap_front *f)
{
	uint32_t cap = (f->config.max_peers + 1) / 2;

	gcoap__aged_init(&f->proofs, sizeof(struct proof), sizeof(uint64_t), f->seed,
			 PROOF_LIFE, cap);
}

static uint64_t key_of(const struct gcoap_front *f, const struct gcoap_addr *client)
{
	struct gcoap__endpoint e = gcoap__endpoint(client);

	return gcoap__hash(&e, sizeof(e), f->seed);
}

static void remember(struct gcoap_front *f, uint64_t key, gcoap_time now)
{
	struct proof *p = gcoap__aged_add(&f->proofs, &key, now);

	if (p)
		p->until = now + PROOF_LIFE;
}

bool gcoap__front_proved(struct gcoap_front *f, const struct gcoap_addr *client, gcoap_time now)
{
	struct proof *p;
	uint64_t key;

	if (f->config.echo == GCOAP_ECHO_OFF ||
	    (f->config.echo == GCOAP_ECHO_AUTO && gcoap_addr_is_loopback(client)))
		return true;
	key = key_of(f, client);
	p = gcoap__table_find(&f->proofs.young, &key);
	if (p) {
		if (now >= p->until)
			return false;
		p->until = now + PROOF_LIFE;
		return true;
	}
	/* Whoever is active moves to the younger half. */
	p = gcoap__table_find(&f->proofs.old, &key);
	if (!p || now >= p->until)
		return false;
	remember(f, key, now);
	return true;
}

static uint64_t value_at(const struct gcoap_front *f, const struct gcoap_addr *client,
			 int64_t epoch)
{
	struct {
		struct gcoap__endpoint client;
		int64_t epoch;
	} of = { gcoap__endpoint(client), epoch };

	return gcoap__hash(&of, sizeof(of), f->echo_key);
}

/* Compared in a time that does not tell how much of it is right. */
static bool is_ours(const struct gcoap_front *f, const struct gcoap_addr *client,
		    struct gcoap_bytes echo, gcoap_time now)
{
	bool ours = false;

	if (echo.len != ECHO_LEN && echo.len != ECHO_LEN_SHORT)
		return false;
	for (int64_t back = 0; back < 2; back++) {
		uint64_t value = value_at(f, client, now / EPOCH - back);
		uint8_t wrong = 0;

		for (size_t i = 0; i < echo.len; i++)
			wrong |= (uint8_t)(echo.ptr[i] ^ (uint8_t)(value >> 8 * i));
		ours |= !wrong;
	}
	return ours;
}

bool gcoap__front_echoed(struct gcoap_front *f, const struct gcoap_addr *client,
			 struct gcoap_msg *msg, gcoap_time now)
{
	const struct gcoap_option *o = gcoap_msg_find(msg, GCOAP_ECHO);

	if (!o || f->config.echo == GCOAP_ECHO_OFF || !is_ours(f, client, o->value, now))
		return false;
	gcoap_msg_remove(msg, GCOAP_ECHO);
	remember(f, key_of(f, client), now);
	return true;
}

void gcoap__front_challenge(struct gcoap_front *f, const struct gcoap_peer *to,
			    const struct gcoap_msg *request, size_t len, gcoap_time now)
{
	uint64_t value = value_at(f, &to->addr, now / EPOCH);
	struct gcoap_msg *m = &f->out;
	uint8_t echo[ECHO_LEN];
	bool con = request->type == GCOAP_CON;

	for (size_t i = 0; i < sizeof(echo); i++)
		echo[i] = (uint8_t)(value >> 8 * i);
	gcoap_msg_init(m, con ? GCOAP_ACK : GCOAP_NON, GCOAP_UNAUTHORIZED);
	m->mid = con ? request->mid : gcoap__front_mid(f, &to->addr);
	gcoap_msg_set_token(m, request->token, request->token_len);
	gcoap_msg_add(m, GCOAP_ECHO, (struct gcoap_bytes){ echo,
		      len > 4 ? ECHO_LEN : ECHO_LEN_SHORT });
	if (gcoap__front_queue(f, to, m, now, NULL) < 0)
		f->stats.unsent++;
	else
		f->stats.challenged++;
}
