#include "target.h"

#include <stdarg.h>
#include <stdio.h>

int gcoap__refuse(struct gcoap__refusal *r, uint8_t code, const char *why, const char *format,
		  ...)
{
	va_list ap;

	*r = (struct gcoap__refusal){ .code = code, .max_age = -1, .why = why };
	va_start(ap, format);
	vsnprintf(r->text, sizeof(r->text), format, ap);
	va_end(ap);
	return code;
}
