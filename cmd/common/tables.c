#include "tables.h"

#include <errno.h>
#include <stdlib.h>
#include <libsmartcols/libsmartcols.h>
#include "cli.h"

#define ROOM_MIN (1u << 20) /* free bytes without which no table is begun */

/* Each cell is held twice more, and 512 bytes are about what libsmartcols needs besides. */
bool tables_room(size_t text, size_t cells)
{
	void *room = malloc(ROOM_MIN + 2 * text + 512 * cells);

	free(room);
	return room != NULL;
}

struct libscols_table *tables_new(const struct render_base *b, size_t width)
{
	struct libscols_table *tb = scols_new_table();

	if (!tb)
		return NULL;
	scols_table_set_stream(tb, b->env.out);
	scols_table_enable_noencoding(tb, 1); /* once is enough */
	if (scols_table_set_column_separator(tb, "  ")) {
		scols_unref_table(tb);
		return NULL;
	}
	scols_table_enable_noheadings(tb, b->env.args->no_headings);
	scols_table_enable_ascii(tb, b->ascii);
	scols_table_set_termforce(tb, width ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
	if (width)
		scols_table_set_termwidth(tb, width);
	return tb;
}

int tables_print(struct render_base *b, struct libscols_table *tb, int r)
{
	if (!r)
		r = scols_print_table(tb);
	scols_unref_table(tb);
	if (r)
		return GCOAP_ENOMEM;
	if (ferror(b->env.out)) {
		cli_output_failed(errno);
		return GCOAP_ESYSTEM;
	}
	return render_flush(&b->render);
}
