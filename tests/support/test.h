/* What cmocka wants before its header. */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* bytes(0x40, 0x01): a view of literal bytes that lives as long as the block. */
#define bytes(...)                                                                         \
	((struct gcoap_bytes){ (const uint8_t[]){ __VA_ARGS__ },                           \
			       sizeof((const uint8_t[]){ __VA_ARGS__ }) })

#endif
