/* A command line to words: '…' as it is, "…" with \" and \\, \x outside of quotes. */
#include "exec.h"

int exec_split(const char *text, char *out)
{
	char quote = 0;
	bool inside = false;
	int words = 0;

	for (; *text; text++) {
		if (!quote && (*text == ' ' || *text == '\t' || *text == '\n')) {
			if (inside)
				*out++ = '\0';
			inside = false;
			continue;
		}
		words += !inside;
		inside = true;
		if (*text == quote) {
			quote = 0;
		} else if (!quote && (*text == '\'' || *text == '"')) {
			quote = *text;
		} else if (*text == '\\' && (!quote || (quote == '"' && (text[1] == '"' ||
									   text[1] == '\\')))) {
			if (!*++text)
				return GCOAP_EMALFORMED;
			*out++ = *text;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
	return quote ? GCOAP_EMALFORMED : words;
}
