/* The model of gcoap-observe --live: rows, values, history, order. The clock is ours. */
#include "test.h"

#include "observe/live_model.h"

#define S GCOAP_SECOND

static struct gcoap_observed server(uint32_t index, gcoap_time at)
{
	return (struct gcoap_observed){
		.index = index,
		.id = 1,
		.state = GCOAP_OBSERVED_ACTIVE,
		.server = { .family = 4, .port = GCOAP_PORT,
			    .bytes = { 127, 77, 0, (uint8_t)(index + 1) } },
		.code = GCOAP_CONTENT,
		.content_format = GCOAP_CF_TEXT,
		.max_age = 5,
		.at = at,
		.n = 1,
		.rate = 1,
	};
}

static void tell(struct live_model *m, uint32_t index, gcoap_time at, const char *text)
{
	struct gcoap_observed o = server(index, at);

	live_model_notify(m, &o, NULL, gcoap_bytes_text(text), true);
}

static bool value_of(const char *text, int32_t format, char out[LIVE_VALUE], double *number)
{
	return live_value(gcoap_bytes_text(text), format, PAYLOAD_AUTO, false, out, LIVE_VALUE,
			  number);
}

static void one_senml_record_is_its_number_and_unit(void **state)
{
	char out[LIVE_VALUE];
	double number;

	assert_true(value_of("[{\"n\":\"temp\",\"u\":\"Cel\",\"v\":21.25}]", 110, out, &number));
	assert_string_equal(out, "21.25 Cel");
	assert_true(number == 21.25);
}

static void several_senml_records_are_shown_with_names(void **state)
{
	char out[LIVE_VALUE];
	double number;

	assert_true(value_of("[{\"n\":\"a\",\"vs\":\"x\"},{\"n\":\"b\",\"v\":3}]", 110, out,
			     &number));
	assert_string_equal(out, "a x, b 3");
	assert_true(number == 3);
}

static void text_is_a_number_with_at_most_a_unit(void **state)
{
	static const char *const yes[] = { "21", "-3.5", "+1e3", "21 Cel", "50%", "7 kg\n" };
	static const char *const no[] = { "", "on", "0x10", "10.77.0.2", "12:30:00", "1 2 3",
					  "3 blind mice", "nan", "-", "2026-07-01" };
	char out[LIVE_VALUE];
	double number;

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		if (!value_of(yes[i], 0, out, &number))
			fail_msg("\"%s\" is no number", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		if (value_of(no[i], 0, out, &number))
			fail_msg("\"%s\" is a number", no[i]);
}

static void hexadecimal_digits_are_no_number(void **state)
{
	char out[LIVE_VALUE];
	double number;

	assert_false(live_value(bytes(0x01, 0x02), GCOAP_CF_OCTETS, PAYLOAD_AUTO, false, out,
				sizeof(out), &number));
	assert_string_equal(out, "0102");
}

static void what_a_terminal_obeys_is_escaped(void **state)
{
	char out[LIVE_VALUE];
	double number;

	value_of("\033[2J\nA\xc2\x9b", 0, out, &number);
	assert_string_equal(out, "\\x1b[2J\\nA\\u{9b}");
	value_of("[{\"u\":\"\\u001b[2J\",\"v\":1}]", 110, out, &number);
	assert_null(strchr(out, '\033'));
}

static void an_error_is_shown_as_its_code(void **state)
{
	struct live_model m;
	struct gcoap_observed o = server(0, S);

	live_model_init(&m, 0);
	o.code = GCOAP_NOT_FOUND;
	o.state = GCOAP_OBSERVED_ENDED;
	live_model_notify(&m, &o, NULL, gcoap_bytes_text("12"), true);
	assert_string_equal(m.rows[0].value, "4.04 Not Found");
	assert_false(m.rows[0].numeric);
	live_model_clear(&m);
}

static void a_value_is_stale_when_it_is_older_than_max_age(void **state)
{
	struct live_model m;
	struct gcoap_observed o = server(0, S);

	live_model_init(&m, 0);
	live_model_notify(&m, &o, NULL, gcoap_bytes_text("1"), true);
	assert_false(live_row_stale(&m.rows[0], 6 * S));
	assert_true(live_row_stale(&m.rows[0], 6 * S + 1));
	o.max_age = -1; /* which means 60 s */
	live_model_update(&m, &o, NULL);
	assert_false(live_row_stale(&m.rows[0], 61 * S));
	assert_true(live_row_stale(&m.rows[0], 61 * S + 1));
	o.state = GCOAP_OBSERVED_ENDED;
	live_model_update(&m, &o, NULL);
	assert_false(live_row_stale(&m.rows[0], 1000 * S));
	live_model_clear(&m);
}

static void the_label_is_the_name_or_the_address(void **state)
{
	struct live_model m;
	struct gcoap_observed o = server(0, S);

	live_model_init(&m, 0);
	live_model_update(&m, &o, NULL);
	o = server(1, S);
	o.server.port = 40000;
	live_model_update(&m, &o, NULL);
	o = server(2, S);
	live_model_update(&m, &o, "kit\033chen");
	assert_string_equal(m.rows[0].label, "127.77.0.1");
	assert_string_equal(m.rows[1].label, "127.77.0.2:40000");
	assert_string_equal(m.rows[2].label, "kit\\x1bchen");
	assert_int_equal(m.label_columns, 16);
	live_model_clear(&m);
}

static const char *spark(const struct live_model *m, gcoap_time now, unsigned width,
			 unsigned *blank)
{
	static char out[LIVE_SECONDS * 4 + 1];

	live_spark(&m->rows[0], live_second(m, now), width, true, out, sizeof(out), blank);
	return out;
}

static void numbers_are_drawn_between_least_and_greatest(void **state)
{
	struct live_model m;
	unsigned blank;
	char text[8];

	live_model_init(&m, 0);
	for (int i = 0; i < 8; i++) {
		snprintf(text, sizeof(text), "%d", 10 + i);
		tell(&m, 0, (52 + i) * S, text);
	}
	assert_string_equal(spark(&m, 59 * S, 60, &blank) + 52, "_.,-=+*#");
	assert_int_equal(blank, 0);
	spark(&m, 62 * S, 60, &blank);
	assert_int_equal(blank, 3);
	live_model_clear(&m);
}

static void an_older_minute_is_forgotten(void **state)
{
	struct live_model m;
	unsigned blank;

	live_model_init(&m, 0);
	tell(&m, 0, 1 * S, "1");
	assert_int_equal(strspn(spark(&m, 60 * S, 60, &blank), " "), 0);
	assert_int_equal(strspn(spark(&m, 61 * S, 60, &blank), " "), 60);
	tell(&m, 0, 200 * S, "5");
	assert_string_equal(spark(&m, 200 * S, 12, &blank), "           -");
	live_model_clear(&m);
}

static void other_values_leave_marks(void **state)
{
	struct live_model m;
	struct gcoap_observed o = server(0, 58 * S);
	unsigned blank;

	live_model_init(&m, 0);
	live_model_notify(&m, &o, NULL, gcoap_bytes_text("on"), true);
	o.at = 59 * S;
	live_model_notify(&m, &o, NULL, gcoap_bytes_text("on"), false);
	assert_string_equal(spark(&m, 59 * S, 60, &blank) + 58, "o.");
	live_model_clear(&m);
}

static void columns_of_several_seconds_do_not_wander(void **state)
{
	struct live_model m;
	unsigned blank;
	char before[LIVE_SECONDS * 4 + 1];

	live_model_init(&m, 0);
	tell(&m, 0, 30 * S, "1");
	tell(&m, 0, 41 * S, "2");
	snprintf(before, sizeof(before), "%s", spark(&m, 54 * S, 12, &blank));
	assert_string_equal(spark(&m, 58 * S, 12, &blank), before);
	assert_string_equal(spark(&m, 59 * S, 12, &blank) + 1, spark(&m, 60 * S, 12, &blank) + 1);
	assert_string_not_equal(spark(&m, 59 * S, 12, &blank), before);
	live_model_clear(&m);
}

static void every_width_fits_its_buffer(void **state)
{
	struct live_model m;
	char out[LIVE_SECONDS * 4 + 1];
	unsigned blank, used;

	live_model_init(&m, 0);
	for (int i = 0; i < 100; i++)
		tell(&m, 0, i * S, i % 2 ? "1" : "2");
	for (unsigned width = 0; width <= 70; width++) {
		used = live_spark(&m.rows[0], live_second(&m, 99 * S), width, false, out,
				  sizeof(out), &blank);
		assert_true(used <= width && used <= LIVE_SECONDS);
		assert_int_equal(payload_columns(out), used);
	}
	live_model_clear(&m);
}

static const char *order(const struct live_model *m)
{
	static char out[16];

	for (uint32_t i = 0; i < m->n; i++)
		out[i] = (char)('0' + m->order[i]);
	out[m->n] = '\0';
	return out;
}

static void rows_are_sorted_by_each_column(void **state)
{
	struct live_model m;
	struct gcoap_observed o;

	live_model_init(&m, 0);
	tell(&m, 0, 3 * S, "7");
	tell(&m, 1, 1 * S, "on");
	tell(&m, 2, 2 * S, "-7");
	o = server(3, 4 * S);
	o.rate = 9;
	o.lost = 2;
	live_model_notify(&m, &o, "attic", gcoap_bytes_text("off"), true);
	m.rows[1].is.lost = -1;
	m.rows[2].is.reordered = 1;
	m.sort = LIVE_BY_SERVER;
	live_model_sort(&m);
	assert_string_equal(order(&m), "3012");
	m.sort = LIVE_BY_VALUE;
	live_model_sort(&m);
	assert_string_equal(order(&m), "2031");
	m.sort = LIVE_BY_AGE;
	live_model_sort(&m);
	assert_string_equal(order(&m), "1203");
	m.sort = LIVE_BY_RATE;
	live_model_sort(&m);
	assert_string_equal(order(&m), "3012");
	m.sort = LIVE_BY_GAPS;
	live_model_sort(&m);
	assert_string_equal(order(&m), "3201");
	live_model_clear(&m);
}

static void a_picture_does_not_change(void **state)
{
	struct live_model m, picture;

	live_model_init(&m, 0);
	live_model_request(&m, 1, "coap://224.0.1.187/temp?x=1");
	tell(&m, 0, S, "1");
	assert_int_equal(live_model_copy(&picture, &m), 0);
	tell(&m, 0, 2 * S, "2");
	tell(&m, 1, 2 * S, "3");
	assert_string_equal(picture.rows[0].value, "1");
	assert_int_equal(picture.n, 1);
	assert_string_equal(picture.requests[0].path, "/temp?x=1");
	live_model_clear(&picture);
	live_model_clear(&m);
}

static void more_servers_than_rows_are_counted(void **state)
{
	struct live_model m;
	struct gcoap_observed o = server(0, S);

	live_model_init(&m, 0);
	live_model_update(&m, &o, NULL);
	o.index = LIVE_ROWS_MAX + 4;
	assert_null(live_model_update(&m, &o, NULL));
	assert_int_equal(m.n, 1);
	assert_true(m.more > 0);
	live_model_clear(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_senml_record_is_its_number_and_unit),
		cmocka_unit_test(several_senml_records_are_shown_with_names),
		cmocka_unit_test(text_is_a_number_with_at_most_a_unit),
		cmocka_unit_test(hexadecimal_digits_are_no_number),
		cmocka_unit_test(what_a_terminal_obeys_is_escaped),
		cmocka_unit_test(an_error_is_shown_as_its_code),
		cmocka_unit_test(a_value_is_stale_when_it_is_older_than_max_age),
		cmocka_unit_test(the_label_is_the_name_or_the_address),
		cmocka_unit_test(numbers_are_drawn_between_least_and_greatest),
		cmocka_unit_test(an_older_minute_is_forgotten),
		cmocka_unit_test(other_values_leave_marks),
		cmocka_unit_test(columns_of_several_seconds_do_not_wander),
		cmocka_unit_test(every_width_fits_its_buffer),
		cmocka_unit_test(rows_are_sorted_by_each_column),
		cmocka_unit_test(a_picture_does_not_change),
		cmocka_unit_test(more_servers_than_rows_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
