/* SPDX-License-Identifier: MIT */
#include "cli/boot_config.h"

#include <stdio.h>
#include <string.h>

#include "cli/input.h"
#include "cli/say.h"
#include "lib/host/number.h"

static char *config;

struct poptOption boot_options[] = {
	{ "config", 0, POPT_ARG_STRING, &config, 0,
	  "Bootloader, buttons, apps: rollback, anti-rollback=N, hold=factory-reset|test-app, "
	  "confirm, dies=NAME; with commas between",
	  "CONFIG" },
	POPT_TABLEEND
};

static enum exit_code set_hold(struct boot_setup *setup, const char *value, size_t size)
{
	if (size == 13 && memcmp(value, "factory-reset", size) == 0)
		setup->boot.hold = OTA_HOLD_FACTORY_RESET;
	else if (size == 8 && memcmp(value, "test-app", size) == 0)
		setup->boot.hold = OTA_HOLD_TEST_APP;
	else
		return say_usage("--config: hold is factory-reset or test-app, not '%.*s'",
				 (int)size, value);
	return EXIT_YES;
}

static enum exit_code set_version(struct boot_setup *setup, const char *value, size_t size)
{
	uint64_t number;

	if (ota_number_parse(value, size, &number) || number > UINT32_MAX)
		return say_usage("--config: anti-rollback is a number, not '%.*s'", (int)size,
				 value);
	setup->boot.anti_rollback = true;
	setup->boot.secure_version = (uint32_t)number;
	return EXIT_YES;
}

/* One word of the list; `value` NULL: it has none. */
static enum exit_code set_one(struct boot_setup *setup, const char *word, size_t size)
{
	const char *equals = memchr(word, '=', size);
	size_t n = equals ? (size_t)(equals - word) : size;
	const char *value = equals ? equals + 1 : NULL;
	size_t value_size = equals ? size - n - 1 : 0;

	if (n == 8 && memcmp(word, "rollback", n) == 0 && !value)
		setup->boot.rollback = true;
	else if (n == 7 && memcmp(word, "confirm", n) == 0 && !value)
		setup->confirm = true;
	else if (n == 13 && memcmp(word, "anti-rollback", n) == 0 && value)
		return set_version(setup, value, value_size);
	else if (n == 4 && memcmp(word, "hold", n) == 0 && value)
		return set_hold(setup, value, value_size);
	else if (n == 4 && memcmp(word, "dies", n) == 0 && value && value_size &&
		 value_size < sizeof(setup->dies))
		snprintf(setup->dies, sizeof(setup->dies), "%.*s", (int)value_size, value);
	else
		return say_usage("--config: '%.*s' is none of rollback, anti-rollback=N, "
				 "hold=factory-reset|test-app, confirm, dies=NAME",
				 (int)size, word);
	return EXIT_YES;
}

enum exit_code boot_setup_parse(struct boot_setup *setup)
{
	const struct ota_table_options *options = input_table_options();
	const char *word = config;

	*setup = (struct boot_setup){ 0 };
	if (!options)
		return EXIT_USAGE;
	setup->boot.esp8266 = options->dialect == &ota_dialect_esp8266;
	while (word && *word) {
		size_t size = strcspn(word, ",");
		enum exit_code code = set_one(setup, word, size);

		if (code)
			return code;
		word += size + (word[size] == ',');
	}
	return EXIT_YES;
}
