/* SPDX-License-Identifier: MIT */
/* tool_raw URL [PIECE [drop | MS]]: send what stdin holds to the host and port of URL, PIECE bytes at a
 * time, MS milliseconds apart, and print the first line and the error of each answer until the other
 * end closes or falls silent. With "drop" nothing is sent any more then, which the other end sees. */
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int dial(const char *url)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	char host[64], *port;
	int fd;

	snprintf(host, sizeof(host), "%s", strncmp(url, "http://", 7) == 0 ? url + 7 : url);
	port = strrchr(host, ':');
	if (!port)
		return -1;
	*port++ = '\0';
	if (getaddrinfo(host, port, &hints, &list) != 0)
		return -1;
	fd = socket(list->ai_family, list->ai_socktype, 0);
	if (fd >= 0 && connect(fd, list->ai_addr, list->ai_addrlen) < 0) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	return fd;
}

static void show_one(char *answer)
{
	char *error = strstr(answer, "{\"error\":\"");

	printf("%.*s\n", (int)strcspn(answer, "\r"), answer);
	if (error)
		printf("%.*s\n", (int)strcspn(error + 10, "\""), error + 10);
}

static void show(char *answer, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!answer[i])
			answer[i] = '.';
	if (!answer[0])
		puts("nothing");
	while (answer[0]) {
		char *next = strstr(answer + 1, "HTTP/1.1 ");

		if (next)
			next[-1] = '\0';
		show_one(answer);
		if (!next)
			return;
		answer = next;
	}
}

int main(int argc, char **argv)
{
	static char data[1 << 20], answer[65536];
	size_t size = fread(data, 1, sizeof(data), stdin), at = 0, got = 0;
	size_t piece = argc > 2 ? strtoul(argv[2], NULL, 10) : sizeof(data);
	bool drop = argc > 3 && strcmp(argv[3], "drop") == 0;
	int fd = argc > 1 ? dial(argv[1]) : -1,
	    pause = argc > 3 && !drop ? (int)strtol(argv[3], NULL, 10) : 0;
	ssize_t n = 1;

	if (fd < 0 || !piece)
		return 1;
	while (at < size && n > 0) {
		n = send(fd, data + at, size - at < piece ? size - at : piece, MSG_NOSIGNAL);
		at += n > 0 ? (size_t)n : 0;
		poll(NULL, 0, pause);
	}
	if (drop)
		shutdown(fd, SHUT_WR);
	for (n = 1; n > 0 && got<sizeof(answer) - 1; got += n> 0 ? (size_t)n : 0) {
		struct pollfd wait = { fd, POLLIN, 0 };

		n = poll(&wait, 1, 8000) > 0 ? recv(fd, answer + got, sizeof(answer) - 1 - got, 0)
					     : 0;
	}
	if (!drop || got)
		show(answer, got);
	close(fd);
	return 0;
}
