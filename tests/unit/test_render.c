/* Renderers: the same records in every format. */
#include "alloc_fail.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <cjson/cJSON.h>
#include <gcoap/random.h>
#include "common/cli.h"
#include "common/render.h"

#define SUMMER ((gcoap_time)1782907200 * GCOAP_SECOND) /* 2026-07-01T12:00:00Z */

static char *text;
static size_t text_len;
static FILE *out;
static struct gcoap_registry registry;
static char last_error[512];

static void heard(void *arg, int code, const char *what, const char *const *hints, size_t n_hints)
{
	snprintf(last_error, sizeof(last_error), "%s", what);
}

static int setup(void **state)
{
	cli_start("gcoap-get");
	assert_non_null(freopen("/dev/null", "w", stderr));
	cli_on_error(heard, NULL);
	gcoap_registry_init(&registry);
	unsetenv("NO_COLOR");
	unsetenv("CLICOLOR_FORCE");
	return 0;
}

static const char *name_of(void *arg, const struct gcoap_addr *a)
{
	return a->bytes[3] == 2 ? "kitchen" : NULL;
}

static struct render *open_with(const struct output_args *args, bool tty)
{
	struct render_env env = { .args = args, .tool = "gcoap-get", .registry = &registry,
				  .name_of = name_of, .tty = tty, .err = stderr, .wall = SUMMER };
	struct render *r = NULL;

	free(text);
	text = NULL;
	out = open_memstream(&text, &text_len);
	env.out = out;
	if (render_open(&r, &env)) {
		fclose(out);
		return NULL;
	}
	return r;
}

static const char *closed(struct render *r)
{
	r->close(r);
	fclose(out);
	return text;
}

static struct gcoap_msg request_msg, response_msg;
static uint8_t store[4][4];

static int ask(struct render *r)
{
	struct gcoap_request_record record = { .id = 1, .at = 123 * GCOAP_US, .msg = &request_msg,
		.uri = "coap://224.0.1.187/temp", .group = true, .dialect = &gcoap_dialects[0],
		.timeout = 7 * GCOAP_SECOND };

	gcoap_msg_init(&request_msg, GCOAP_NON, GCOAP_GET);
	request_msg.mid = 0x666a;
	gcoap_msg_set_token(&request_msg, "cacfe\1\2\4", 8);
	gcoap_addr_parse(&record.to, "224.0.1.187", 5683);
	gcoap_addr_parse(&record.local, "127.0.0.1:41234", 0);
	return r->sink.request ? r->sink.request(&r->sink, &record) : 0;
}

static void response_from(struct gcoap_response *rec, int host, uint8_t code, int32_t format,
			  struct gcoap_bytes body)
{
	char address[32];

	snprintf(address, sizeof(address), "10.77.0.%d", host);
	memset(rec, 0, sizeof(*rec));
	gcoap_msg_init(&response_msg, GCOAP_NON, code);
	response_msg.mid = 0x666a;
	if (format >= 0)
		gcoap_msg_add_uint(&response_msg, GCOAP_CONTENT_FORMAT, (uint32_t)format, store[0]);
	gcoap_msg_add_uint(&response_msg, GCOAP_MAX_AGE, 1, store[1]);
	rec->id = rec->seq = rec->blocks = rec->nth = 1;
	rec->at = 566371 * GCOAP_US;
	rec->rtt = 566259 * GCOAP_US;
	gcoap_addr_parse(&rec->from, address, 5683);
	rec->server.scheme = GCOAP_SCHEME_COAP;
	rec->server.addr = rec->from;
	rec->msg = &response_msg;
	rec->uri = "coap://10.77.0.2/temp";
	rec->content_format = format;
	rec->max_age = 1;
	rec->body = body;
	rec->complete = true;
}

static int answer(struct render *r, int host, uint8_t code, int32_t format, const char *body)
{
	struct gcoap_response rec;

	response_from(&rec, host, code, format, gcoap_bytes_text(body));
	return r->sink.response ? r->sink.response(&r->sink, &rec) : 0;
}

#define SENML "[{\"n\":\"temp\",\"u\":\"Cel\",\"v\":21.25}]"

static const char *run(const struct output_args *args)
{
	struct gcoap_summary sum = { .requests = 1, .elapsed = 7000400 * GCOAP_US, .servers = 2,
				     .responses = 2, .ok = 1, .errors = 1, .missing = 1, .bytes = 43,
				     .ended_by = GCOAP_ENDED_TIMEOUT };
	struct gcoap_missing missing = { .id = 1 };
	struct gcoap_malformed bad = { .id = 0, .data = bytes(0x49, 0x45),
				       .diag = { 0, "reserved-tkl", "token length above 8" } };
	struct render *r = open_with(args, false);

	assert_non_null(r);
	gcoap_addr_parse(&missing.server, "10.77.0.9", 5683);
	gcoap_addr_parse(&bad.from, "10.77.0.5", 5683);
	assert_int_equal(ask(r), 0);
	assert_int_equal(answer(r, 2, GCOAP_CONTENT, 110, SENML), 0);
	assert_int_equal(answer(r, 3, GCOAP_NOT_FOUND, -1, "Not \"Found\", \x1b[0m"), 0);
	if (r->sink.malformed)
		assert_int_equal(r->sink.malformed(&r->sink, &bad), 0);
	if (r->sink.missing)
		assert_int_equal(r->sink.missing(&r->sink, &missing), 0);
	if (r->error)
		r->error(r, 4, "1 of the expected servers did not answer", NULL, 0);
	assert_int_equal(r->finish(r, &sum, 4), 0);
	return closed(r);
}

static void json_lines_are_the_contract_to_the_letter(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.json = true;
	assert_string_equal(run(&args),
		"{\"type\":\"request\",\"v\":1,\"tool\":\"gcoap-get\",\"ts\":\"2026-07-01T12:00:00.000123Z\","
		"\"id\":\"r1\",\"method\":\"GET\",\"uri\":\"coap://224.0.1.187/temp\","
		"\"group\":\"224.0.1.187:5683\",\"interface\":null,\"local\":\"127.0.0.1:41234\","
		"\"via\":null,\"dialect\":\"tiloca-05\",\"mtype\":\"NON\",\"mid\":\"666a\","
		"\"token\":\"6361636665010204\",\"timeout_ms\":7000,\"expect\":null}\n"
		"{\"type\":\"response\",\"id\":\"r1\",\"seq\":1,\"ts\":\"2026-07-01T12:00:00.566371Z\","
		"\"rtt_ms\":566.259,\"server\":\"10.77.0.2:5683\",\"server_from\":\"source\","
		"\"from\":\"10.77.0.2:5683\",\"name\":\"kitchen\",\"uri\":\"coap://10.77.0.2/temp\","
		"\"via\":null,\"code\":\"2.05\",\"reason\":\"Content\",\"ok\":true,\"mtype\":\"NON\","
		"\"mid\":\"666a\",\"options\":[{\"name\":\"Content-Format\",\"number\":12,\"value\":110},"
		"{\"name\":\"Max-Age\",\"number\":14,\"value\":1}],\"etag\":null,\"max_age\":1,"
		"\"content_format\":110,\"content_type\":\"application/senml+json\",\"blocks\":1,"
		"\"complete\":true,\"duplicate\":false,\"late\":false,\"secured\":null,"
		"\"payload_len\":34,\"payload_kind\":\"senml\","
		"\"payload\":[{\"n\":\"temp\",\"u\":\"Cel\",\"v\":21.25}]}\n"
		"{\"type\":\"response\",\"id\":\"r1\",\"seq\":1,\"ts\":\"2026-07-01T12:00:00.566371Z\","
		"\"rtt_ms\":566.259,\"server\":\"10.77.0.3:5683\",\"server_from\":\"source\","
		"\"from\":\"10.77.0.3:5683\",\"name\":null,\"uri\":\"coap://10.77.0.2/temp\","
		"\"via\":null,\"code\":\"4.04\",\"reason\":\"Not Found\",\"ok\":false,\"mtype\":\"NON\","
		"\"mid\":\"666a\",\"options\":[{\"name\":\"Max-Age\",\"number\":14,\"value\":1}],"
		"\"etag\":null,\"max_age\":1,\"content_format\":null,\"content_type\":null,\"blocks\":1,"
		"\"complete\":true,\"duplicate\":false,\"late\":false,\"secured\":null,"
		"\"payload_len\":17,\"payload_kind\":\"opaque\",\"payload\":null,"
		"\"payload_b64\":\"Tm90ICJGb3VuZCIsIBtbMG0=\"}\n"
		"{\"type\":\"malformed\",\"id\":null,\"ts\":\"2026-07-01T12:00:00.000000Z\","
		"\"from\":\"10.77.0.5:5683\",\"name\":null,\"problem\":\"reserved-tkl\","
		"\"what\":\"token length above 8\",\"at\":0,\"len\":2,\"hex\":\"4945\"}\n"
		"{\"type\":\"missing\",\"id\":\"r1\",\"server\":\"10.77.0.9:5683\",\"name\":null}\n"
		"{\"type\":\"error\",\"code\":4,\"what\":\"1 of the expected servers did not answer\","
		"\"hint\":[]}\n"
		"{\"type\":\"summary\",\"v\":1,\"id\":\"r1\",\"elapsed_ms\":7000.4,\"servers\":2,"
		"\"responses\":2,\"ok\":1,\"errors\":1,\"missing\":1,\"duplicates\":0,\"late\":0,"
		"\"incomplete\":0,\"malformed\":0,\"unmatched\":0,\"kernel_drops\":0,\"bytes\":43,"
		"\"rtt_ms\":{\"min\":0,\"median\":0,\"p99\":0,\"max\":0},\"ended_by\":\"timeout\","
		"\"exit\":4,\"requests\":1,\"dropped\":0,\"unnamed\":0}\n");
}

static void one_document_has_the_same_records_in_lists(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;
	cJSON *doc;

	args.format = "json";
	doc = cJSON_Parse(run(&args));
	assert_non_null(doc);
	assert_string_equal(cJSON_GetObjectItem(cJSON_GetObjectItem(doc, "request"), "id")->valuestring,
			    "r1");
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(doc, "requests")), 1);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(doc, "responses")), 2);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(doc, "missing")), 1);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(doc, "malformed")), 1);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(doc, "errors")), 1);
	assert_int_equal(cJSON_GetObjectItem(cJSON_GetObjectItem(doc, "summary"), "exit")->valueint, 4);
	cJSON_Delete(doc);
}

static void a_table_has_a_row_for_each(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.ascii = true;
	assert_string_equal(run(&args),
		"SERVER          NAME     CODE              RTT  FORMAT      PAYLOAD\n"
		"10.77.0.2:5683  kitchen  2.05 Content   566 ms  senml+json  temp 21.25 Cel\n"
		"10.77.0.3:5683           4.04 Not F...  566 ms  opaque      "
		"4e6f742022466f756e64222c201b5b306d\n"
		"10.77.0.5:5683           malformed           -  -           "
		"byte 0: token length above 8\n"
		"10.77.0.9:5683           silent              -  -           (no answer)\n");
}

static void a_narrow_table_cuts_the_payload_and_nothing_else(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.ascii = args.no_headings = true;
	args.width = 72;
	args.sort = "-server";
	run(&args);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= 72);
	assert_memory_equal(text, "10.77.0.9:5683", 14);
}

static void columns_can_be_chosen(void **state)
{
	static const char *items[] = { "code", "SERVER", "rtt_ms" };
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.columns = (struct opt_list){ items, 3 };
	args.no_headings = true;
	args.sort = "code";
	run(&args);
	assert_memory_equal(text, "2.05 Content   10.77.0.2:5683  566.259\n", 39);
	items[0] = "cod";
	assert_null(open_with(&args, false));
	items[0] = "code";
	args.sort = "rrt";
	assert_null(open_with(&args, false));
}

static void colour_is_asked_for_and_marks_the_code_only(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.color = "always";
	run(&args);
	assert_non_null(strstr(text, "\x1b[32m2.05 Content"));
	assert_non_null(strstr(text, "33m4.04"));
	args.color = "never";
	setenv("CLICOLOR_FORCE", "1", 1);
	assert_null(strchr(run(&args), 0x1b));
	args.color = "auto";
	assert_non_null(strchr(run(&args), 0x1b));
	setenv("NO_COLOR", "1", 1);
	assert_null(strchr(run(&args), 0x1b));
	unsetenv("NO_COLOR");
	unsetenv("CLICOLOR_FORCE");
}

static void csv_is_quoted_where_it_must_be(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.format = "csv";
	args.payload_as = "text";
	assert_string_equal(run(&args),
		"server,name,code,reason,rtt_ms,format,payload\r\n"
		"10.77.0.2:5683,kitchen,2.05,Content,566.259,senml+json,"
		"\"[{\"\"n\"\":\"\"temp\"\",\"\"u\"\":\"\"Cel\"\",\"\"v\"\":21.25}]\"\r\n"
		"10.77.0.3:5683,,4.04,Not Found,566.259,opaque,"
		"\"Not \"\"Found\"\", \\x1b[0m\"\r\n"
		"10.77.0.5:5683,,malformed,,,,\r\n"
		"10.77.0.9:5683,,silent,,,,\r\n");
}

static void pairs_are_safe_for_a_shell(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.format = "pairs";
	args.payload_as = "text";
	run(&args);
	assert_non_null(strstr(text, "SERVER=\"10.77.0.3:5683\" NAME=\"\" CODE=\"4.04\" "
				     "REASON=\"Not Found\" RTT_MS=\"566.259\" FORMAT=\"opaque\" "
				     "PAYLOAD=\"Not \\x22Found\\x22, \\x5cx1b[0m\"\n"));
}

static void short_is_a_line_a_server(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.format = "short";
	run(&args);
	assert_memory_equal(text, "10.77.0.2:5683 2.05 temp 21.25 Cel\n", 35);
}

static void write_out_knows_fields_and_escapes(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.write_out = "%{server}\\t%{code} %{rtt_ms} 100%% %{payload}\\n";
	args.payload_as = "hex";
	run(&args);
	assert_memory_equal(text, "10.77.0.2:5683\t2.05 566.259 100% 5b7b", 37);
	args.write_out = "%{json}\\n";
	run(&args);
	assert_memory_equal(text, "{\"type\":\"response\",\"id\":\"r1\"", 28);
	args.write_out = "%{servr}";
	assert_null(open_with(&args, false));
	assert_non_null(strstr(last_error, "%{servr}"));
	args.write_out = "%{server";
	assert_null(open_with(&args, false));
	args.write_out = "\\q";
	assert_null(open_with(&args, false));
}

static void raw_bytes_do_not_go_to_a_terminal(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;
	struct gcoap_summary sum = { 0 };
	struct render *r;

	args.format = "raw";
	r = open_with(&args, true);
	answer(r, 2, GCOAP_CONTENT, 0, "clean\n");
	answer(r, 3, GCOAP_CONTENT, 0, "\x1b[2J");
	assert_true(r->finish(r, &sum, 0) < 0);
	assert_string_equal(closed(r), "clean\n");
	args.force = true;
	r = open_with(&args, true);
	answer(r, 3, GCOAP_CONTENT, 0, "\x1b[2J");
	assert_int_equal(r->finish(r, &sum, 0), 0);
	assert_string_equal(closed(r), "\x1b[2J");
	args.force = false;
	r = open_with(&args, false);
	answer(r, 2, GCOAP_CONTENT, 0, "one");
	answer(r, 3, GCOAP_CONTENT, 0, "\x1btwo");
	assert_int_equal(r->finish(r, &sum, 0), 0);
	assert_string_equal(closed(r), "one\x1btwo");
}

static void exit_status_only_renders_nothing(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.quiet = 2;
	assert_string_equal(run(&args), "");
}

static void times_have_four_forms(void **state)
{
	static const char *const rows[][2] = {
		{ "iso", "\"ts\":\"2026-07-01T12:00:00.566371Z\"" },
		{ "unix", "\"ts\":\"1782907200.566371\"" },
		{ "rel", "\"ts\":\"0.566248\"" },
		{ "none", "\"ts\":null" },
	};
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.json = true;
	for (size_t i = 0; i < 4; i++) {
		args.time = rows[i][0];
		assert_non_null(strstr(run(&args), rows[i][1]));
	}
}

static void a_table_holds_20000_rows_and_says_what_it_left_out(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;
	struct gcoap_summary sum = { 0 };
	struct render *r = open_with(&args, false);
	size_t lines = 0;

	for (int i = 0; i < 20010; i++)
		answer(r, 2, GCOAP_CONTENT, 0, "x");
	assert_true(r->finish(r, &sum, 0) < 0);
	assert_non_null(strstr(last_error, "10 records are not shown"));
	closed(r);
	for (char *p = text; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 20001);
}

static void malformed_messages_take_no_room_from_answers(void **state)
{
	static const char *const formats[] = { "table", "json" };
	struct output_args args = OUTPUT_ARGS_DEFAULT;
	struct gcoap_malformed bad = { .data = bytes(0x40), .diag = { 0, "short-header", "short" } };
	struct gcoap_summary sum = { 0 };

	for (size_t i = 0; i < 2; i++) {
		struct render *r;

		args.format = formats[i];
		r = open_with(&args, false);
		gcoap_addr_parse(&bad.from, "10.77.0.5", 5683);
		for (int k = 0; k < 30000; k++)
			r->sink.malformed(&r->sink, &bad);
		answer(r, 2, GCOAP_CONTENT, 0, "honest");
		assert_int_equal(r->finish(r, &sum, 0), 0);
		assert_non_null(strstr(closed(r), "honest"));
		assert_true(text_len < 512 * 1024);
	}
}

/* One allocation fails: whoever needs it says so, and nothing is written beyond its memory. */
static void short_memory_is_an_error_in_every_format(void **state)
{
	static const char *const formats[] = { "table", "jsonl", "json", "csv", "pairs", "short" };
	struct output_args args = OUTPUT_ARGS_DEFAULT;
	struct gcoap_summary sum = { .responses = 100 };
	bool reached = true;

	for (size_t i = 0; i < 6; i++, reached = true) {
		args.format = formats[i];
		for (size_t n = 1; reached; n++) {
			struct render *r;
			int e = 0;

			alloc_fail_at(n);
			r = open_with(&args, false);
			for (int k = 0; r && k < 100; k++)
				e |= answer(r, k, GCOAP_CONTENT, 110, SENML) < 0;
			if (r) {
				e |= r->finish(r, &sum, 0) < 0;
				closed(r);
			}
			reached = alloc_failed();
			assert_true(!r || !reached || e || strstr(text, "temp"));
			assert_true(reached || (r && !e));
		}
	}
}

/* Every line must be one object, whatever the bytes: a second parser reads it again. */
static void hostile_payloads_stay_one_json_object_a_line(void **state)
{
	static const int32_t formats[] = { -1, 0, 40, 50, 60, 63, 110, 112 };
	static const char *const views[] = { "auto", "text", "json", "diag", "hex", "b64", "none" };
	struct output_args args = OUTPUT_ARGS_DEFAULT;
	struct gcoap_random random;
	struct gcoap_response rec;
	uint8_t body[48];
	char *line, *save;

	args.json = true;
	gcoap_random_init_seed(&random, 2);
	for (size_t v = 0; v < sizeof(views) / sizeof(views[0]); v++) {
		struct render *r;

		args.payload_as = views[v];
		r = open_with(&args, false);
		for (int i = 0; i < 300; i++) {
			size_t len = gcoap_random_below(&random, sizeof(body));

			gcoap_random_fill(&random, body, len);
			if (len && i % 3 == 0)
				body[0] = "{[\"\x83\xa1\x9f"[i % 6];
			response_from(&rec, 2, GCOAP_CONTENT, formats[i % 8],
				      (struct gcoap_bytes){ body, len });
			response_msg.options[0].value = (struct gcoap_bytes){ body, len };
			assert_int_equal(r->sink.response(&r->sink, &rec), 0);
		}
		closed(r);
		assert_true(gcoap_utf8_valid((struct gcoap_bytes){ (uint8_t *)text, text_len }));
		for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			cJSON *doc = cJSON_Parse(line);

			assert_non_null(doc);
			cJSON_Delete(doc);
		}
	}
}

static void options_are_decoded_or_shown_with_what_is_wrong(void **state)
{
	struct output_args args = OUTPUT_ARGS_DEFAULT;
	struct gcoap_response rec;
	struct render *r;
	uint16_t forwarding = registry.draft[GCOAP_DRAFT_RESPONSE_FORWARDING];

	args.json = true;
	r = open_with(&args, false);
	response_from(&rec, 2, GCOAP_CONTENT, -1, (struct gcoap_bytes){ 0 });
	gcoap_msg_add(&response_msg, GCOAP_ETAG, bytes(0xa1, 0xb2));
	gcoap_msg_add(&response_msg, GCOAP_BLOCK2, bytes(0x0e));
	gcoap_msg_add(&response_msg, GCOAP_LOCATION_PATH, bytes(0xff));
	gcoap_msg_add(&response_msg, GCOAP_SIZE2, bytes(1, 2, 3, 4, 5));
	gcoap_msg_add(&response_msg, forwarding, bytes(0xff));
	gcoap_msg_add(&response_msg, 65001, bytes('x'));
	r->sink.response(&r->sink, &rec);
	closed(r);
	assert_non_null(strstr(text, "{\"name\":\"ETag\",\"number\":4,\"hex\":\"a1b2\"}"));
	assert_non_null(strstr(text, "{\"name\":\"Block2\",\"number\":23,\"value\":{\"num\":0,"
				     "\"more\":true,\"size\":1024}}"));
	assert_non_null(strstr(text, "\"number\":8,\"hex\":\"ff\",\"problem\":"));
	assert_non_null(strstr(text, "\"number\":28,\"hex\":\"0102030405\",\"problem\":"));
	assert_non_null(strstr(text, "\"name\":\"Response-Forwarding\""));
	assert_non_null(strstr(text, "\"hex\":\"ff\",\"problem\":"));
	assert_non_null(strstr(text, "{\"name\":null,\"number\":65001,\"hex\":\"78\"}"));
}

static void wrong_words_are_usage_errors(void **state)
{
	static const char *items[] = { "payload", "dupp" };
	struct output_args args = OUTPUT_ARGS_DEFAULT;

	args.show = (struct opt_list){ items, 2 };
	assert_null(open_with(&args, false));
	args.show.n = 0;
	args.width = 5;
	assert_null(open_with(&args, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_lines_are_the_contract_to_the_letter),
		cmocka_unit_test(one_document_has_the_same_records_in_lists),
		cmocka_unit_test(a_table_has_a_row_for_each),
		cmocka_unit_test(a_narrow_table_cuts_the_payload_and_nothing_else),
		cmocka_unit_test(columns_can_be_chosen),
		cmocka_unit_test(colour_is_asked_for_and_marks_the_code_only),
		cmocka_unit_test(csv_is_quoted_where_it_must_be),
		cmocka_unit_test(pairs_are_safe_for_a_shell),
		cmocka_unit_test(short_is_a_line_a_server),
		cmocka_unit_test(write_out_knows_fields_and_escapes),
		cmocka_unit_test(raw_bytes_do_not_go_to_a_terminal),
		cmocka_unit_test(exit_status_only_renders_nothing),
		cmocka_unit_test(times_have_four_forms),
		cmocka_unit_test(a_table_holds_20000_rows_and_says_what_it_left_out),
		cmocka_unit_test(malformed_messages_take_no_room_from_answers),
		cmocka_unit_test(short_memory_is_an_error_in_every_format),
		cmocka_unit_test(hostile_payloads_stay_one_json_object_a_line),
		cmocka_unit_test(options_are_decoded_or_shown_with_what_is_wrong),
		cmocka_unit_test(wrong_words_are_usage_errors),
	};

	int r = cmocka_run_group_tests(tests, setup, NULL);

	free(text);
	return r;
}
