/* SenML packs in JSON and CBOR resolve to the same records (RFC 8428). */
#include "guard.h"
#include "test.h"

#include <gcoap/senml.h>

#include <stdio.h>

#include "common/senml_json.h"

static struct guard guard;

static int open_guard(void **state)
{
	guard_open(&guard, 1 << 16);
	return 0;
}

static int close_guard(void **state)
{
	guard_close(&guard);
	return 0;
}

struct text {
	char buf[2048];
	size_t len;
};

/* "name=value unit @time;" for each record. */
static int add(void *arg, const struct gcoap_senml *rec)
{
	struct text *t = arg;
	char value[160] = "";

	switch (rec->kind) {
	case GCOAP_SENML_NUMBER:
		snprintf(value, sizeof(value), "%.17g", rec->number);
		break;
	case GCOAP_SENML_TEXT:
		snprintf(value, sizeof(value), "'%s'", rec->text);
		break;
	case GCOAP_SENML_DATA:
		snprintf(value, sizeof(value), "h'%s'", rec->text);
		break;
	case GCOAP_SENML_BOOL:
		snprintf(value, sizeof(value), "%s", rec->boolean ? "true" : "false");
		break;
	case GCOAP_SENML_NONE:
		break;
	}
	t->len += (size_t)snprintf(t->buf + t->len, sizeof(t->buf) - t->len, "%s=%s %s @%.17g;",
				   rec->name, value, rec->unit, rec->time);
	return 0;
}

static int walk(bool cbor, const void *data, size_t len, struct text *t, struct gcoap_diag *d)
{
	struct gcoap_bytes b = { guard_copy(&guard, data, len), len };

	t->len = 0;
	t->buf[0] = '\0';
	return cbor ? gcoap_senml_walk_cbor(b, add, t, d) : senml_walk_json(b, add, t, d);
}

static void json_reads(const char *json, const char *want)
{
	struct gcoap_diag d = { 0 };
	struct text t;

	if (walk(false, json, strlen(json), &t, &d) != 0)
		fail_msg("%s: %s at %zu", json, d.name, d.at);
	assert_string_equal(t.buf, want);
}

static void cbor_reads(const char *hex, const char *want)
{
	struct gcoap_diag d = { 0 };
	uint8_t data[512];
	struct text t;
	int len = gcoap_hex_decode(hex, strlen(hex), data, sizeof(data));

	assert_true(len > 0);
	if (walk(true, data, (size_t)len, &t, &d) != 0)
		fail_msg("%s: %s at %zu", hex, d.name, d.at);
	assert_string_equal(t.buf, want);
}

static void json_refused(const char *json, int err, const char *name, size_t at)
{
	struct gcoap_diag d = { 0 };
	struct text t;
	int r = walk(false, json, strlen(json), &t, &d);

	if (r != err || strcmp(d.name, name) != 0 || d.at != at)
		fail_msg("%s: %d, %s at %zu", json, r, d.name, d.at);
}

static void cbor_refused(const char *hex, int err, const char *name, size_t at)
{
	struct gcoap_diag d = { 0 };
	uint8_t data[512];
	struct text t;
	int len = gcoap_hex_decode(hex, strlen(hex), data, sizeof(data));
	int r = walk(true, data, (size_t)len, &t, &d);

	if (r != err || strcmp(d.name, name) != 0 || d.at != at)
		fail_msg("%s: %d, %s at %zu", hex, r, d.name, d.at);
}

static void a_record_of_each_kind_is_read_from_json(void **state)
{
	json_reads("[{\"n\":\"temp\",\"u\":\"Cel\",\"v\":21.25}]", "temp=21.25 Cel @0;");
	json_reads(" [{\"n\":\"a\",\"vs\":\"x\\ty\"},{\"n\":\"b\",\"vb\":true},"
		   "{\"n\":\"c\",\"vd\":\"AQID_w\"},{\"n\":\"d\"}]\r\n",
		   "a='x\ty'  @0;b=true  @0;c=h'010203ff'  @0;d=  @0;");
	json_reads("[]", "");
}

/* RFC 8428, Section 5.1.4, shortened. */
static void base_values_hold_until_others_come(void **state)
{
	json_reads("[{\"bn\":\"urn:dev:ow:1:\",\"bt\":1320067464,\"bu\":\"%RH\",\"bv\":20,\"v\":1},"
		   "{\"u\":\"lon\",\"v\":4},{\"t\":60,\"v\":0.5},"
		   "{\"bn\":\"x\",\"bt\":1},{\"n\":\"y\",\"vs\":\"z\",\"t\":-1}]",
		   "urn:dev:ow:1:=21 %RH @1320067464;urn:dev:ow:1:=24 lon @1320067464;"
		   "urn:dev:ow:1:=20.5 %RH @1320067524;xy='z' %RH @0;");
}

static void cbor_resolves_like_json(void **state)
{
	cbor_reads("81a3006474656d70016343656c02fb4035400000000000", "temp=21.25 Cel @0;");
	cbor_reads("85a5216d75726e3a6465763a6f773a313a221a4eaea188236325524824140201"
		   "a201636c6f6e0204a206183c02fb3fe0000000000000a22161782201a300617903617a0620",
		   "urn:dev:ow:1:=21 %RH @1320067464;urn:dev:ow:1:=24 lon @1320067464;"
		   "urn:dev:ow:1:=20.5 %RH @1320067524;xy='z' %RH @0;");
	cbor_reads("84a20061610363780979a200616204f5a20061630844010203ffa1006164",
		   "a='x\ty'  @0;b=true  @0;c=h'010203ff'  @0;d=  @0;");
	cbor_reads("9fbf00616102f93c00ffff", "a=1  @0;");
}

static void numbers_in_cbor_have_three_forms(void **state)
{
	cbor_reads("81a3006474656d70016343656c02f94d50", "temp=21.25 Cel @0;");
	cbor_reads("81a2006474656d7002c4822119084d", "temp=21.25  @0;");
	cbor_reads("81a2006474656d70023863", "temp=-100  @0;");
	cbor_reads("81a2006474656d7002c4822003", "temp=0.29999999999999999  @0;");
	cbor_refused("81a200616102c4821903e819084d", GCOAP_EMALFORMED, "senml-type", 8);
	cbor_refused("81a200616102c48101", GCOAP_EMALFORMED, "senml-type", 7);
	cbor_refused("81a200616102f97c00", GCOAP_EMALFORMED, "senml-type", 1);
}

static void extensions_are_passed_over_unless_they_must_be_understood(void **state)
{
	json_reads("[{\"n\":\"a\",\"v\":1,\"foo\":[1,{\"b\":2}]}]", "a=1  @0;");
	cbor_reads("81a3006161020118638201a1616202", "a=1  @0;");
	cbor_reads("81a3006161020163666f6fc105", "a=1  @0;");
	json_refused("[{\"n\":\"a\",\"v\":1},{\"foo_\":1}]", GCOAP_EMALFORMED,
		     "senml-must-understand", 1);
	cbor_refused("81a3006161020164666f6f5f05", GCOAP_EMALFORMED, "senml-must-understand", 7);
}

static void records_with_faults_are_refused(void **state)
{
	json_refused("{\"n\":\"a\"}", GCOAP_EMALFORMED, "senml-array", 0);
	json_refused("[{\"n\":\"a\"},1]", GCOAP_EMALFORMED, "senml-record", 1);
	json_refused("[{\"n\":\"a\",\"v\":1,\"vb\":true}]", GCOAP_EMALFORMED, "senml-values", 0);
	json_refused("[{\"n\":\"a\",\"v\":\"1\"}]", GCOAP_EMALFORMED, "senml-type", 0);
	json_refused("[{\"n\":\"a\",\"v\":1e999}]", GCOAP_EMALFORMED, "senml-type", 0);
	json_refused("[{\"n\":\"a\",\"vd\":\"A+\"}]", GCOAP_EMALFORMED, "senml-type", 0);
	json_refused("[{\"n\":\"a\",\"n\":\"b\"}]", GCOAP_EMALFORMED, "senml-label", 0);
	json_refused("[{\"v\":1}]", GCOAP_EMALFORMED, "senml-name", 0);
	json_refused("[{\"bver\":11,\"n\":\"a\"}]", GCOAP_EMALFORMED, "senml-version", 0);
	cbor_refused("a1006161", GCOAP_EMALFORMED, "senml-array", 0);
	cbor_refused("8101", GCOAP_EMALFORMED, "senml-record", 1);
	cbor_refused("81a3006161020104f5", GCOAP_EMALFORMED, "senml-values", 1);
	cbor_refused("81a200010201", GCOAP_EMALFORMED, "senml-type", 3);
	cbor_refused("81a20061610401", GCOAP_EMALFORMED, "senml-type", 6);
	cbor_refused("81a2006161086178", GCOAP_EMALFORMED, "senml-type", 6);
	cbor_refused("81a1417801", GCOAP_EMALFORMED, "senml-label", 2);
	cbor_refused("81a10201", GCOAP_EMALFORMED, "senml-name", 1);
	cbor_refused("81a3200b0061610201", GCOAP_EMALFORMED, "senml-version", 1);
	cbor_reads("81a3200a0061610201", "a=1  @0;");
}

static void json_from_the_network_is_scanned_before_it_is_parsed(void **state)
{
	char many[4096] = "[";

	json_refused("", GCOAP_EMALFORMED, "json", 0);
	json_refused("[{\"n\":\"a\"}] x", GCOAP_EMALFORMED, "json", 12);
	json_refused("[{\"n\":\"a\",}]", GCOAP_EMALFORMED, "json", 11);
	json_refused("[{\"n\":\"a\\u0000b\"}]", GCOAP_EMALFORMED, "json-nul", 8);
	json_refused("[{\"n\":\"a\nb\"}]", GCOAP_EMALFORMED, "json", 8);
	json_refused("[{\"n\":\"\xc3\x28\"}]", GCOAP_EMALFORMED, "json-utf8", 0);
	json_refused("[[[[[[[[[", GCOAP_ELIMIT, "json-depth", 8);
	json_refused("[{\"n\":\"[[[[[[[[[\\\"[\"", GCOAP_EMALFORMED, "json", 19);
	for (int i = 0; i < 1024; i++)
		strncat(many, "1,", sizeof(many) - strlen(many) - 1);
	json_refused(many, GCOAP_ELIMIT, "json-items", 2046);
}

static void long_texts_are_cut_at_a_whole_character(void **state)
{
	char json[512] = "[{\"n\":\"a\",\"vs\":\"", want[512] = "a='";
	size_t n = strlen(json);

	for (int i = 0; i < 100; i++)
		memcpy(json + n + 2 * i, "\xc3\xbc", 2);
	memcpy(json + n + 200, "\"}]", 4);
	for (int i = 0; i < 63; i++)
		strncat(want, "\xc3\xbc", 3);
	strncat(want, "'  @0;", 7);
	json_reads(json, want);
	cbor_reads("81a20063610062036100", "a\xef\xbf\xbd" "b='\xef\xbf\xbd'  @0;");
}

static int stop(void *arg, const struct gcoap_senml *rec)
{
	return ++*(int *)arg == 2 ? 7 : 0;
}

static void a_walk_ends_when_its_caller_wants(void **state)
{
	static const char json[] = "[{\"n\":\"a\"},{\"n\":\"b\"},{\"n\":\"c\"}]";
	int n = 0;

	assert_int_equal(senml_walk_json(gcoap_bytes_text(json), stop, &n, NULL), 7);
	assert_int_equal(n, 2);
}

static void every_prefix_is_refused_without_reading_on(void **state)
{
	static const char json[] = "[{\"n\":\"a\\u00e9\",\"v\":1.5e3,\"vd\":\"AA==\"}]";
	uint8_t cbor[64];
	struct gcoap_diag d;
	struct text t;
	int len = gcoap_hex_decode("81a3006474656d70016343656c02c4822119084d", 40, cbor, 64);

	for (size_t i = 0; i < sizeof(json) - 1; i++)
		assert_int_equal(walk(false, json, i, &t, &d), GCOAP_EMALFORMED);
	for (size_t i = 0; i < (size_t)len; i++)
		assert_int_equal(walk(true, cbor, i, &t, &d), GCOAP_EMALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_of_each_kind_is_read_from_json),
		cmocka_unit_test(base_values_hold_until_others_come),
		cmocka_unit_test(cbor_resolves_like_json),
		cmocka_unit_test(numbers_in_cbor_have_three_forms),
		cmocka_unit_test(extensions_are_passed_over_unless_they_must_be_understood),
		cmocka_unit_test(records_with_faults_are_refused),
		cmocka_unit_test(json_from_the_network_is_scanned_before_it_is_parsed),
		cmocka_unit_test(long_texts_are_cut_at_a_whole_character),
		cmocka_unit_test(a_walk_ends_when_its_caller_wants),
		cmocka_unit_test(every_prefix_is_refused_without_reading_on),
	};

	return cmocka_run_group_tests(tests, open_guard, close_guard);
}
