#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whatever the locale writes between the digits becomes a point. */
static void plain_point(char *text)
{
	char *p = text + strspn(text, "-0123456789");
	size_t n = strcspn(p, "0123456789e");

	if (n > 0) {
		*p = '.';
		memmove(p + 1, p + n, strlen(p + n) + 1);
	}
}

/* "1e+300" and "12" are written "1.0e+300" and "12.0", so that they are seen to be floats. */
static void add_point(char *text, size_t cap)
{
	size_t digits = strspn(text, "-0123456789"), len = strlen(text);

	if (text[digits] == '.' || len + 3 > cap)
		return;
	memmove(text + digits + 2, text + digits, len - digits + 1);
	memcpy(text + digits, ".0", 2);
}

char *gcoap__double_format(double value, char buf[NUMBER_TEXT])
{
	if (isnan(value) || isinf(value)) {
		snprintf(buf, NUMBER_TEXT, "%s",
			 isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity");
		return buf;
	}
	snprintf(buf, NUMBER_TEXT, "%.15g", value);
	if (strtod(buf, NULL) != value)
		snprintf(buf, NUMBER_TEXT, "%.17g", value);
	plain_point(buf);
	add_point(buf, NUMBER_TEXT);
	return buf;
}
