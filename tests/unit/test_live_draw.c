/* The screens of gcoap-observe --live, painted into memory, and its keys. */
#include "test.h"

#include <stdio.h>
#include "observe/live_view.h"

#define S GCOAP_SECOND
#define LINES_MAX 50
#define WIDTH_MAX 200

static struct {
	char line[LINES_MAX][WIDTH_MAX + 1];
	int width;
} grid;

/* ASCII only: a byte is a column. */
static void put(void *arg, int y, int x, enum live_look look, const char *text)
{
	size_t len = strlen(text);

	assert_true(x + (int)len <= grid.width);
	memcpy(grid.line[y] + x, text, len);
}

static void paint(struct live_ui *ui, const struct live_model *m, gcoap_time now, int width,
		  int height)
{
	struct live_paint p = { .put = put, .width = width, .height = height };

	grid.width = width;
	for (int y = 0; y < LINES_MAX; y++) {
		memset(grid.line[y], ' ', WIDTH_MAX);
		grid.line[y][WIDTH_MAX] = '\0';
	}
	live_draw(ui, m, now, 12, &p);
	for (int y = 0; y < LINES_MAX; y++)
		for (int x = WIDTH_MAX; x > 0 && grid.line[y][x - 1] == ' '; x--)
			grid.line[y][x - 1] = '\0';
}

static void tell(struct live_model *m, uint32_t index, gcoap_time at, const char *name,
		 const char *text)
{
	struct gcoap_observed o = {
		.index = index, .id = 1, .state = GCOAP_OBSERVED_ACTIVE,
		.server = { .family = 4, .port = GCOAP_PORT,
			    .bytes = { 127, 77, (uint8_t)(index >> 8), (uint8_t)(index + 1) } },
		.code = GCOAP_CONTENT, .content_format = GCOAP_CF_TEXT, .max_age = 5, .at = at,
		.n = 61, .rate = 1, .value = 17, .body_len = 5,
	};

	live_model_notify(m, &o, name, gcoap_bytes_text(text), true);
}

/* Kitchen is fresh, attic stale. */
static void two_servers(struct live_model *m, struct live_ui *ui)
{
	char text[16];

	live_model_init(m, 0);
	m->ascii = true;
	live_model_request(m, 1, "coap://224.0.1.187/temp");
	*ui = (struct live_ui){ .title = "gcoap-observe @lab/temp" };
	tell(m, 1, 40 * S, "attic", "19.5 Cel");
	for (int i = 0; i < 60; i++) {
		snprintf(text, sizeof(text), "%d.25 Cel", 20 + i / 20);
		tell(m, 0, i * S + S / 2, "kitchen", text);
	}
	m->rows[1].is.n = 4;
	m->rows[1].is.rate = 0.1;
	m->rows[1].is.lost = 2;
	live_model_sort(m);
}

static void the_screen_at_120_columns(void **state)
{
	struct live_model m;
	struct live_ui ui;

	two_servers(&m, &ui);
	paint(&ui, &m, 59 * S + 900 * GCOAP_MS, 120, 10);
	assert_string_equal(grid.line[0], "gcoap-observe @lab/temp                              "
			    "                                  (q quit, p pause, s sort, d view)");
	assert_string_equal(grid.line[1],
			    "SERVER   VALUE      AGE      N  RATE   GAPS  LAST 60 s");
	assert_string_equal(grid.line[2], "attic    19.5 Cel   20 s!    4  0.1/s  2     "
			    "                   -            <- stale (Max-Age 5 s)");
	assert_string_equal(grid.line[3], "kitchen  22.25 Cel  0.4 s   61  1.0/s  0     "
			    "_________==========###########");
	assert_string_equal(grid.line[9], "2 servers, 1 stale; 61 notifications; by server");
	live_model_clear(&m);
}

static void at_80_columns_notes_stand_where_the_minute_is_empty(void **state)
{
	struct live_model m;
	struct live_ui ui;

	two_servers(&m, &ui);
	paint(&ui, &m, 59 * S + 900 * GCOAP_MS, 80, 10);
	assert_string_equal(grid.line[2], "attic    19.5 Cel   20 s!    4  0.1/s  2     "
			    "                   -       <- stale");
	live_model_clear(&m);
}

static void at_40_columns_the_minute_and_counts_give_way(void **state)
{
	struct live_model m;
	struct live_ui ui;

	two_servers(&m, &ui);
	paint(&ui, &m, 59 * S + 900 * GCOAP_MS, 40, 10);
	assert_string_equal(grid.line[0], "gcoap-observe @lab/temp         (h help)");
	assert_string_equal(grid.line[1], "SERVER   VALUE      AGE      N  RATE");
	assert_string_equal(grid.line[2], "attic    19.5 Cel   20 s!    4  0.1/s");
	live_model_clear(&m);
}

static void every_size_can_be_painted(void **state)
{
	struct live_model m;
	struct live_ui ui;

	two_servers(&m, &ui);
	m.rows[1].is.state = GCOAP_OBSERVED_NOT_OBSERVABLE;
	for (int mode = 0; mode < LIVE_MODES + 1; mode++) {
		ui.mode = mode < LIVE_MODES ? mode : LIVE_VALUES;
		ui.help = mode == LIVE_MODES;
		for (int width = 1; width <= 130; width++)
			for (int height = 1; height < 24; height++)
				paint(&ui, &m, 60 * S, width, height);
	}
	live_model_clear(&m);
}

static void states_are_told_in_words_and_marks(void **state)
{
	struct live_model m;
	struct live_ui ui;

	two_servers(&m, &ui);
	m.rows[1].is.state = GCOAP_OBSERVED_NOT_OBSERVABLE;
	paint(&ui, &m, 60 * S, 120, 10);
	assert_non_null(strstr(grid.line[2], "20 s="));
	assert_non_null(strstr(grid.line[2], "<- not observable here"));
	m.rows[1].is.state = GCOAP_OBSERVED_ENDED;
	paint(&ui, &m, 60 * S, 120, 10);
	assert_non_null(strstr(grid.line[2], "20 sx"));
	assert_non_null(strstr(grid.line[2], "<- ended by the server (2.05)"));
	m.rows[1].is.state = GCOAP_OBSERVED_SILENT;
	m.rows[1].is.code = 0;
	paint(&ui, &m, 60 * S, 120, 10);
	assert_non_null(strstr(grid.line[2], "attic    -          -  "));
	assert_non_null(strstr(grid.line[2], "<- expected, silent so far"));
	assert_string_equal(grid.line[9], "2 servers, 1 silent; 61 notifications; by server");
	live_model_clear(&m);
}

static void losses_reordering_and_restarts_are_told_apart(void **state)
{
	struct live_row r = { .is = { .n = 9, .lost = 2, .reordered = 1, .restarts = 3 } };
	char text[40];

	live_gaps_text(&r, text);
	assert_string_equal(text, "2 ~1 ^3");
	r.is = (struct gcoap_observed){ .n = 9, .lost = -1 };
	live_gaps_text(&r, text);
	assert_string_equal(text, "-");
	r.is = (struct gcoap_observed){ .n = UINT32_MAX, .lost = INT64_MAX,
					.reordered = UINT32_MAX, .restarts = UINT32_MAX };
	live_gaps_text(&r, text);
	assert_true(strlen(text) < sizeof(text));
}

static void rates_and_ages_fit_their_columns(void **state)
{
	static const struct {
		double rate;
		const char *text;
	} rates[] = { { 1, "1.0/s" }, { 12.4, "12/s" }, { 0.1, "0.1/s" }, { 0.04, "2.4/m" },
		      { 0.001, "3.6/h" }, { 0, "-" } };
	struct live_row r = { .is = { .n = 2 } };
	char text[16];

	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		r.is.rate = rates[i].rate;
		live_rate_text(&r, text);
		assert_string_equal(text, rates[i].text);
	}
	for (gcoap_time t = 0; t < 4000000 * S; t += t / 50 + S / 100) {
		live_duration(t, text);
		assert_true(strlen(text) <= 5);
	}
}

static void several_requests_are_told_apart_by_path(void **state)
{
	struct live_model m;
	struct live_ui ui;

	two_servers(&m, &ui);
	live_model_request(&m, 2, "coap://224.0.1.187/light");
	m.rows[1].is.id = 2;
	paint(&ui, &m, 60 * S, 120, 10);
	assert_memory_equal(grid.line[2], "attic/light   19.5", 18);
	assert_memory_equal(grid.line[3], "kitchen/temp  22.25", 19);
	live_model_clear(&m);
}

static void hundred_servers(struct live_model *m, struct live_ui *ui)
{
	live_model_init(m, 0);
	*ui = (struct live_ui){ .title = "gcoap-observe all" };
	for (uint32_t i = 0; i < 100; i++)
		tell(m, i, S, NULL, "1");
	live_model_sort(m);
	paint(ui, m, 2 * S, 80, 13); /* ten lines */
}

static void press(struct live_ui *ui, struct live_model *m, enum live_key key)
{
	live_ui_key(ui, m, key);
	paint(ui, m, 2 * S, 80, 13);
}

static bool first_line_is(const char *text)
{
	return strncmp(grid.line[2], text, strlen(text)) == 0;
}

static void the_list_scrolls(void **state)
{
	struct live_model m;
	struct live_ui ui;

	hundred_servers(&m, &ui);
	assert_true(first_line_is("127.77.0.1 "));
	assert_non_null(strstr(grid.line[12], "1-10 of 100 servers"));
	press(&ui, &m, LIVE_KEY_PAGE_DOWN);
	assert_true(first_line_is("127.77.0.11 "));
	press(&ui, &m, LIVE_KEY_PAGE_UP);
	press(&ui, &m, LIVE_KEY_PAGE_UP);
	assert_true(first_line_is("127.77.0.1 "));
	press(&ui, &m, LIVE_KEY_END);
	assert_true(first_line_is("127.77.0.91 "));
	press(&ui, &m, LIVE_KEY_UP);
	assert_true(first_line_is("127.77.0.91 "));
	assert_int_equal(ui.selected, 98);
	press(&ui, &m, LIVE_KEY_PAGE_DOWN);
	assert_int_equal(ui.selected, 99);
	press(&ui, &m, LIVE_KEY_HOME);
	assert_true(first_line_is("127.77.0.1 "));
	for (int i = 0; i < 10; i++)
		press(&ui, &m, LIVE_KEY_DOWN);
	assert_true(first_line_is("127.77.0.2 "));
	live_model_clear(&m);
}

static void the_selection_stays_on_its_server(void **state)
{
	struct live_model m;
	struct live_ui ui;

	hundred_servers(&m, &ui);
	press(&ui, &m, LIVE_KEY_DOWN);
	press(&ui, &m, LIVE_KEY_DOWN);
	assert_int_equal(ui.selected, 1);
	tell(&m, 1, 2 * S, NULL, "5");
	press(&ui, &m, LIVE_KEY_SORT); /* by value: now the last */
	assert_int_equal(ui.selected, 1);
	assert_int_equal(m.order[99], 1);
	assert_memory_equal(grid.line[11], "127.77.0.2 ", 11);
	live_model_clear(&m);
}

static void views_help_and_pause_have_keys(void **state)
{
	struct live_model m;
	struct live_ui ui;

	hundred_servers(&m, &ui);
	press(&ui, &m, LIVE_KEY_VIEW);
	assert_string_equal(grid.line[1], "SERVER        VALUE  LAST 60 s");
	press(&ui, &m, LIVE_KEY_VIEW);
	assert_string_equal(grid.line[1], "127.77.0.1");
	assert_string_equal(grid.line[2], "  endpoint       127.77.0.1:5683");
	press(&ui, &m, LIVE_KEY_DOWN);
	assert_string_equal(grid.line[1], "127.77.0.2");
	press(&ui, &m, LIVE_KEY_HELP);
	assert_memory_equal(grid.line[2], "q          quit", 15);
	press(&ui, &m, LIVE_KEY_OTHER);
	assert_string_equal(grid.line[1], "127.77.0.2");
	press(&ui, &m, LIVE_KEY_BACK);
	assert_memory_equal(grid.line[1], "SERVER", 6);
	press(&ui, &m, LIVE_KEY_PAUSE);
	assert_memory_equal(grid.line[12], "PAUSED, 12 since; ", 18);
	live_model_clear(&m);
}

static void without_servers_it_waits(void **state)
{
	struct live_model m;
	struct live_ui ui = { .title = "gcoap-observe all" };

	live_model_init(&m, 0);
	for (enum live_key key = LIVE_KEY_NONE; key <= LIVE_KEY_OTHER; key++)
		live_ui_key(&ui, &m, key);
	ui = (struct live_ui){ .title = "gcoap-observe all" };
	m.sort = LIVE_BY_SERVER;
	paint(&ui, &m, S, 80, 10);
	assert_string_equal(grid.line[2], "waiting for the first answer");
	assert_string_equal(grid.line[9], "0 servers; 0 notifications; by server");
	live_model_clear(&m);
}

static void a_long_value_is_folded_in_the_details(void **state)
{
	struct live_model m;
	struct live_ui ui;

	two_servers(&m, &ui);
	tell(&m, 0, 60 * S, NULL, "abcdefghijklmnopqrstuvwxyz0123456789");
	ui.mode = LIVE_DETAILS;
	paint(&ui, &m, 60 * S, 30, 24);
	assert_string_equal(grid.line[5], "  value          abcdefghijklm");
	assert_string_equal(grid.line[6], "                 nopqrstuvwxyz");
	assert_string_equal(grid.line[7], "                 0123456789");
	live_model_clear(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_screen_at_120_columns),
		cmocka_unit_test(at_80_columns_notes_stand_where_the_minute_is_empty),
		cmocka_unit_test(at_40_columns_the_minute_and_counts_give_way),
		cmocka_unit_test(every_size_can_be_painted),
		cmocka_unit_test(states_are_told_in_words_and_marks),
		cmocka_unit_test(losses_reordering_and_restarts_are_told_apart),
		cmocka_unit_test(rates_and_ages_fit_their_columns),
		cmocka_unit_test(several_requests_are_told_apart_by_path),
		cmocka_unit_test(the_list_scrolls),
		cmocka_unit_test(the_selection_stays_on_its_server),
		cmocka_unit_test(views_help_and_pause_have_keys),
		cmocka_unit_test(without_servers_it_waits),
		cmocka_unit_test(a_long_value_is_folded_in_the_details),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
