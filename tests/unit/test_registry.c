/* The registry against a table of its own: what the standards say of each option. */
#include "test.h"

#include <gcoap/dialect.h>
#include <gcoap/option.h>

#include <stdio.h>

static struct gcoap_registry r;

static int fresh(void **state)
{
	gcoap_registry_init(&r);
	return 0;
}

/* "number name CUNR format min max" as the documents print it: Critical, Unsafe, NoCacheKey
 * and Repeatable by their letters. */
static const char *const table[] = {
	"1 If-Match C--R opaque 0 8",
	"2 Multicast-Timeout -U-- uint 0 4",
	"3 Uri-Host CU-- string 1 255",
	"4 ETag ---R opaque 1 8",
	"5 If-None-Match C--- empty 0 0",
	"6 Observe -U-- uint 0 3",
	"7 Uri-Port CU-- uint 0 2",
	"8 Location-Path ---R string 0 255",
	"9 OSCORE C--- opaque 0 255",
	"11 Uri-Path CU-R string 0 255",
	"12 Content-Format ---- uint 0 2",
	"13 Uri-Path-Abbrev C--- uint 0 4",
	"14 Max-Age -U-- uint 0 4",
	"15 Uri-Query CU-R string 0 255",
	"16 Hop-Limit ---- uint 1 1",
	"17 Accept C--- uint 0 2",
	"19 Q-Block1 CU-- block 0 3",
	"20 Location-Query ---R string 0 255",
	"21 EDHOC C--- empty 0 0",
	"23 Block2 CU-- block 0 3",
	"24 Group-ETag ---R opaque 1 8",
	"27 Block1 CU-- block 0 3",
	"28 Size2 --N- uint 0 4",
	"31 Q-Block2 CU-R block 0 3",
	"35 Proxy-Uri CU-- string 1 1034",
	"39 Proxy-Scheme CU-- string 1 255",
	"60 Size1 --N- uint 0 4",
	"96 Response-Forwarding ---- tp_info 10 25",
	"235 Proxy-Cri CU-- cri 1 1023",
	"239 Proxy-Scheme-Number CU-- uint 0 3",
	"248 Reply-From ---- reply-from 5 1034",
	"252 Echo --N- opaque 1 40",
	"258 No-Response -U-- uint 0 1",
	"292 Request-Tag ---R opaque 0 8",
	"548 Request-Hash ---- opaque 0 65535",
	"65002 Multicast-Signaling -U-- uint 0 4",
	"65004 Multi-ETag ---R multi-etag 0 65535",
	"65008 Group-ETag ---R opaque 1 8",
};

static const char *const format_names[] = {
	[GCOAP_FORMAT_EMPTY] = "empty",	  [GCOAP_FORMAT_OPAQUE] = "opaque",
	[GCOAP_FORMAT_UINT] = "uint",	  [GCOAP_FORMAT_STRING] = "string",
	[GCOAP_FORMAT_BLOCK] = "block",	  [GCOAP_FORMAT_TP_INFO] = "tp_info",
	[GCOAP_FORMAT_CRI] = "cri",	  [GCOAP_FORMAT_REPLY_FROM] = "reply-from",
	[GCOAP_FORMAT_MULTI_ETAG] = "multi-etag",
};

static void every_option_is_what_the_documents_print(void **state)
{
	char line[128];

	assert_int_equal(r.n, sizeof(table) / sizeof(table[0]));
	for (size_t i = 0; i < r.n; i++) {
		const struct gcoap_option_info *o = &r.rows[i];
		uint16_t number = (uint16_t)o->number;

		snprintf(line, sizeof(line), "%u %s %c%c%c%c %s %u %u", o->number, o->name,
			 gcoap_option_critical(number) ? 'C' : '-',
			 gcoap_option_unsafe(number) ? 'U' : '-',
			 gcoap_option_no_cache_key(number) ? 'N' : '-',
			 o->repeatable ? 'R' : '-', format_names[o->format], o->min_len,
			 o->max_len);
		assert_string_equal(line, table[i]);
		assert_ptr_equal(gcoap_registry_find(&r, number), o);
		assert_non_null(o->source);
	}
}

static void flags_of_numbers_without_an_option(void **state)
{
	assert_true(gcoap_option_no_cache_key(65020));
	assert_false(gcoap_option_critical(65020));
	assert_false(gcoap_option_unsafe(65020));
	assert_true(gcoap_option_critical(65003) && gcoap_option_unsafe(65003));
	assert_true(gcoap_option_critical(65001) && !gcoap_option_unsafe(65001));
}

static void unknown_numbers_and_names_are_not_found(void **state)
{
	assert_null(gcoap_registry_find(&r, 0));
	assert_null(gcoap_registry_find(&r, 10));
	assert_null(gcoap_registry_find(&r, 65000));
	assert_null(gcoap_registry_find(&r, 65535));
	assert_null(gcoap_registry_find_name(&r, ""));
	assert_null(gcoap_registry_find_name(&r, "Uri"));
}

static void names_are_found_in_any_case(void **state)
{
	assert_int_equal(gcoap_registry_find_name(&r, "uri-path")->number, 11);
	assert_int_equal(gcoap_registry_find_name(&r, "ETAG")->number, 4);
	assert_int_equal(gcoap_registry_find_name(&r, "response-forwarding")->number, 96);
}

static void group_etag_has_a_number_in_each_dialect(void **state)
{
	assert_int_equal(gcoap_registry_find_name(&r, "Group-ETag")->number, 65008);
	assert_int_equal(gcoap_registry_find_name(&r, "group-etag-ietf")->number, 24);
	assert_int_equal(gcoap_registry_set(&r, "Group-ETag", 10), 0);
	assert_int_equal(gcoap_registry_find_name(&r, "Group-ETag")->number, 10);
	assert_int_equal(gcoap_registry_set(&r, "Group-ETag-ietf", 65500), 0);
	assert_int_equal(gcoap_registry_find_name(&r, "Group-ETag")->number, 10);
	assert_int_equal(gcoap_registry_find_name(&r, "Group-ETag-ietf")->number, 65500);
	assert_int_equal(r.draft[GCOAP_DRAFT_GROUP_ETAG], 10);
	assert_int_equal(r.draft[GCOAP_DRAFT_IETF_GROUP_ETAG], 65500);
}

static void assert_sorted(void)
{
	for (size_t i = 1; i < r.n; i++)
		assert_true(r.rows[i - 1].number < r.rows[i].number);
}

static void every_number_can_be_changed(void **state)
{
	const size_t n = r.n;

	for (size_t i = 0; i < n; i++) {
		char name[32];

		gcoap_registry_init(&r);
		snprintf(name, sizeof(name), "%s",
			 r.rows[i].number == 24 ? "Group-ETag-ietf" : r.rows[i].name);
		for (uint32_t number = 40000; number <= 65535; number += 25535) {
			assert_int_equal(gcoap_registry_set(&r, name, number), 0);
			assert_sorted();
			assert_int_equal(gcoap_registry_find_name(&r, name)->number, number);
			assert_non_null(gcoap_registry_find(&r, (uint16_t)number));
		}
		assert_int_equal(r.n, n);
	}
}

static void drafts_follow_their_numbers(void **state)
{
	assert_int_equal(gcoap_registry_set(&r, "Response-Forwarding", 65000), 0);
	assert_int_equal(r.draft[GCOAP_DRAFT_RESPONSE_FORWARDING], 65000);
	assert_null(gcoap_registry_find(&r, 96));
	assert_string_equal(gcoap_registry_find(&r, 65000)->name, "Response-Forwarding");
	assert_int_equal(gcoap_registry_set(&r, "multicast-timeout", 96), 0);
	assert_int_equal(r.draft[GCOAP_DRAFT_MULTICAST_TIMEOUT], 96);
	assert_int_equal(r.draft[GCOAP_DRAFT_RESPONSE_FORWARDING], 65000);
}

static void a_number_that_is_taken_is_a_clash(void **state)
{
	assert_int_equal(gcoap_registry_set(&r, "Reply-From", 11), GCOAP_EINVALID);
	assert_int_equal(gcoap_registry_set(&r, "Reply-From", 96), GCOAP_EINVALID);
	assert_int_equal(gcoap_registry_set(&r, "Group-ETag", 24), GCOAP_EINVALID);
	assert_int_equal(gcoap_registry_find_name(&r, "Reply-From")->number, 248);
	assert_int_equal(gcoap_registry_set(&r, "Reply-From", 248), 0);
}

static void numbers_go_from_1_to_65535(void **state)
{
	assert_int_equal(gcoap_registry_set(&r, "Reply-From", 0), GCOAP_ERANGE);
	assert_int_equal(gcoap_registry_set(&r, "Reply-From", 65536), GCOAP_ERANGE);
	assert_int_equal(gcoap_registry_set(&r, "Reply-From", 65535), 0);
	assert_int_equal(gcoap_registry_set(&r, "Uri-Path", 65534), 0);
	assert_int_equal(gcoap_registry_set(&r, "No-Such-Option", 5), GCOAP_ENOTFOUND);
}

static void copies_are_independent(void **state)
{
	struct gcoap_registry copy = r;

	gcoap_registry_set(&copy, "Reply-From", 65535);
	assert_int_equal(gcoap_registry_find_name(&r, "Reply-From")->number, 248);
	assert_int_equal(r.draft[GCOAP_DRAFT_REPLY_FROM], 248);
}

static void dialects_name_what_they_send(void **state)
{
	const struct gcoap_dialect *tiloca = gcoap_dialect_find("tiloca-05"),
				   *ietf = gcoap_dialect_find("IETF");

	assert_ptr_equal(tiloca, &gcoap_dialects[0]);
	assert_ptr_equal(ietf, &gcoap_dialects[1]);
	assert_null(gcoap_dialect_find("tiloca"));
	assert_int_equal(r.draft[tiloca->timeout], 65002);
	assert_int_equal(r.draft[tiloca->server_address], 96);
	assert_int_equal(r.draft[tiloca->group_etag], 65008);
	assert_int_equal(r.draft[ietf->timeout], 2);
	assert_int_equal(r.draft[ietf->server_address], 248);
	assert_int_equal(r.draft[ietf->group_etag], 24);
	assert_true(tiloca->multi_etag && !tiloca->etag_in_group && !tiloca->early_stop);
	assert_true(!ietf->multi_etag && ietf->etag_in_group && ietf->early_stop);
	assert_true(tiloca->repeat_same_mid && !ietf->repeat_same_mid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_option_is_what_the_documents_print, fresh),
		cmocka_unit_test_setup(flags_of_numbers_without_an_option, fresh),
		cmocka_unit_test_setup(unknown_numbers_and_names_are_not_found, fresh),
		cmocka_unit_test_setup(names_are_found_in_any_case, fresh),
		cmocka_unit_test_setup(group_etag_has_a_number_in_each_dialect, fresh),
		cmocka_unit_test_setup(every_number_can_be_changed, fresh),
		cmocka_unit_test_setup(drafts_follow_their_numbers, fresh),
		cmocka_unit_test_setup(a_number_that_is_taken_is_a_clash, fresh),
		cmocka_unit_test_setup(numbers_go_from_1_to_65535, fresh),
		cmocka_unit_test_setup(copies_are_independent, fresh),
		cmocka_unit_test_setup(dialects_name_what_they_send, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
