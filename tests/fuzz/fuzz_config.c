/* F10: the config file. Whatever the bytes: an error with its place, or settings that hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "common/config_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int errors;

static void must(int holds)
{
	if (!holds)
		abort();
}

static void heard(void *arg, int code, const char *what, const char *const *hints, size_t n_hints)
{
	errors++;
	must(!strncmp(what, "file:", 5) && strchr("123456789", what[5]));
}

static void check_settings(void)
{
	const struct config_entry *e;
	const char *group;
	struct gcoap_registry registry;

	for (size_t i = 0; (e = config_entry_at(i)); i++) {
		must(config_option(e->key) != NULL);
		must(e->line > 0 && e->column > 0);
	}
	for (size_t i = 0; (group = config_group_at(i)); i++)
		must(config_group(group) && config_group(group)->uri);
	for (size_t i = 0; i < config_data.n_names; i++)
		must(*config_data.names[i].label != '\0');
	gcoap_registry_init(&registry);
	config_options(&registry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	int status;

	must(text != NULL);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	cli_quiet(2);
	cli_on_error(heard, NULL);
	errors = 0;
	status = config__parse("file", "gcoap-get", text, size);
	must(status == (errors ? CLI_USAGE : 0) && errors <= 1);
	if (!status)
		check_settings();
	config_clear();
	free(text);
	return 0;
}
