/* SPDX-License-Identifier: MIT */
/* tool_await FILE PID SECONDS COUNT TEXT: wait until COUNT lines of FILE hold TEXT, while process PID
 * writes to it. Exit status 0: they do; 1: the process has ended before; 3: it still runs after
 * SECONDS, which is a bound for tests that hang and no measure of anything. */
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define POLL_MS 2

/* Whole lines of `file` from where it stands; what follows the last one is read again later. */
static long count_lines(FILE *file, const char *text)
{
	static char line[4096];
	long count = 0, start = ftell(file);

	while (fgets(line, sizeof(line), file) && strchr(line, '\n')) {
		count += strstr(line, text) != NULL;
		start = ftell(file);
	}
	clearerr(file);
	fseek(file, start, SEEK_SET);
	return count;
}

/* Has the process ended within POLL_MS? */
static bool has_ended(int process)
{
	struct pollfd ended = { .fd = process, .events = POLLIN };

	return poll(&ended, 1, POLL_MS) > 0;
}

static int await(FILE *file, int process, time_t seconds, long count, const char *text)
{
	struct timespec now;
	time_t end;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + seconds;
	while (now.tv_sec <= end) {
		bool ended = process < 0 || has_ended(process);

		count -= count_lines(file, text);
		if (count <= 0)
			return 0;
		if (ended)
			return 1;
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	fprintf(stderr, "tool_await: \"%s\" has not come in %ld s\n", text, (long)seconds);
	return 3;
}

int main(int argc, char **argv)
{
	FILE *file = argc == 6 ? fopen(argv[1], "r") : NULL;

	if (!file) {
		fprintf(stderr, "usage: tool_await FILE PID SECONDS COUNT TEXT\n");
		return 2;
	}
	return await(file, (int)syscall(SYS_pidfd_open, (pid_t)strtol(argv[2], NULL, 10), 0),
		     strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10), argv[5]);
}
