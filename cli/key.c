/* SPDX-License-Identifier: MIT */
#include "cli/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/file.h"
#include "cli/say.h"
#include "lib/host/crypto_load.h"
#include "lib/host/number.h"

static char *key_file, *key_env;

struct poptOption key_options[] = {
	{ "key", 0, POPT_ARG_STRING, &key_file, 0,
	  "Sign with the key in FILE, or read it from file descriptor N (fd:N)", "FILE" },
	{ "key-env", 0, POPT_ARG_STRING, &key_env, 0,
	  "Sign with the key line that is in environment variable VAR", "VAR" },
	POPT_TABLEEND
};

bool key_config_path(const char *name, char *path, size_t room)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int n = -1;

	if (config && config[0] == '/')
		n = snprintf(path, room, "%s/otatool/%s", config, name);
	else if (home && home[0])
		n = snprintf(path, room, "%s/.config/otatool/%s", home, name);
	return n > 0 && (size_t)n < room;
}

/* A core of a process that has keys would hold them. To 1, and not 0, cores that the kernel pipes to a
 * program obey too: core(5). */
static void leave_no_core(void)
{
	const struct rlimit none = { 1, 1 };

	(void)setrlimit(RLIMIT_CORE, &none);
}

static enum exit_code take(const char *name, const char *text, size_t size,
			   struct ota_push_key *key)
{
	struct ota_diag diag;
	enum ota_status status;

	if (!ota_crypto())
		return say_error(EXIT_SYSTEM, NULL,
				 "keys need OpenSSL's libcrypto, which is not installed");
	leave_no_core();
	status = ota_push_key_parse(text, size, key, &diag);
	return status ? say_failure(name, status, &diag) : EXIT_YES;
}

/* The whole of a small file; it is closed. */
static enum exit_code read_fd(int fd, const char *name, struct ota_push_key *key)
{
	char text[4096];
	enum exit_code code;
	size_t size = 0;
	ssize_t n = 1;

	while (size < sizeof(text) && n > 0) {
		n = read(fd, text + size, sizeof(text) - size);
		size += n > 0 ? (size_t)n : 0;
	}
	code = n < 0 ? say_system(name, "cannot read") : take(name, text, size, key);
	close(fd);
	ota_wipe(text, sizeof(text));
	return code;
}

enum exit_code key_read(const char *name, struct ota_push_key *key)
{
	struct stat st;
	uint64_t number;
	int fd;

	if (strncmp(name, "fd:", 3) == 0) {
		if (ota_number_parse(name + 3, strlen(name + 3), &number) || number > 65535)
			return say_usage("--key: '%s' names no file descriptor", name);
		return read_fd((int)number, name, key);
	}
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return say_system(name, "cannot open");
	if (S_ISREG(st.st_mode) && (st.st_mode & 077)) {
		close(fd);
		return say_error(EXIT_SYSTEM, name,
				 "others can read this key (chmod 600 it, and think of a new one)");
	}
	return read_fd(fd, name, key);
}

static enum exit_code read_variable(struct ota_push_key *key)
{
	const char *line = getenv(key_env);

	if (!line)
		return say_error(EXIT_USAGE, NULL, "--key-env: %s is not set", key_env);
	return take(key_env, line, strlen(line), key);
}

enum exit_code key_find(struct ota_push_key *key, bool *found)
{
	const char *file = getenv("OTATOOL_KEY_FILE");
	char path[4096];

	*found = true;
	memset(key, 0, sizeof(*key));
	if (key_file && key_env)
		return say_usage("--key and --key-env: give one of them");
	if (key_env)
		return read_variable(key);
	if (key_file)
		return key_read(key_file, key);
	if (file && file[0])
		return key_read(file, key);
	if (key_config_path("key", path, sizeof(path)) && access(path, F_OK) == 0)
		return key_read(path, key);
	*found = false;
	return EXIT_YES;
}

enum exit_code key_write(const char *name, const struct ota_push_key *key)
{
	char line[OTA_KEY_LINE_MAX];
	enum exit_code code = EXIT_YES;
	int fd;

	leave_no_core();
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == ENOENT && file_make_folders(name))
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return say_system(name, "cannot create");
	ota_push_key_print(key, line);
	if (write(fd, line, strlen(line)) != (ssize_t)strlen(line) || fsync(fd) < 0 ||
	    close(fd) < 0)
		code = say_system(name, "cannot write");
	ota_wipe(line, sizeof(line));
	return code;
}
