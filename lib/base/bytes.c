#include <gcoap/bytes.h>
#include <gcoap/error.h>

#include <string.h>

bool gcoap_bytes_equal(struct gcoap_bytes a, struct gcoap_bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

struct gcoap_bytes gcoap_bytes_text(const char *text)
{
	return (struct gcoap_bytes){ (const uint8_t *)text, strlen(text) };
}

size_t gcoap_hex_encode(struct gcoap_bytes b, char *buf, size_t cap)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	if (cap == 0)
		return 0;
	for (size_t i = 0; i < b.len && n + 2 < cap; i++) {
		buf[n++] = digits[b.ptr[i] >> 4];
		buf[n++] = digits[b.ptr[i] & 15];
	}
	buf[n] = '\0';
	return n;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int gcoap_hex_decode(const char *hex, size_t len, uint8_t *buf, size_t cap)
{
	size_t n = len / 2;

	if (len % 2 != 0)
		return GCOAP_EMALFORMED;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return GCOAP_EMALFORMED;
		if (i >= cap)
			return GCOAP_ESPACE;
		buf[i] = (uint8_t)(high << 4 | low);
	}
	return (int)n;
}

/* Length of the sequence that @p starts with, 0 when it is not well-formed. The second byte's
 * range keeps out overlong forms, surrogates and what lies above U+10FFFF (RFC 3629, 4). */
static size_t utf8_sequence(const uint8_t *p, size_t left)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (left < n)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

bool gcoap_utf8_valid(struct gcoap_bytes b)
{
	size_t n;

	for (size_t i = 0; i < b.len; i += n) {
		n = utf8_sequence(b.ptr + i, b.len - i);
		if (n == 0)
			return false;
	}
	return true;
}
