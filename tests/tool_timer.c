/* SPDX-License-Identifier: MIT */
/* tool_timer RUNS COMMAND...: the median wall time of whole processes in microseconds, and their
 * peak memory in KiB. Commands are separated by "--" and take turns, so that a noisy moment meets
 * all of them alike. Output of the commands is thrown away. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define COMMANDS_MAX 16
#define RUNS_MAX 10000

extern char **environ;

struct job {
	char **argv;
	double *times; /* microseconds */
	long memory; /* KiB, the most of all runs */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int run_once(struct job *job, const posix_spawn_file_actions_t *actions, int i)
{
	struct rusage usage;
	double begin = now();
	int status;
	pid_t pid;

	if (!job->argv[0])
		return 1;
	errno = posix_spawnp(&pid, job->argv[0], actions, NULL, job->argv, environ);
	if (errno || wait4(pid, &status, 0, &usage) < 0) {
		perror(job->argv[0]);
		return 1;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
		fprintf(stderr, "tool_timer: %s failed\n", job->argv[0]);
		return 1;
	}
	job->times[i] = now() - begin;
	job->memory = usage.ru_maxrss > job->memory ? usage.ru_maxrss : job->memory;
	return 0;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static struct job jobs[COMMANDS_MAX];
	int runs = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0, count = 0;
	posix_spawn_file_actions_t actions;

	if (runs < 1 || runs > RUNS_MAX) {
		fprintf(stderr, "usage: tool_timer RUNS COMMAND... [-- COMMAND...]\n");
		return 2;
	}
	for (int i = 2; i < argc && count < COMMANDS_MAX; i++) {
		jobs[count].argv = &argv[i];
		jobs[count++].times = calloc((size_t)runs, sizeof(double));
		while (i < argc && strcmp(argv[i], "--") != 0)
			i++;
		argv[i] = NULL;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	for (int i = 0; i < runs; i++)
		for (int k = 0; k < count; k++)
			if (run_once(&jobs[k], &actions, i))
				return 1;
	posix_spawn_file_actions_destroy(&actions);
	for (int k = 0; k < count; k++) {
		qsort(jobs[k].times, (size_t)runs, sizeof(double), by_size);
		printf("%.0f %ld\n", jobs[k].times[runs / 2], jobs[k].memory);
		free(jobs[k].times);
	}
	return 0;
}
