/* SPDX-License-Identifier: MIT */
/* tool_raw URL [PIECE]: send what stdin holds to the host and port of URL, PIECE bytes at a time, and
 * print the first line and the error of each answer until the other end closes or falls silent. */
#include <netdb.h>
#include <poll.h>
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

static void show(char *answer)
{
	char *error = strstr(answer, "{\"error\":\""), *end;

	answer[strcspn(answer, "\r")] = '\0';
	puts(answer[0] ? answer : "nothing");
	if (!error)
		return;
	error += 10;
	end = strchr(error, '"');
	if (end)
		*end = '\0';
	puts(error);
}

int main(int argc, char **argv)
{
	static char data[65536], answer[65536];
	size_t size = fread(data, 1, sizeof(data), stdin), at = 0, got = 0;
	size_t piece = argc > 2 ? strtoul(argv[2], NULL, 10) : sizeof(data);
	int fd = argc > 1 ? dial(argv[1]) : -1;
	ssize_t n = 1;

	if (fd < 0 || !piece)
		return 1;
	while (at < size && n > 0) {
		n = send(fd, data + at, size - at < piece ? size - at : piece, MSG_NOSIGNAL);
		at += n > 0 ? (size_t)n : 0;
	}
	for (n = 1; n > 0 && got<sizeof(answer) - 1; got += n> 0 ? (size_t)n : 0) {
		struct pollfd wait = { fd, POLLIN, 0 };

		n = poll(&wait, 1, 8000) > 0 ? recv(fd, answer + got, sizeof(answer) - 1 - got, 0)
					     : 0;
	}
	show(answer);
	close(fd);
	return 0;
}
