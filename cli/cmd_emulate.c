/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/boot_config.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/key.h"
#include "cli/say.h"
#include "firmware/port/posix/inflate.h"
#include "firmware/port/posix/server.h"
#include "lib/host/number.h"
#include "lib/host/tls.h"

static struct {
	char *new_size, *listen, *id, *name, *bad, *mute, *cut, *fail, *drop, *rate, *timing, *key;
	char *tls_cert, *tls_key;
	int insecure, claim, presence;
} opt;

static struct poptOption options[] = {
	{ "new", 0, POPT_ARG_STRING, &opt.new_size, 0,
	  "Make FLASH first: SIZE bytes with the table of --preset, and APP in its first slot",
	  "SIZE" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, preset_options, 0, NULL, NULL },
	{ "listen", 0, POPT_ARG_STRING, &opt.listen, 0,
	  "Where to listen, 127.0.0.1:8032 by default; port 0 takes any", "HOST:PORT" },
	{ "key", 0, POPT_ARG_STRING, &opt.key, 0,
	  "Take changes from the owner of this key: a fleet's or this device's", "FILE" },
	{ "claim", 0, POPT_ARG_NONE, &opt.claim, 0,
	  "Start without a key, so that one can be claimed", NULL },
	{ "presence", 0, POPT_ARG_NONE, &opt.presence, 0,
	  "Somebody is at the device: a first key is taken", NULL },
	{ "insecure", 0, POPT_ARG_NONE, &opt.insecure, 0, "Take changes from everybody", NULL },
	{ "tls-cert", 0, POPT_ARG_STRING, &opt.tls_cert, 0,
	  "Speak https: the certificate, in PEM, with those between it and its CA", "FILE" },
	{ "tls-key", 0, POPT_ARG_STRING, &opt.tls_key, 0,
	  "Speak https: the private key of the certificate, in PEM", "FILE" },
	{ "id", 0, POPT_ARG_STRING, &opt.id, 0, "The device's id", "ID" },
	{ "hostname", 0, POPT_ARG_STRING, &opt.name, 0,
	  "The device's name: NAME and NAME.local are taken in Host", "HOSTNAME" },
	{ "bad-app", 0, POPT_ARG_STRING, &opt.bad, 0,
	  "What is in SLOT crashes before it answers or confirms", "SLOT" },
	{ "mute-app", 0, POPT_ARG_STRING, &opt.mute, 0, "What is in SLOT runs and never answers",
	  "SLOT" },
	{ "cut-after", 0, POPT_ARG_STRING, &opt.cut, 0,
	  "The power fails in the N-th flash operation; TEAR says what is done of it: "
	  "n, a, w, pBYTES, qBYTES, mMASK, rSEED",
	  "N[,TEAR]" },
	{ "fail-after", 0, POPT_ARG_STRING, &opt.fail, 0,
	  "From the N-th flash operation on, COUNT writes fail (all)", "N[,COUNT]" },
	{ "drop-after", 0, POPT_ARG_STRING, &opt.drop, 0,
	  "A connection breaks when it brought BYTES, COUNT times (1)", "BYTES[,COUNT]" },
	{ "limit-rate", 0, POPT_ARG_STRING, &opt.rate, 0,
	  "No more than RATE bytes arrive in a second", "RATE" },
	{ "flash-timing", 0, POPT_ARG_STRING, &opt.timing, 0,
	  "Tell how long a real flash would have taken: w25q32 or none", "TIMING" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, boot_options, 0, NULL, NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

static volatile int stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* Somebody cut the file off, or a hole in it cannot be filled: the map leads nowhere. */
static void on_bus_error(int number)
{
	static const char text[] =
		"otatool: error: the flash file became shorter, or its disk is full\n";

	(void)number;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(EXIT_SYSTEM);
}

/* The flash file, mapped. */
struct flash {
	int fd;
	uint8_t *data; /* NULL: not mapped */
	size_t size;
};

static void tell(const char *line)
{
	say_status("%s", line);
}

/* SIZE, "4MB" as well as "4M". */
static enum exit_code parse_size(uint64_t *size)
{
	size_t n = strlen(opt.new_size);

	if (n > 2 && opt.new_size[n - 1] == 'B')
		n--;
	if (ota_number_parse(opt.new_size, n, size) || *size < 0x10000 || *size > 256u << 20 ||
	    *size % OTA_SECTOR)
		return say_usage("--new: '%s' is no size of a flash (64K to 256M, whole sectors)",
				 opt.new_size);
	return EXIT_YES;
}

/* Factory, else the first slot. */
static enum exit_code put_app(const struct ota_table *table, const char *name, uint8_t *data)
{
	const struct ota_part *part = ota_table_boot_default(table);
	struct file app = { 0 };
	enum exit_code code = file_read(name, &app);

	if (code)
		return code;
	if (!part)
		code = say_error(EXIT_NO, NULL, "the table has no slot for an app");
	else if (app.size > part->size)
		code = say_error(EXIT_NO, name, "%zu bytes do not fit into %s (%u)", app.size,
				 ota_part_name(part), part->size);
	else
		memcpy(data + part->offset, app.data, app.size);
	file_free(&app);
	return code;
}

static enum exit_code fill_flash(const char *app, uint8_t *data, size_t size)
{
	struct table_source table;
	uint8_t raw[OTA_TABLE_SIZE];
	enum exit_code code = table_source_choose(NULL, &table);

	memset(data, 0xFF, size);
	if (!code)
		table_source_check(&table);
	if (!code && table.findings.errors)
		code = EXIT_NO;
	if (!code)
		code = table_source_encode(&table, raw);
	for (size_t i = 0; !code && i < table.table.count; i++)
		if ((uint64_t)table.table.parts[i].offset + table.table.parts[i].size > size)
			code = say_error(EXIT_NO, NULL, "%s does not fit into a flash of %zu bytes",
					 ota_part_name(&table.table.parts[i]), size);
	if (!code)
		memcpy(data + table.options.offset, raw, sizeof(raw));
	if (!code && app)
		code = put_app(&table.table, app, data);
	table_source_free(&table);
	return code;
}

static bool is_in_use(const char *name)
{
	int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;

	if (fd >= 0)
		close(fd);
	return locked;
}

static enum exit_code make_flash(const char *name, const char *app)
{
	uint64_t size = 0;
	enum exit_code code = parse_size(&size);
	uint8_t *data;

	if (code)
		return code;
	if (is_in_use(name))
		return say_error(EXIT_SYSTEM, name, "another device runs on it");
	data = malloc((size_t)size);
	if (!data)
		return say_error(EXIT_BUG, NULL, "out of memory");
	code = fill_flash(app, data, (size_t)size);
	if (!code)
		code = file_write(name, data, (size_t)size, FILE_BINARY);
	free(data);
	return code;
}

static enum exit_code open_flash(const char *name, struct flash *flash)
{
	struct stat st;

	flash->fd = open(name, O_RDWR | O_CLOEXEC);
	if (flash->fd < 0 || fstat(flash->fd, &st) < 0)
		return say_system(name, "cannot open");
	if (flock(flash->fd, LOCK_EX | LOCK_NB) < 0)
		return say_error(EXIT_SYSTEM, name, "another device runs on it");
	if (!S_ISREG(st.st_mode))
		return say_error(EXIT_NO, name, "not a regular file");
	if (st.st_size < 0x10000 || st.st_size > 256 << 20 || st.st_size % OTA_SECTOR)
		return say_error(EXIT_NO, name, "not the contents of a flash, by its size");
	flash->size = (size_t)st.st_size;
	flash->data = mmap(NULL, flash->size, PROT_READ | PROT_WRITE, MAP_SHARED, flash->fd, 0);
	if (flash->data != MAP_FAILED)
		return EXIT_YES;
	flash->data = NULL;
	return say_system(name, "cannot map");
}

static void close_flash(struct flash *flash)
{
	if (flash->data)
		munmap(flash->data, flash->size);
	if (flash->fd >= 0)
		close(flash->fd);
}

/* "ota_1", "factory"; NULL: none. */
static enum exit_code parse_slot(const char *option, const char *name, int *choice)
{
	char text[16];

	*choice = OTA_CHOICE_NONE;
	if (name && strcmp(name, "factory") == 0)
		*choice = OTA_CHOICE_FACTORY;
	for (int i = 0; name && i < (int)OTA_SLOTS_MAX; i++) {
		snprintf(text, sizeof(text), "ota_%d", i);
		if (strcmp(name, text) == 0)
			*choice = i;
	}
	if (name && *choice == OTA_CHOICE_NONE)
		return say_usage("%s: '%s' is no slot (factory, ota_0 to ota_15)", option, name);
	return EXIT_YES;
}

/* N, and what follows a comma; NULL: nothing does. */
static bool parse_pair(const char *text, uint64_t most, uint64_t *number, const char **rest)
{
	const char *comma = strchr(text, ',');

	*rest = comma ? comma + 1 : NULL;
	return !ota_number_parse(text, comma ? (size_t)(comma - text) : strlen(text), number) &&
	     *number && *number <= most;
}

static enum exit_code parse_cut(struct ota_nor *nor)
{
	const char *tear;

	nor->tear = (struct ota_tear){ 'n', 0 };
	if (opt.cut && (!parse_pair(opt.cut, UINT64_MAX, &nor->cut_at, &tear) ||
			(tear && !ota_tear_parse(tear, &nor->tear))))
		return say_usage("--cut-after: '%s' is not N[,TEAR]", opt.cut);
	return EXIT_YES;
}

/* N[,COUNT] */
static enum exit_code parse_count(const char *option, const char *text, uint64_t *number,
				  uint32_t *count)
{
	const char *rest;
	uint64_t value = *count;

	if (!parse_pair(text, UINT32_MAX, number, &rest) ||
	    (rest &&
	     (ota_number_parse(rest, strlen(rest), &value) || !value || value > UINT32_MAX)))
		return say_usage("%s: '%s' is not a number, or two with a comma between them",
				 option, text);
	*count = (uint32_t)value;
	return EXIT_YES;
}

static enum exit_code parse_failing(struct ota_nor *nor)
{
	if (!opt.fail)
		return EXIT_YES;
	nor->failing = UINT32_MAX;
	return parse_count("--fail-after", opt.fail, &nor->fail_at, &nor->failing);
}

static enum exit_code parse_link(struct ota_bad_link *link)
{
	uint64_t number = 0;
	enum exit_code code = EXIT_YES;

	if (opt.drop) {
		link->drops = 1;
		code = parse_count("--drop-after", opt.drop, &number, &link->drops);
		link->drop_after = (uint32_t)number;
	}
	number = 0;
	if (!code)
		code = input_number("--limit-rate", opt.rate, UINT32_MAX, &number);
	if (!code && opt.rate && !number)
		code = say_usage("--limit-rate: nothing would ever arrive");
	link->rate = (uint32_t)number;
	return code;
}

static bool is_id(const char *text)
{
	static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";

	return *text && strlen(text) <= 64 && !text[strspn(text, allowed)];
}

static enum exit_code set_up(struct ota_emulator *emulator)
{
	const struct ota_table_options *table = input_table_options();
	struct boot_setup setup;
	enum exit_code code = table ? boot_setup_parse(&setup) : EXIT_USAGE;

	if (!code)
		code = parse_slot("--bad-app",
				  opt.bad         ? opt.bad
				  : setup.dies[0] ? setup.dies
						  : NULL,
				  &emulator->bad);
	if (!code)
		code = parse_slot("--mute-app", opt.mute, &emulator->mute);
	if (!code)
		code = parse_cut(&emulator->nor);
	if (!code)
		code = parse_failing(&emulator->nor);
	if (!code && opt.id && !is_id(opt.id))
		code = say_usage("--id: letters, digits, '-', '_' and '.' only");
	if (!code && opt.timing && strcmp(opt.timing, "none") != 0 &&
	    strcmp(opt.timing, ota_nor_w25q32.name) != 0)
		code = say_usage("--flash-timing: w25q32 or none, not '%s'", opt.timing);
	if (code)
		return code;
	emulator->nor.flash.table = table->offset;
	emulator->boot = setup.boot;
	emulator->confirms = setup.confirm;
	emulator->presence = opt.presence;
	emulator->config.insecure = opt.insecure;
	emulator->config.tls = opt.tls_cert != NULL;
	emulator->device.id = opt.id ? opt.id : emulator->device.id;
	emulator->device.name = opt.name;
	emulator->inflate = &ota_inflate_zlib;
	emulator->random = (uint32_t)time(NULL) ^ (uint32_t)getpid() << 16;
	emulator->log = tell;
	return EXIT_YES;
}

/* The device's key, as it would be flashed at the bench. */
static enum exit_code put_key(struct ota_emulator *emulator)
{
	struct ota_push_key key;
	const char *id = emulator->device.id;
	enum exit_code code = key_read(opt.key, &key);

	if (code)
		return code;
	if (!key.device[0])
		ota_key_derive(key.key, id, key.key);
	else if (strcmp(key.device, id) != 0)
		code = say_error(EXIT_NO, opt.key, "this is the key of %s, not of %s", key.device,
				 id);
	if (!code)
		(void)emulator->keys.set(emulator->keys.ctx, 0, key.key);
	ota_wipe(&key, sizeof(key));
	return code;
}

/* Before a restart: what it has cost since the last one. */
static void report(void *ctx)
{
	struct ota_emulator *emulator = ctx;
	const struct ota_nor_count *count = &emulator->nor.count;
	uint64_t micros;

	if (emulator->nor.dead)
		say_status("the power fails in flash operation %llu",
			   (unsigned long long)emulator->nor.ops);
	if (!opt.timing || strcmp(opt.timing, "none") == 0)
		return;
	micros = ota_nor_time(&ota_nor_w25q32, count) +
		 emulator->rx.hashed / ota_nor_w25q32.digest_mb;
	say_status("%s: %.3f s: %u + %u erases of 4 and 64 KiB, %u pages, %u bytes read, %u hashed",
		   opt.timing, (double)micros / 1e6, count->erases_4k, count->erases_64k,
		   count->pages, count->read + count->blank, emulator->rx.hashed);
	memset(&emulator->nor.count, 0, sizeof(emulator->nor.count));
}

static enum exit_code listen_somewhere(struct ota_server *server)
{
	char host[64] = "127.0.0.1";
	const char *given = opt.listen ? opt.listen : "127.0.0.1:8032";
	const char *colon = strrchr(given, ':');
	int error;

	if (!colon || (size_t)(colon - given) >= sizeof(host) || !colon[1])
		return say_usage("--listen: '%s' is not HOST:PORT", given);
	if (colon > given)
		snprintf(host, sizeof(host), "%.*s", (int)(colon - given), given);
	error = ota_server_listen(server, host, colon + 1);
	if (error)
		return say_error(EXIT_SYSTEM, given, "cannot listen: %s",
				 error < 0 ? gai_strerror(error) : strerror(error));
	return EXIT_YES;
}

static enum exit_code open_tls(struct ota_tls **tls)
{
	const char *file, *why;

	switch (ota_tls_open(opt.tls_cert, opt.tls_key, tls, &file, &why)) {
	case OTA_OK: return EXIT_YES;
	case OTA_E_MISSING:
		return say_error(EXIT_SYSTEM, NULL,
				 "https needs OpenSSL's libssl, which is not installed");
	case OTA_E_SYSTEM: return say_system(file, "cannot read");
	case OTA_E_MEMORY: return say_error(EXIT_BUG, NULL, "out of memory");
	default: return say_error(EXIT_NO, file, "cannot be used for https: %s", why);
	}
}

static enum exit_code serve(const char *name, struct ota_emulator *emulator,
			    const struct ota_bad_link *link, struct ota_tls *tls)
{
	const struct sigaction action = { .sa_handler = on_signal };
	const struct ota_cipher cipher = {
		tls,         ota_tls_begin,    ota_tls_peek,          ota_tls_take,
		ota_tls_put, ota_tls_has_more, ota_tls_wants_to_send, ota_tls_end
	};
	struct ota_server server = { .emulator = emulator,
				     .stop = &stop,
				     .restarted = report,
				     .ctx = emulator,
				     .bad = *link };
	enum ota_status status = ota_emulator_power_on(emulator);
	enum exit_code code = EXIT_YES;

	server.cipher = tls ? &cipher : NULL;
	if (!status || status == OTA_E_DEVICE) {
		code = listen_somewhere(&server);
		if (code)
			return code;
		if (tls)
			signal(SIGPIPE, SIG_IGN); /* libssl writes to sockets by write(2) */
		sigaction(SIGINT, &action, NULL);
		sigaction(SIGTERM, &action, NULL);
		signal(SIGBUS, on_bus_error);
		printf("%s\n", server.url);
		fflush(stdout);
		status = ota_server_run(&server);
		report(emulator);
		ota_server_close(&server);
	}
	if (status == OTA_E_MAGIC)
		return say_error(EXIT_NO, name, "no partition table at 0x%x",
				 emulator->nor.flash.table);
	if (status == OTA_E_VALUE)
		return say_error(
			EXIT_NO, name,
			"a rule of NOR flash was broken: is everything in the table on whole sectors?");
	if (status)
		return say_error(EXIT_NO, name, "nothing in it boots");
	return code;
}

static enum exit_code run(const char **args)
{
	static struct ota_emulator emulator;
	struct flash flash = { -1, NULL, 0 };
	struct ota_tls *tls = NULL;
	struct ota_bad_link link = { 0 };
	enum exit_code code = parse_link(&link);

	if (code)
		return code;
	if ((opt.key != NULL) + opt.insecure + opt.claim != 1)
		return say_usage("emulate: give --key FILE, --claim or --insecure");
	if (args[1] && !opt.new_size)
		return say_usage("an APP goes with --new only");
	if (!opt.tls_cert != !opt.tls_key)
		return say_usage("emulate: --tls-cert and --tls-key go together");
	if (opt.tls_cert)
		code = open_tls(&tls);
	if (!code && opt.new_size)
		code = make_flash(args[0], args[1]);
	if (!code)
		code = open_flash(args[0], &flash);
	if (!code) {
		ota_emulator_begin(&emulator, flash.data, (uint32_t)flash.size);
		code = set_up(&emulator);
	}
	if (!code && opt.key)
		code = put_key(&emulator);
	if (!code)
		code = serve(args[0], &emulator, &link, tls);
	close_flash(&flash);
	ota_tls_close(tls);
	return code;
}

const struct command cmd_emulate = { "emulate", "FLASH [APP]",
				     "run the receiver on a flash file, as a device would", options,
				     run };
