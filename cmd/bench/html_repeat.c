/* The command line, for a shell. */
#include "bench/html.h"

#include <stdlib.h>
#include <string.h>

static bool plain(const char *word)
{
	return *word && word[strspn(word, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					  "_-+=:,./@%")] == '\0';
}

/* In single quotes, which cannot stand within themselves. */
static void quoted(struct html *h, const char *word)
{
	char *copy = plain(word) ? NULL : strdup(word), *rest = copy, *part;
	bool more = false;

	if (!copy) {
		html_text(h, word);
		return;
	}
	html_text(h, "'");
	while ((part = strsep(&rest, "'"))) {
		html_text(h, more ? "'\\''" : "");
		html_text(h, part);
		more = true;
	}
	html_text(h, "'");
	free(copy);
}

void html_repeat(struct html *h)
{
	char *const *word = h->report->words;

	if (word && *word) {
		html_put(h, "<section><h2>To repeat it</h2>\n<pre tabindex=\"0\"><code>gcoap-bench");
		for (word++; *word; word++) {
			html_put(h, " ");
			quoted(h, *word);
		}
		html_put(h, "</code></pre></section>\n");
	}
}
