/* SPDX-License-Identifier: MIT */
#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/say.h"
#include "lib/host/number.h"

static enum exit_code refuse_size(const char *name)
{
	return say_error(EXIT_NO, name, "larger than 256 MiB, no flash of this kind is");
}

/* Read to the end of what has no size of its own. */
static enum exit_code read_stream(int fd, struct file *file)
{
	size_t room = 0;

	for (;;) {
		ssize_t n;

		if (file->size == room) {
			uint8_t *more = realloc(file->data, room = room ? room * 2 : 64 << 10);

			if (!more)
				return say_system(file->name, "cannot read");
			file->data = more;
		}
		n = read(fd, file->data + file->size, room - file->size);
		if (n < 0 && errno != EINTR)
			return say_system(file->name, "cannot read");
		if (n == 0)
			return EXIT_YES;
		file->size += n > 0 ? (size_t)n : 0;
		if (file->size > FILE_SIZE_MAX)
			return refuse_size(file->name);
	}
}

/* Room for `size` bytes. Large pages spare a dump thousands of page faults, where the system has
 * them to give. */
static uint8_t *get_room(size_t size)
{
	enum { LARGE_PAGE = 2 << 20 };
	void *room = NULL;

	if (size < LARGE_PAGE)
		return malloc(size ? size : 1);
	if (posix_memalign(&room, LARGE_PAGE, size) != 0)
		return NULL;
	(void)madvise(room, size, MADV_HUGEPAGE);
	return room;
}

static enum exit_code read_regular(int fd, size_t size, struct file *file)
{
	file->data = get_room(size);
	if (!file->data)
		return say_system(file->name, "cannot read");
	while (file->size < size) {
		ssize_t n = read(fd, file->data + file->size, size - file->size);

		if (n < 0 && errno != EINTR)
			return say_system(file->name, "cannot read");
		if (n == 0)
			break;
		file->size += n > 0 ? (size_t)n : 0;
	}
	return EXIT_YES;
}

static enum exit_code read_with(const char *name, int flags, struct file *file)
{
	bool standard = !flags && strcmp(name, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | flags);
	struct stat st;
	enum exit_code code;

	*file = (struct file){ .name = standard ? "<stdin>" : name };
	if (fd < 0 || fstat(fd, &st) < 0) {
		code = say_system(file->name, "cannot open");
	} else if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		code = say_system(file->name, "cannot read");
	} else if (S_ISREG(st.st_mode) && st.st_size > (off_t)FILE_SIZE_MAX) {
		code = refuse_size(file->name);
	} else if (S_ISREG(st.st_mode) && st.st_size > 0 && lseek(fd, 0, SEEK_CUR) == 0) {
		code = read_regular(fd, (size_t)st.st_size, file);
	} else {
		code = read_stream(fd, file);
	}
	if (fd > STDIN_FILENO)
		close(fd);
	if (code)
		file_free(file);
	return code;
}

enum exit_code file_read(const char *name, struct file *file)
{
	return read_with(name, 0, file);
}

enum exit_code file_read_confined(const char *name, struct file *file)
{
	return read_with(name, O_NOFOLLOW | O_NONBLOCK, file);
}

void file_free(struct file *file)
{
	free(file->data);
	*file = (struct file){ 0 };
}

static bool put_all(int fd, const uint8_t *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR)
			return false;
		data += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* To a new file: whole blocks of zeros become holes. */
static bool put_sparse(int fd, const uint8_t *data, size_t size)
{
	enum { BLOCK = 4096 };
	size_t at = 0;

	while (at < size) {
		size_t start = at;

		while (at < size && (data[at] || size - at < BLOCK ||
				     memcmp(data + at, data + at + 1, BLOCK - 1) != 0))
			at += size - at < BLOCK ? size - at : BLOCK;
		if (!put_all(fd, data + start, at - start))
			return false;
		for (start = at; size - at >= BLOCK && !data[at] &&
				 memcmp(data + at, data + at + 1, BLOCK - 1) == 0;)
			at += BLOCK;
		if (at > start && lseek(fd, (off_t)(at - start), SEEK_CUR) < 0)
			return false;
	}
	return ftruncate(fd, (off_t)size) == 0;
}

static enum exit_code write_stream(int fd, const char *name, const void *data, size_t size,
				   enum file_kind kind)
{
	if (kind != FILE_TEXT && isatty(fd))
		return say_error(EXIT_USAGE, NULL,
				 "binary data is not written to a terminal: give -o FILE");
	fflush(stdout);
	return put_all(fd, data, size) ? EXIT_YES : say_system(name, "cannot write");
}

bool file_make_folders(const char *name)
{
	char *path = strdup(name);
	bool good = path != NULL;

	for (char *slash = path; good && (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		good = mkdir(path, 0777) == 0 || errno == EEXIST || errno == EISDIR;
		*slash = '/';
	}
	free(path);
	return good;
}

static void sync_folder(const char *name)
{
	char *path = strdup(name);
	int fd = path ? open(dirname(path), O_RDONLY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(path);
}

struct contents {
	const void *data;
	size_t size;
	enum file_kind kind;
};

/* Write beside `target`, then rename over it. */
static enum exit_code replace(const char *name, const char *target, const struct stat *old,
			      const struct contents *new)
{
	mode_t mask = umask(0), mode = old ? old->st_mode & 07777 : 0666 & ~mask;
	bool sync = new->kind == FILE_EDIT || new->kind == FILE_SECRET;
	char *temporary = NULL;
	enum exit_code code = EXIT_YES;
	int fd;

	umask(mask);
	if (asprintf(&temporary, "%s.XXXXXX", target) < 0)
		return say_system(name, "cannot write");
	fd = mkstemp(temporary);
	if (fd < 0 && errno == ENOENT && file_make_folders(target)) {
		memcpy(temporary + strlen(target), ".XXXXXX", 7);
		fd = mkstemp(temporary);
	}
	if (fd < 0) {
		code = say_system(name, "cannot create");
	} else if (fchmod(fd, new->kind == FILE_SECRET ? 0600 : mode) < 0 ||
		   !put_sparse(fd, new->data, new->size) || (sync && fsync(fd) < 0) ||
		   close(fd) < 0 || rename(temporary, target) < 0) {
		code = say_system(name, "cannot write");
		unlink(temporary);
	} else if (sync) {
		sync_folder(target);
	}
	free(temporary);
	return code;
}

enum exit_code file_check_output(const char *name)
{
	uint64_t value;

	if (ota_number_parse(name, strlen(name), &value))
		return EXIT_YES;
	say_error(EXIT_USAGE, NULL, "output file name '%s' is a number", name);
	say_note(NULL, "did you mean --offset %s? (./%s if you do not)", name, name);
	return EXIT_USAGE;
}

enum exit_code file_write(const char *name, const void *data, size_t size, enum file_kind kind)
{
	struct stat st;
	bool exists;
	char *target;
	enum exit_code code;

	if (strcmp(name, "-") == 0)
		return write_stream(STDOUT_FILENO, "<stdout>", data, size, kind);
	exists = stat(name, &st) == 0;
	if (exists && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		int fd = open(name, O_WRONLY | O_CLOEXEC);

		code = fd < 0 ? say_system(name, "cannot open")
			      : write_stream(fd, name, data, size, kind);
		if (fd >= 0 && close(fd) < 0 && !code)
			code = say_system(name, "cannot write");
		return code;
	}
	if (exists && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return say_system(name, "cannot write");
	}
	/* Through a symbolic link, so that the link stays one. */
	target = exists ? realpath(name, NULL) : strdup(name);
	if (!target)
		return say_system(name, "cannot write");
	code = replace(name, target, exists ? &st : NULL, &(struct contents){ data, size, kind });
	free(target);
	return code;
}
