/* gcoap-proxy's arguments: what they become, and each that is refused. */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "common/cli.h"
#include "common/config.h"
#include "proxy/proxy.h"

#define PSK "/tmp/gcoap-test-proxy.psk"

static char said[1024], hinted[1024];
static struct proxy_args args;
static struct proxy proxy;

static void heard(void *arg, int code, const char *what, const char *const *hints, size_t n_hints)
{
	snprintf(said, sizeof(said), "%s", what);
	snprintf(hinted, sizeof(hinted), "%s", n_hints ? hints[0] : "");
}

static int setup(void **state)
{
	FILE *f;

	setenv("GCOAP_CONFIG", "none", 1);
	unsetenv("GCOAP_OPTIONS");
	cli_start("gcoap-proxy");
	cli_quiet(2);
	cli_on_error(heard, NULL);
	unlink(PSK);
	f = fdopen(open(PSK, O_WRONLY | O_CREAT | O_EXCL, 0600), "w");
	assert_non_null(f);
	fputs("alice:0123456789abcdef\n", f);
	return fclose(f);
}

/* What holds a secret cannot be looked into: the leak checker of a sanitizer could not either. */
static int teardown(void **state)
{
	credentials_clear(&proxy.credentials);
	proxy_rows_clear(&proxy.rows);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return unlink(PSK);
}

/* The words of @line, blanks between them, as the tool's arguments. */
static int set(const char *line)
{
	char *words[64] = { "gcoap-proxy" }, **argv = words, *text = strdup(line), *at = text;
	int argc = 1, status;

	said[0] = hinted[0] = '\0';
	proxy_rows_clear(&proxy.rows);
	credentials_clear(&proxy.credentials);
	while ((words[argc] = strsep(&at, " ")))
		argc++;
	args = (struct proxy_args)PROXY_ARGS_DEFAULT;
	proxy = (struct proxy){ 0 };
	status = opt_parse(&proxy_command, &argc, &argv, &args);
	if (status == OPT_RUN)
		status = proxy_setup(&proxy, &args);
	free(text);
	return status;
}

static void nothing_is_allowed_by_default(void **state)
{
	assert_int_equal(set("-q"), 0);
	assert_int_equal(proxy.config.n_clients, 0);
	assert_int_equal(proxy.config.n_groups, 0);
	assert_int_equal(proxy.config.n_targets, 0);
	assert_true(proxy.config.forward);
	assert_int_equal(proxy.config.cache_size, 64 << 20);
	assert_int_equal(proxy.rows.n_listen, 1);
	assert_int_equal(proxy.rows.listen[0].at.port, 5683);
	assert_true(gcoap_addr_is_loopback(&proxy.rows.listen[0].at));
}

static void networks_are_read(void **state)
{
	static const struct {
		const char *text;
		int family, prefix; /* 0: refused */
	} rows[] = {
		{ "10.0.0.0/8", 4, 8 },	      { "127.0.0.1", 4, 32 }, { "0.0.0.0/0", 4, 0 },
		{ "2001:db8::/32", 6, 32 },   { "::1", 6, 128 },      { "::/0", 6, 0 },
		{ "10.0.0.1/8", 0, 0 },	      { "10.0.0.0/33", 0, 0 }, { "10.0.0.0/", 0, 0 },
		{ "10.0.0.0/8x", 0, 0 },      { "10.0.0.1:5683", 0, 0 }, { "[::1]:1", 0, 0 },
		{ "2001:db8::1/32", 0, 0 },   { "::/129", 0, 0 },     { "10.0.0/8", 0, 0 },
		{ "/8", 0, 0 },		      { "", 0, 0 },	      { "10.0.0.0/-1", 0, 0 },
	};
	struct gcoap_addr net;
	const char *why;
	uint8_t prefix;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = proxy_net_parse(rows[i].text, &net, &prefix, &why);

		print_message("%s\n", rows[i].text);
		assert_int_equal(r, rows[i].family ? 0 : -1);
		if (!r) {
			assert_int_equal(net.family, rows[i].family);
			assert_int_equal(prefix, rows[i].prefix);
		}
	}
}

static void an_identity_is_told_from_an_address(void **state)
{
	static const char *const addresses[] = { "10.0.0.0/8", "::1", "300.1.1.1", "1.2", "fe80::1%lo" };
	static const char *const names[] = { "alice", "CN=alice", "bob@example.com", "dead", "7" };

	for (size_t i = 0; i < 5; i++) {
		assert_true(proxy_net_like(addresses[i]));
		assert_false(proxy_net_like(names[i]));
	}
}

static void places_to_listen_are_read(void **state)
{
	static const struct {
		const char *text;
		int scheme, port; /* -1: refused */
	} rows[] = {
		{ "coap://127.0.0.1", GCOAP_SCHEME_COAP, 5683 },
		{ "127.0.0.1:5690", GCOAP_SCHEME_COAP, 5690 },
		{ "coap://127.0.0.1:0", GCOAP_SCHEME_COAP, 0 },
		{ "coap://[::1]:0/", GCOAP_SCHEME_COAP, 0 },
		{ "coaps://[2001:db8::1]", GCOAP_SCHEME_COAPS, 5684 },
		{ "coap+tcp://0.0.0.0", GCOAP_SCHEME_COAP_TCP, 5683 },
		{ "coaps+tcp://localhost:7000", GCOAP_SCHEME_COAPS_TCP, 7000 },
		{ "coap://127.0.0.1/x", -1, 0 },
		{ "coap://127.0.0.1?x", -1, 0 },
		{ "http://127.0.0.1", -1, 0 },
		{ "coap+ws://127.0.0.1", -1, 0 },
		{ "coap://224.0.1.187", -1, 0 },
		{ "coap://127.0.0.1:99999", -1, 0 },
		{ "coap://127.0.0.1:00", -1, 0 },
		{ "gopher://127.0.0.1", -1, 0 },
		{ "", -1, 0 },
	};
	struct gcoap_uri uri;
	const char *why;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = proxy_listen_parse(rows[i].text, &uri, &why);

		print_message("%s\n", rows[i].text);
		assert_int_equal(r, rows[i].scheme < 0 ? -1 : 0);
		if (!r) {
			assert_int_equal(uri.scheme, rows[i].scheme);
			assert_int_equal(uri.port, rows[i].port);
		}
	}
}

static void clients_are_networks_or_identities_with_or_without_a_group(void **state)
{
	const struct gcoap_proxy_client *c;

	assert_int_equal(set("-i lo --allow-group coap://224.0.1.187/a --allow-group @demo --psk-file " PSK " "
			     "--listen coaps://127.0.0.1 "
			     "--allow-client 10.0.0.0/8 --allow-client alice=@demo "
			     "--allow-client CN=bob --allow-client id:10.1.1.1 "
			     "--allow-client ::1=coap://224.0.1.187/a"), 0);
	assert_int_equal(proxy.config.n_clients, 5);
	c = proxy.config.clients;
	assert_null(c[0].identity);
	assert_null(c[0].group);
	assert_int_equal(c[0].prefix, 8);
	assert_string_equal(c[1].identity, "alice");
	assert_string_equal(c[1].group, "coap://224.0.1.187");
	assert_string_equal(c[2].identity, "CN=bob");
	assert_string_equal(c[3].identity, "10.1.1.1");
	assert_int_equal(c[4].net.family, 6);
	assert_string_equal(c[4].group, "coap://224.0.1.187/a");
}

static void members_belong_to_an_allowed_group(void **state)
{
	assert_int_equal(set("-i lo --allow-group @demo --allow-client ::1 "
			     "--members @demo=127.77.0.1,127.77.0.2:7000"), 0);
	assert_int_equal(proxy.config.groups[0].n_members, 2);
	assert_int_equal(proxy.config.groups[0].members[0].port, 5683);
	assert_int_equal(proxy.config.groups[0].members[1].port, 7000);
	assert_int_equal(proxy.config.groups[0].ifindex, 1);
}

static void members_may_be_learned(void **state)
{
	assert_int_equal(set("-i lo --allow-group @demo --allow-client ::1 "
			     "--members @demo=learned"), 0);
	assert_int_equal(proxy.config.groups[0].n_members, 0);
	assert_true(proxy.config.groups[0].learn_members);
}

static void a_reverse_path_leads_to_an_allowed_group(void **state)
{
	assert_int_equal(set("-i lo --allow-group coap://224.0.1.187/gp --allow-client ::1 "
			     "--reverse /lights/=coap://224.0.1.187/gp/gp1 "
			     "--reverse //group1.example=coap://224.0.1.187/gp --t-proxy 7s"), 0);
	assert_int_equal(proxy.config.n_reverse, 2);
	assert_string_equal(proxy.config.reverse[0].path, "/lights");
	assert_string_equal(proxy.config.reverse[1].path, "//group1.example");
	assert_int_equal(proxy.config.reverse[0].addr.port, 5683);
	assert_int_equal(proxy.config.t_proxy, 7 * GCOAP_SECOND);
}

static void aliases_are_listened_at(void **state)
{
	assert_int_equal(set("-i lo --allow-group @demo --allow-client ::1 --reverse /x=@demo "
			     "--reverse-mode b --alias 127.0.0.11=127.77.0.1,127.0.0.12=127.77.0.2"),
			 0);
	assert_int_equal(proxy.config.standin, GCOAP_STANDIN_B);
	assert_int_equal(proxy.config.n_aliases, 2);
	assert_int_equal(proxy.rows.n_listen, 3);
	assert_true(proxy.rows.listen[2].alias);
	assert_int_equal(set("-i lo --allow-group @demo --allow-client ::1 --reverse /x=@demo "
			     "--reverse-mode b --listen coap+tcp://127.0.0.1 "
			     "--alias coap+tcp://127.0.0.11=127.77.0.1"), 0);
	assert_int_equal(proxy.rows.n_listen, 2);
	assert_int_equal(proxy.rows.listen[1].scheme, GCOAP_SCHEME_COAP_TCP);
	assert_int_equal(proxy.config.aliases[0].scheme, GCOAP_SCHEME_COAP_TCP);
	assert_int_equal(proxy.config.aliases[0].ours.port, 5683);
}

static void a_list_may_stand_several_times_in_the_config_file(void **state)
{
	char path[] = "/tmp/gcoap-test-proxy-XXXXXX", line[64];
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	assert_non_null(f);
	fputs("[defaults]\ntimeout = 1s\njson = yes\n[gcoap-proxy]\nallow-client = ::1\nallow-target = 10.0.0.0/8\n"
	      "allow-target = ::1, 127.0.0.1\nmax-ongoing = 7\n[options]\nGroup-ETag = 65100\n", f);
	fclose(f);
	snprintf(line, sizeof(line), "--config %s", path);
	assert_int_equal(set(line), CLI_USAGE); /* " 127.0.0.1" */
	f = fopen(path, "w");
	fputs("[defaults]\ntimeout = 1s\njson = yes\n[gcoap-proxy]\nallow-client = ::1\nallow-target = 10.0.0.0/8\n"
	      "allow-target = ::1,127.0.0.1\nmax-ongoing = 7\n[options]\nGroup-ETag = 65100\n", f);
	fclose(f);
	assert_int_equal(set(line), 0);
	assert_int_equal(proxy.config.n_targets, 3);
	assert_int_equal(proxy.config.max_ongoing, 7);
	assert_false(args.json);
	assert_int_equal(proxy.rows.registry.draft[GCOAP_DRAFT_GROUP_ETAG], 65100);
	f = fopen(path, "w");
	fputs("[gcoap-proxy]\nmax-ongoing = 7\nmax-ongoing = 8\n", f);
	fclose(f);
	assert_int_equal(set(line), CLI_USAGE);
	assert_non_null(strstr(said, "is there twice"));
	f = fopen(path, "w");
	fputs("[gcoap-proxy]\nlisten = coap://127.0.0.1\nlisten = ,\n", f);
	fclose(f);
	assert_int_equal(set(line), CLI_USAGE);
	assert_non_null(strstr(said, ":3:"));
	unlink(path);
}

#define GROUP "-i lo --allow-group @demo --allow-client 127.0.0.1 "

static void each_wrong_argument_is_named(void **state)
{
	static const struct {
		const char *line, *what;
		int status;
	} rows[] = {
		{ "--listen http://127.0.0.1", "only coap, coaps", 2 },
		{ "--listen coap://127.0.0.1/x", "behind the port", 2 },
		{ "--listen coap://224.0.1.187", "a group", 2 },
		{ "--listen coap://127.0.0.1,127.0.0.1", "twice", 2 },
		{ "--listen coap://no-such-host.invalid", "cannot resolve", 6 },
		{ "--allow-group @demo", "without --allow-client", 2 },
		{ "--allow-target ::1", "without --allow-client", 2 },
		{ "--allow-client ::1 --allow-group coap://127.0.0.1", "not a group", 2 },
		{ "--allow-client ::1 --allow-group coap://224.0.1.187/x?y", "a query", 2 },
		{ "--allow-client 10.0.0.0/33", "0 to 32 bits", 2 },
		{ "--allow-client 10.0.0.1/8", "bits beyond", 2 },
		{ "--allow-client id:", "nobody", 2 },
		{ "--allow-client alice=coap://224.0.1.187", "not allowed", 2 },
		{ "--allow-client ::1 --allow-target alice", "want an address", 2 },
		{ "--members coap://224.0.1.187=127.0.0.1", "not allowed", 2 },
		{ GROUP "--members @demo", "want GROUP-URI=", 2 },
		{ GROUP "--members @demo=x", "no server's address", 2 },
		{ GROUP "--members @demo=127.0.0.1,", "no server's address", 2 },
		{ GROUP "--members @demo=127.0.0.1 --cache off", "--cache off", 2 },
		{ "--reverse /x=coap://224.0.1.187", "not allowed", 2 },
		{ GROUP "--reverse x=@demo", "begins with /", 2 },
		{ GROUP "--reverse /x", "PATH=GROUP-URI", 2 },
		{ GROUP "--reverse /.well-known/x=@demo", "own resources", 2 },
		{ GROUP "--reverse /x=@demo --reverse /x/=@demo", "twice", 2 },
		{ GROUP "--reverse /x=@demo --reverse-mode b", "an address for each", 2 },
		{ GROUP "--reverse /x=@demo --alias 127.0.0.2=127.77.0.1", "--reverse-mode b", 2 },
		{ GROUP "--reverse /x=@demo --reverse-mode b --alias 127.0.0.2", "OURS=SERVER", 2 },
		{ GROUP "--reverse /x=@demo --reverse-mode b --alias y=127.77.0.1", "no address", 2 },
		{ GROUP "--reverse /x=@demo --reverse-mode b --alias 127.0.0.2=127.77.0.1 "
		  "--listen coap+tcp://127.0.0.1", "no --alias is for --listen coap+tcp://", 2 },
		{ GROUP "--reverse /x=@demo --reverse-mode b --alias 127.0.0.2=127.77.0.1,"
		  "coap+tcp://127.0.0.2=127.77.0.1", "--alias coap+tcp:// has no effect", 2 },
		{ GROUP "--reverse /x=@demo --reverse-mode b --alias http://127.0.0.2=127.77.0.1",
		  "only coap, coaps", 2 },
		{ GROUP "--reverse /x=@demo --dialect ietf --t-proxy 7s", "--dialect ietf", 2 },
		{ GROUP "--reverse /x=@demo --t-proxy 500ms", "between 1 s", 2 },
		{ "--reverse-mode c", "without --reverse", 2 },
		{ "--reverse-only", "without --reverse", 2 },
		{ "--t-proxy 7s", "without --reverse", 2 },
		{ "--max-timeout 0", "less than 1 s", 2 },
		{ "--hop-margin 1s", "without --next-proxy", 2 },
		{ "--next-proxy coap://127.0.0.2 --hop-margin 400s", "between 1 ms", 2 },
		{ "--next-proxy coap+tcp://127.0.0.2", "want coap://", 2 },
		{ "--next-proxy coap://127.0.0.1", "this proxy itself", 2 },
		{ "--next-proxy coap://no-such-host.invalid", "cannot resolve", 6 },
		{ "--cache-model b", "without --allow-group", 2 },
		{ GROUP "--cache off --cache-model b", "--cache off", 2 },
		{ "--cache lots", "such as 64M", 2 },
		{ "--echo on --listen coap+tcp://127.0.0.1", "--listen coap://", 2 },
		{ "--max-sessions 5", "without connections", 2 },
		{ "--max-sessions 0", "at least 1", 2 },
		{ "--max-per-client 0", "at least 1", 2 },
		{ "--listen coaps://127.0.0.1", "a key or a certificate", 2 },
		{ "--psk-file " PSK, "are for --listen coaps://", 2 },
		{ "--listen coaps://127.0.0.1 --psk-file /nonexistent", "/nonexistent", 8 },
		{ "--listen coap+tcp://127.0.0.1 --allow-client alice", "nobody proves", 2 },
		{ "-i nothing0", "no interface", 5 },
		{ "-i lo", "without --allow-group", 2 },
		{ "--hops 256", "1 and 255", 2 },
		{ "--option-number x", "NAME=N", 2 },
		{ "--option-number Nothing=7", "Nothing", 2 },
		{ "--dialect x", "bad value", 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int status = set(rows[i].line);

		print_message("%s: %s (%s)\n", rows[i].line, said, hinted);
		assert_int_equal(status, rows[i].status);
		assert_non_null(strstr(said, rows[i].what));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_allowed_by_default),
		cmocka_unit_test(networks_are_read),
		cmocka_unit_test(an_identity_is_told_from_an_address),
		cmocka_unit_test(places_to_listen_are_read),
		cmocka_unit_test(clients_are_networks_or_identities_with_or_without_a_group),
		cmocka_unit_test(members_belong_to_an_allowed_group),
		cmocka_unit_test(members_may_be_learned),
		cmocka_unit_test(a_reverse_path_leads_to_an_allowed_group),
		cmocka_unit_test(aliases_are_listened_at),
		cmocka_unit_test(a_list_may_stand_several_times_in_the_config_file),
		cmocka_unit_test(each_wrong_argument_is_named),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
