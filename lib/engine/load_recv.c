/* What comes: format, type, token, source, in this order. */
#include "load.h"
#include "recv.h"

#include <string.h>

/* Over TCP there is no type and no Message ID, but a length (RFC 8323, Section 3.2). */
static size_t stream_size(struct gcoap_bytes data)
{
	size_t token, rest;

	if (data.len < 4 || data.ptr[1] == GCOAP_EMPTY)
		return 0; /* the session's own affair */
	token = data.ptr[0] & 0x0f;
	rest = data.len - 4 > token ? data.len - 4 - token : 0;
	return 2 + token + rest + (rest < 13 ? 0 : rest < 269 ? 1 : rest < 65805 ? 2 : 4);
}

size_t gcoap__load_size(const struct gcoap_load *l, struct gcoap_bytes data)
{
	return l->config.stream ? stream_size(data) : data.len;
}

static void refuse(struct gcoap__load_client *c, const struct gcoap_datagram *in)
{
	/* Only a CON message is rejected with a RST (RFC 7252, Sections 4.2 and 4.3). */
	if (c->in.type == GCOAP_CON)
		(void)gcoap__reply_add(&c->replies, GCOAP_RST, &in->from, c->in.mid);
}

void gcoap__load_malformed(struct gcoap__load_client *c, const struct gcoap_datagram *in,
			   const struct gcoap_diag *diag)
{
	struct gcoap_load_sink *s = c->load->config.sink;

	c->load->count.malformed++;
	if (s->malformed)
		s->malformed(s, in, diag);
}

static int undecodable(struct gcoap__load_client *c, const struct gcoap_datagram *in,
		       const struct gcoap_diag *diag, int err)
{
	if (in->data.len >= 4 && in->data.ptr[0] >> 6 == 1)
		refuse(c, in);
	gcoap__load_malformed(c, in, diag);
	return err;
}

static int stranger(struct gcoap__load_client *c, const struct gcoap_datagram *in)
{
	refuse(c, in);
	c->load->count.unmatched++;
	return GCOAP_EUNKNOWN;
}

/* RST, or an ACK without a response: of the message with that ID, to one endpoint. */
static int recv_empty(struct gcoap__load_client *c, const struct gcoap_datagram *in,
		      gcoap_time now)
{
	struct gcoap__load_end how = { .reset = true };
	struct gcoap__load_round *r = gcoap__load_by_mid(c, c->in.mid);
	const struct gcoap__load_target *t = r ? &c->load->targets[r->asked.target] : NULL;

	if (!r || t->group || !gcoap__same_endpoint(&in->from, &t->to) ||
	    (c->in.type == GCOAP_ACK && !t->confirmable))
		return stranger(c, in);
	if (c->in.type == GCOAP_RST) {
		how.at = gcoap__load_stamp(&r->asked, in);
		gcoap__load_round_end(r, &how, now);
	} else {
		r->acked = true;
		gcoap__load_settle(r);
	}
	return 0;
}

/* Is it a request of this client's, and the answer from where answers may come? */
static bool is_ours(struct gcoap__load_client *c, const struct gcoap__load_asked *q,
		    uint64_t number, const struct gcoap_datagram *in)
{
	const struct gcoap_load *l = c->load;
	const struct gcoap__load_target *t;

	if (number >= c->next || number % l->config.clients != c->index)
		return false;
	t = &l->targets[number % l->n_targets];
	if (c->in.type == GCOAP_ACK && (!q || !t->confirmable || q->mid != c->in.mid))
		return false;
	return gcoap__may_answer(&t->to, t->ifindex, t->group, in);
}

static int recv_response(struct gcoap__load_client *c, const struct gcoap_datagram *in,
			 gcoap_time now)
{
	struct gcoap__load_asked *q;
	struct gcoap_diag diag = { 0 };
	uint64_t number;

	if (c->in.token_len != GCOAP_TOKEN_MAX ||
	    !gcoap__load_token_read(c->load, c->in.token, &number, &q) ||
	    !is_ours(c, q, number, in))
		return stranger(c, in);
	if (gcoap_option_bad_critical(c->load->targets[number % c->load->n_targets].registry,
				      &c->in, &diag))
		return undecodable(c, in, &diag, GCOAP_EMALFORMED);
	if (c->in.type == GCOAP_CON)
		(void)gcoap__reply_add(&c->replies, GCOAP_ACK, &in->from, c->in.mid);
	gcoap__load_answer(c, q, number, in, now);
	return 0;
}

int gcoap__load_recv(struct gcoap__load_client *c, const struct gcoap_datagram *in,
		     gcoap_time now)
{
	struct gcoap_load_count *count = &c->load->count;
	struct gcoap_diag diag = { .name = "truncated",
				   .what = "the datagram is longer than the receive buffer" };
	size_t size;
	int r;

	size = in->implied ? 0 : gcoap__load_size(c->load, in->data);
	count->received += size > 0;
	count->received_bytes += size;
	if (!gcoap_addr_is_source(&in->from) || gcoap_addr_is_multicast(&in->to)) {
		count->unmatched++;
		return GCOAP_EINVALID;
	}
	if (in->truncated) {
		gcoap__load_malformed(c, in, &diag);
		return GCOAP_EMALFORMED;
	}
	r = gcoap_msg_decode(&c->in, in->data, &diag);
	if (r < 0)
		return undecodable(c, in, &diag, r);
	if (GCOAP_CODE_IS_RESPONSE(c->in.code) && c->in.type != GCOAP_RST)
		return recv_response(c, in, now);
	if (c->in.type == GCOAP_RST || (c->in.type == GCOAP_ACK && c->in.code == GCOAP_EMPTY))
		return recv_empty(c, in, now);
	return stranger(c, in);
}
