/* SPDX-License-Identifier: MIT */
#include "lib/host/known_devices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_SIZE 512

void ota_known_device(const char *file, const char *host, char id[static OTA_DEVICE_ID_MAX + 1])
{
	char line[LINE_SIZE], name[LINE_SIZE], value[OTA_DEVICE_ID_MAX + 1];
	FILE *in = fopen(file, "re");

	id[0] = '\0';
	while (in && fgets(line, sizeof(line), in))
		if (line[0] != '#' && sscanf(line, "%511s %64s", name, value) == 2 &&
		    strcmp(name, host) == 0 && ota_device_id_good(value))
			memcpy(id, value, sizeof(value));
	if (in)
		fclose(in);
}

/* The folder the file is in, one level of it above too: ~/.config/otatool. */
static void make_folders(const char *file)
{
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s", file) >= sizeof(path))
		return;
	for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		(void)mkdir(path, 0777);
		*slash = '/';
	}
}

enum ota_status ota_known_device_add(const char *file, const char *host, const char *id)
{
	char line[LINE_SIZE];
	int n = snprintf(line, sizeof(line), "%s %s\n", host, id);
	int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	bool good;

	if (n >= LINE_SIZE)
		return OTA_E_FULL;
	if (fd < 0 && errno == ENOENT) {
		make_folders(file);
		fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	}
	if (fd < 0)
		return OTA_E_SYSTEM;
	good = write(fd, line, (size_t)n) == n;
	return close(fd) == 0 && good ? OTA_OK : OTA_E_SYSTEM;
}
