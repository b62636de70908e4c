/* Re-assembly of Block2 with its limits: contiguous, of one representation, bounded. */
#include "body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gcoap/option.h>

void gcoap__body_init(struct gcoap__body *b, uint32_t max_body, uint32_t max_blocks,
		      uint64_t *held, uint64_t max_held)
{
	memset(b, 0, sizeof(*b));
	b->max_body = max_body;
	b->max_blocks = max_blocks;
	b->held = held;
	b->max_held = max_held;
	b->size2 = -1;
}

void gcoap__body_clear(struct gcoap__body *b)
{
	*b->held -= b->cap;
	free(b->data);
	gcoap__body_init(b, b->max_body, b->max_blocks, b->held, b->max_held);
}

void gcoap__size_format(uint64_t size, char *buf, size_t cap)
{
	if (size && size % (1 << 20) == 0)
		snprintf(buf, cap, "%llu MiB", (unsigned long long)size >> 20);
	else if (size && size % (1 << 10) == 0)
		snprintf(buf, cap, "%llu KiB", (unsigned long long)size >> 10);
	else
		snprintf(buf, cap, "%llu B", (unsigned long long)size);
}

static enum gcoap__body_step fail(struct gcoap__body *b, const char *what)
{
	snprintf(b->problem, sizeof(b->problem), "%s", what);
	return GCOAP__BODY_FAILED;
}

static enum gcoap__body_step fail_size(struct gcoap__body *b, const char *what, uint64_t size)
{
	char text[24];

	gcoap__size_format(size, text, sizeof(text));
	snprintf(b->problem, sizeof(b->problem), "%.36s (%s)", what, text);
	return GCOAP__BODY_FAILED;
}

/* Memory grows with what has come, never by what a server announces. */
static enum gcoap__body_step append(struct gcoap__body *b, struct gcoap_bytes payload)
{
	size_t cap = b->cap ? b->cap : 1024;
	uint8_t *data;

	if (payload.len > b->max_body - b->len)
		return fail_size(b, "body too large", b->max_body);
	while (cap < b->len + payload.len)
		cap *= 2;
	if (cap > b->cap) {
		if (*b->held + (cap - b->cap) > b->max_held)
			return fail_size(b, "bodies of all servers too large", b->max_held);
		data = realloc(b->data, cap);
		if (!data)
			return fail(b, "out of memory");
		*b->held += cap - b->cap;
		b->data = data;
		b->cap = cap;
	}
	if (payload.len)
		memcpy(b->data + b->len, payload.ptr, payload.len);
	b->len += payload.len;
	b->blocks++;
	return GCOAP__BODY_MORE;
}

/* What must be the same in all blocks of a representation. */
struct marks {
	uint8_t etag_len;
	uint8_t etag[8];
	int32_t content_format;
	int64_t size2;
};

static struct marks marks_of(const struct gcoap_msg *msg)
{
	const struct gcoap_option *etag = gcoap_msg_find(msg, GCOAP_ETAG);
	struct marks m = { .content_format = -1, .size2 = -1 };
	uint32_t value;

	if (etag && etag->value.len >= 1 && etag->value.len <= sizeof(m.etag)) {
		m.etag_len = (uint8_t)etag->value.len;
		memcpy(m.etag, etag->value.ptr, etag->value.len);
	}
	if (gcoap_msg_uint(msg, GCOAP_CONTENT_FORMAT, 2, &value) >= 0)
		m.content_format = (int32_t)value;
	if (gcoap_msg_uint(msg, GCOAP_SIZE2, 4, &value) >= 0)
		m.size2 = value;
	return m;
}

static bool same_representation(const struct gcoap__body *b, const struct marks *m)
{
	return b->etag_len == m->etag_len && !memcmp(b->etag, m->etag, m->etag_len) &&
	       b->content_format == m->content_format;
}

static const char *fault_of(const struct gcoap__body *b, const struct gcoap_block *block,
			    size_t len)
{
	if (b->blocks && block->szx > b->szx)
		return "bad-block: the block size grows";
	if ((uint64_t)block->num << (block->szx + 4) != b->len)
		return "block-out-of-order";
	if (block->more && len != gcoap_block_size(block))
		return "bad-block: a block before the last is not full";
	if (len > gcoap_block_size(block))
		return "bad-block: longer than its block size";
	return NULL;
}

enum gcoap__body_step gcoap__body_take(struct gcoap__body *b, const struct gcoap_msg *msg)
{
	const struct gcoap_option *o = gcoap_msg_find(msg, GCOAP_BLOCK2);
	struct gcoap_block block = { 0 };
	struct marks m = marks_of(msg);
	enum gcoap__body_step step;
	const char *fault;

	if (o && gcoap_block_decode(o->value, &block, NULL) < 0)
		return fail(b, "bad-block: no valid Block2");
	if (b->blocks) {
		if (!o)
			return fail(b, "bad-block: Block2 is missing");
		if (msg->code != b->code || !same_representation(b, &m))
			return GCOAP__BODY_CHANGED;
	}
	fault = o ? fault_of(b, &block, msg->payload.len) : NULL;
	if (fault)
		return fail(b, fault);
	step = append(b, msg->payload);
	if (step == GCOAP__BODY_FAILED)
		return step;
	if (b->blocks == 1) {
		b->code = msg->code;
		b->etag_len = m.etag_len;
		memcpy(b->etag, m.etag, sizeof(b->etag));
		b->content_format = m.content_format;
		b->size2 = m.size2;
	}
	b->szx = block.szx;
	if (!block.more)
		return GCOAP__BODY_COMPLETE;
	if (b->len >= b->max_body)
		return fail_size(b, "body too large", b->max_body);
	if (b->blocks >= b->max_blocks) {
		snprintf(b->problem, sizeof(b->problem), "too many blocks (%u)",
			 (unsigned)b->max_blocks);
		return GCOAP__BODY_FAILED;
	}
	return GCOAP__BODY_MORE;
}
