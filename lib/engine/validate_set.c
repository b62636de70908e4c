/* The set of answers that a Group-ETag names (groupcomm-bis-03, Section 3.4.3.1). */
#include "validate.h"

#include <stdlib.h>
#include <string.h>

#define VIA_MAX 1100 /* above any URI of a proxy */
#define KEY_MAX (GCOAP_CACHE_KEY_MAX + 1 + VIA_MAX)
#define MEMBER 31 /* family, address, port, scope; and what was held of it */

static void put_number(uint8_t *at, uint64_t n, size_t bytes)
{
	for (size_t i = bytes; i-- > 0; n >>= 8)
		at[i] = (uint8_t)n;
}

static uint64_t number(const uint8_t *at, size_t bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | at[i];
	return n;
}

static void put_member(uint8_t out[MEMBER], const struct gcoap_addr *a, uint64_t digest)
{
	out[0] = a->family;
	memcpy(out + 1, a->bytes, 16);
	put_number(out + 17, a->port, 2);
	put_number(out + 19, a->scope, 4);
	put_number(out + 23, digest, 8);
}

static struct gcoap_addr member(const uint8_t in[MEMBER])
{
	struct gcoap_addr a = { .family = in[0], .port = (uint16_t)number(in + 17, 2),
				.scope = (uint32_t)number(in + 19, 4) };

	memcpy(a.bytes, in + 1, 16);
	return a;
}

/* The key of the set: that of the group's servers, and whose cache it is of. */
static struct gcoap_bytes set_key(const struct gcoap_validate *v, struct gcoap_bytes via,
				  uint8_t buf[KEY_MAX])
{
	size_t n = v->group_key_len;

	if (!v->config.group || via.len > VIA_MAX)
		return (struct gcoap_bytes){ 0 };
	memcpy(buf, v->group_key, n);
	buf[n++] = 'T';
	if (via.len)
		memcpy(buf + n, via.ptr, via.len);
	return (struct gcoap_bytes){ buf, n + via.len };
}

/* Entity-tag and body of what is held of @k as a number: 1, 0 when it is gone meanwhile. */
static int digest_of(struct gcoap_validate *v, const struct gcoap__known *k, gcoap_time wall,
		     uint64_t *out)
{
	struct gcoap_held held;
	struct gcoap_msg m;
	uint64_t seed[2] = { 0 };
	int r = v->config.holder->get(v->config.holder, gcoap__validate_key(v), &k->server, wall,
				      &held);

	if (r <= 0 || gcoap_msg_decode(&m, held.message, NULL) < 0)
		return r < 0 ? r : 0;
	seed[0] = gcoap__hash(k->etag, k->etag_len, seed);
	*out = gcoap__hash(m.payload.ptr, m.payload.len, seed);
	return 1;
}

/* Is what is held of every one of @members what was held when the tag came? */
static int find_set(struct gcoap_validate *v, const uint8_t *members, uint32_t n)
{
	v->n_set = 0;
	for (uint32_t i = 0; i < n; i++, members += MEMBER) {
		struct gcoap_addr server = member(members);
		struct gcoap__endpoint e = gcoap__endpoint(&server);
		struct gcoap__known *k = gcoap__table_find(&v->servers, &e);
		uint64_t digest;
		int r = k && k->held ? digest_of(v, k, 0, &digest) : 0;

		if (r <= 0 || digest != number(members + 23, 8)) {
			v->n_set = 0;
			return r < 0 ? r : 0;
		}
		v->set[v->n_set++] = k;
	}
	return 0;
}

int gcoap_validate_group_etag(struct gcoap_validate *v, struct gcoap_bytes via,
			      uint8_t buf[GCOAP_ETAG_MAX])
{
	uint8_t key[KEY_MAX], *members;
	struct gcoap_bytes of = set_key(v, via, key);
	struct gcoap_held held;
	uint32_t n;
	size_t len;
	int r;

	v->n_set = 0;
	if (!of.len)
		return 0;
	r = v->config.holder->get(v->config.holder, of, v->config.group, 0, &held);
	len = held.etag.len;
	n = r > 0 ? (uint32_t)(held.message.len / MEMBER) : 0;
	if (r <= 0 || !n || !len || len > GCOAP_ETAG_MAX)
		return r < 0 ? r : 0;
	memcpy(buf, held.etag.ptr, len);
	members = malloc((size_t)n * MEMBER);
	free(v->set);
	v->set = calloc(n, sizeof(*v->set));
	if (members && v->set) {
		memcpy(members, held.message.ptr, (size_t)n * MEMBER);
		r = find_set(v, members, n);
	} else {
		r = GCOAP_ENOMEM;
	}
	free(members);
	return r < 0 ? r : v->n_set ? (int)len : 0;
}

/* Those that have answered, as members; how many. */
static int list_members(struct gcoap_validate *v, gcoap_time wall, uint8_t *members)
{
	uint64_t digest;
	int r, n = 0;

	for (uint32_t i = 0; i < v->servers.n_made; i++) {
		const struct gcoap__known *k = gcoap__table_at(&v->servers, i);

		if (!k->answered || !k->held)
			continue;
		r = digest_of(v, k, wall, &digest);
		if (r < 0)
			return r;
		if (r > 0)
			put_member(members + (size_t)MEMBER * (size_t)n++, &k->server, digest);
	}
	return n;
}

int gcoap_validate_keep_set(struct gcoap_validate *v, struct gcoap_bytes via,
			    struct gcoap_bytes tag, gcoap_time now)
{
	uint8_t key[KEY_MAX], *members;
	struct gcoap_bytes of = set_key(v, via, key);
	struct gcoap_held set = { .at = now + v->config.wall, .etag = tag };
	int r;

	if (!of.len || !tag.len || tag.len > GCOAP_ETAG_MAX)
		return GCOAP_EINVALID;
	if (v->config.read_only)
		return 0;
	members = malloc((size_t)MEMBER * (v->servers.n_made + 1));
	if (!members)
		return GCOAP_ENOMEM;
	set.server = *v->config.group;
	r = list_members(v, set.at, members);
	if (r > 0) {
		set.message = (struct gcoap_bytes){ members, (size_t)MEMBER * (size_t)r };
		r = v->config.holder->put(v->config.holder, of, &set);
	}
	free(members);
	return r < 0 ? r : 0;
}

int gcoap_validate_all(struct gcoap_validate *v, int64_t max_age, gcoap_time now,
		       int (*give)(void *arg, const struct gcoap_validation *held), void *arg)
{
	const struct gcoap_response r = { .max_age = max_age };
	int err;

	for (uint32_t i = 0; i < v->n_set; i++) {
		struct gcoap__known *k = v->set[i];
		struct gcoap_validation out = { .server = k->server, .etag = gcoap__known_tag(k) };

		if (k->answered)
			continue;
		out.old_etag = gcoap__known_tag(k);
		err = gcoap__validate_renew(v, k, &r, now + v->config.wall, &out);
		k->answered = true;
		if (err >= 0)
			err = give(arg, &out);
		if (err < 0)
			return err;
	}
	return 0;
}
