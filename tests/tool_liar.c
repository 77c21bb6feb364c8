/* SPDX-License-Identifier: MIT */
/* tool_liar WORD... shows=IMAGE: a device that lies, fails, or (without a word) does as it says
 *
 * Prints its URL, then serves one connection after the other until it is killed. It writes nothing
 * down: after a switch it shows IMAGE as what runs, or whatever the words make it say. */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define OLD_IMAGE "0101010101010101010101010101010101010101010101010101010101010101"
#define OTHER_IMAGE "0707070707070707070707070707070707070707070707070707070707070707"

static char **words;
static char new_image[65];

/* What it claims to be in. */
static struct {
	bool switched, confirmed, cut_done;
	unsigned asked_after, puts, busy;
	unsigned long content; /* bytes that came */
} state;

struct request {
	char method[8], target[200], head[4096];
	size_t length; /* bytes of content */
};

static const char *value(const char *word)
{
	size_t n = strlen(word);

	for (char **w = words; *w; w++)
		if (strncmp(*w, word, n) == 0 && (!(*w)[n] || (*w)[n] == '='))
			return (*w)[n] ? *w + n + 1 : "";
	return NULL;
}

static bool says(const char *word)
{
	return value(word) != NULL;
}

static void put(int fd, const char *format, ...)
{
	char text[4096];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (int at = 0; at < n;) {
		ssize_t sent = send(fd, text + at, (size_t)(n - at), MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		at += (int)sent;
	}
}

static void answer(int fd, const char *status, const char *content)
{
	put(fd,
	    "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n"
	    "Content-Type: application/json\r\nLocation: http://127.0.0.1:9/\r\n\r\n%s",
	    status, strlen(content), content);
}

/* What runs after the switch. */
static const char *shown_image(bool restarted, bool back)
{
	if (!restarted || back || says("old") || says("rolled-back"))
		return OLD_IMAGE;
	return says("wrong") ? OTHER_IMAGE : new_image;
}

static unsigned boot_count(bool restarted, bool back)
{
	if (restarted && says("keeps-restarting"))
		return 2 + state.asked_after++;
	return restarted ? (back ? 3 : 2) : 1;
}

static void put_device(int fd)
{
	bool restarted = state.switched && !says("never-restarts");
	bool back = restarted && says("crashes-later") && ++state.asked_after > 1;
	bool slot1 =
		restarted && !back && !says("old") && !says("rolled-back") && !says("other-slot");
	bool trial = restarted && !back && !state.confirmed && !says("no-trial");
	const char *image = shown_image(restarted, back);
	char text[2048];

	snprintf(text, sizeof(text),
		 "{\"api\":1,\"features\":[%s],\"id\":\"%s\",\"chip\":\"%s\",\"revision\":0,"
		 "\"project\":\"lamp\",\"version\":\"%s\",\"boot\":\"%016x\",\"running\":\"%s\","
		 "\"selected\":\"%s\",\"next\":%s,\"via\":%s,\"state\":\"%s\",\"ready\":%s,"
		 "\"rollback\":\"yes\",\"last\":null,\"last_trial\":%s,\"insecure\":true,"
		 "\"max_image\":1048576,\"window\":4096,\"surprise\":{\"x\":[1]},"
		 "\"slots\":[{\"name\":\"ota_0\",\"size\":1048576,\"image\":\"%s\"},"
		 "{\"name\":\"ota_1\",\"size\":1048576,\"image\":\"%s\"}]}",
		 says("no-deflate") ? "" : "\"deflate\"",
		 restarted && says("other-id") ? "somebody" : "liar",
		 says("chip") ? value("chip") : "esp32c3",
		 says("escapes") ? "\\u001b[2J\\u009b2J" : "1", boot_count(restarted, back),
		 slot1 ? "ota_1" : "ota_0", slot1 && !says("selects-old") ? "ota_1" : "ota_0",
		 says("no-slot") || says("via-factory") || says("no-way") ? "null"
		 : slot1                                                  ? "\"ota_0\""
									  : "\"ota_1\"",
		 says("via-factory") ? "\"factory\""
		 : says("no-way")    ? "\"moon\""
				     : "null",
		 says("on-trial") || (trial && slot1) ? "pending" : "valid",
		 says("never-ready") ? "false" : "true",
		 restarted && (back || says("rolled-back"))
			 ? "{\"image\":\"@\",\"state\":\"aborted\",\"reset\":\"panic\"}"
			 : "null",
		 slot1 ? OLD_IMAGE : image, slot1 ? image : OTHER_IMAGE);
	if (strchr(text, '@')) {
		char whole[2200];

		snprintf(whole, sizeof(whole), "%.*s%s%s", (int)(strchr(text, '@') - text), text,
			 new_image, strchr(text, '@') + 1);
		answer(fd, "200 OK", whole);
		return;
	}
	answer(fd, "200 OK", text);
}

/* The value of a field; "" where it is missing. */
static const char *field(const struct request *request, const char *name)
{
	static char text[200];
	const char *line = request->head;
	size_t n = strlen(name);

	text[0] = '\0';
	for (; (line = strstr(line, "\r\n")) && line[2] != '\r'; line += 2)
		if (strncasecmp(line + 2, name, n) == 0 && line[2 + n] == ':')
			sscanf(line + 3 + n, " %199[^\r]", text);
	return text;
}

static bool read_head(int fd, struct request *request)
{
	size_t n = 0;

	memset(request, 0, sizeof(*request));
	while (n < sizeof(request->head) - 1 && !strstr(request->head, "\r\n\r\n")) {
		if (recv(fd, request->head + n, 1, 0) != 1)
			return false;
		n++;
	}
	request->length = strtoul(field(request, "Content-Length"), NULL, 10);
	return sscanf(request->head, "%7s %199s", request->method, request->target) == 2;
}

/* false: it is to be cut here. */
static bool read_content(int fd, size_t length)
{
	char buf[4096];
	bool cuts = says("cut") && (!state.cut_done || says("again"));
	unsigned long cut = cuts ? strtoul(value("cut"), NULL, 10) : 0;

	while (length) {
		ssize_t n = recv(fd, buf, length < sizeof(buf) ? length : sizeof(buf), 0);

		if (n <= 0)
			return false;
		length -= (size_t)n;
		state.content += (unsigned long)n;
		if (cuts && state.content >= cut) {
			state.cut_done = true;
			return false;
		}
	}
	return true;
}

static void put_image(int fd, const struct request *request)
{
	bool last = field(request, "OTA-Commit")[0];
	const char *coding = field(request, "Content-Encoding");

	if (says("no-memory") && coding[0])
		answer(fd, "415 Unsupported Media Type", "{\"error\":\"OTA_CODING\"}");
	else if (says("refuses"))
		answer(fd,
		       value("refuses")[0] == '5' ? "500 Internal Server Error"
						  : "422 Unprocessable Content",
		       "{\"error\":\"OTA_FLASH\",\"code\":24577,\"stage\":\"write\",\"detail\":"
		       "\"sector\",\"offset\":4096}");
	else if (says("busy") && state.busy++ < 2)
		answer(fd, "409 Conflict", "{\"error\":\"OTA_BUSY\"}");
	else if (last && says("loses-answer"))
		state.switched = true;
	else {
		state.switched = last;
		answer(fd, "200 OK", last ? "{\"done\":true}" : "{\"done\":false}");
	}
}

static void confirm(int fd)
{
	if (says("refuses-confirm")) {
		answer(fd, "409 Conflict", "{\"error\":\"OTA_NOT_READY\"}");
		return;
	}
	state.confirmed = !says("forgets-confirm");
	answer(fd, "200 OK", "{\"done\":true}");
}

/* Until the other end gives up. */
static void hang(int fd)
{
	while (recv(fd, (char[1]){ 0 }, 1, 0) == 1)
		continue;
}

/* "hangs=WORD": at requests that have WORD in their head. */
static bool hangs_at(const struct request *request)
{
	return says("hangs") && strstr(request->head, value("hangs"));
}

/* Lies that need no look at the request. true: that was all. */
static bool lie_at_once(int fd)
{
	if (says("closes"))
		return true;
	if (says("mute"))
		hang(fd);
	else if (says("speaks-tls"))
		(void)!send(fd, "\x15\x03\x01\x00\x02\x02\x46", 7, MSG_NOSIGNAL); /* an alert */
	else if (says("401"))
		answer(fd, "401 Unauthorized", "{\"error\":\"OTA_NO_KEY\",\"code\":null}");
	else if (says("redirect"))
		answer(fd, "302 Found", "");
	else if (says("html"))
		answer(fd, "200 OK", "<html>It works!</html>");
	else if (says("404"))
		answer(fd, "404 Not Found", "no");
	else if (says("poor"))
		answer(fd, "200 OK", "{\"api\":1,\"id\":\"liar\",\"slots\":[]}");
	else if (says("endless")) {
		put(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
		while (send(fd, "          ", 10, MSG_NOSIGNAL) == 10)
			continue;
	} else if (says("drips")) {
		put(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
		while (send(fd, " ", 1, MSG_NOSIGNAL) == 1)
			poll(NULL, 0, 100);
	} else {
		return false;
	}
	return true;
}

static void serve(int fd)
{
	struct request request;

	if (says("garbage"))
		put(fd, "220 smtp.example ESMTP\r\n");
	if (!read_head(fd, &request) || !read_content(fd, request.length) || lie_at_once(fd))
		return;
	if (hangs_at(&request)) {
		hang(fd);
		return;
	}
	if (strcmp(request.method, "GET") == 0 && strcmp(request.target, "/ota/v1/device") == 0)
		put_device(fd);
	else if (strcmp(request.method, "PUT") == 0)
		put_image(fd, &request);
	else if (strncmp(request.target, "/ota/v1/confirm", 15) == 0)
		confirm(fd);
	else
		answer(fd, "404 Not Found", "{\"error\":\"OTA_NOT_FOUND\"}");
}

/* The last 32 bytes of the image are the digest that is stored in it. */
static void read_image(const char *name)
{
	FILE *file = name ? fopen(name, "rb") : NULL;
	unsigned char digest[32] = { 0 };

	if (!file || fseek(file, -32, SEEK_END) != 0 ||
	    fread(digest, 1, sizeof(digest), file) != sizeof(digest)) {
		fprintf(stderr, "tool_liar: no image\n");
		exit(2);
	}
	fclose(file);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(new_image + 2 * i, 3, "%02x", digest[i]);
}

static int listen_at(struct sockaddr_in *at)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(*at);

	if (bind(listener, (struct sockaddr *)at, size) < 0 || listen(listener, 16) < 0 ||
	    getsockname(listener, (struct sockaddr *)at, &size) < 0)
		exit(1);
	return listener;
}

/* "moves=ADDRESS": after the switch it is found there, at the same port; the file `names` says so. */
static int move(int listener, struct sockaddr_in *at)
{
	FILE *names = fopen("names", "w");

	close(listener);
	inet_pton(AF_INET, value("moves"), &at->sin_addr);
	listener = listen_at(at);
	if (!names || fprintf(names, "lamp.test %s\n", value("moves")) < 0 || fclose(names) != 0)
		exit(1);
	return listener;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = listen_at(&at), fd;
	bool moved = false;

	(void)argc;
	words = argv + 1;
	read_image(value("shows"));
	printf("http://127.0.0.1:%u\n", ntohs(at.sin_port));
	fflush(stdout);
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		serve(fd);
		close(fd);
		if (says("vanishes") && state.switched)
			break;
		if (says("moves") && state.switched && !moved) {
			moved = true;
			listener = move(listener, &at);
		}
	}
	close(listener);
	pause();
	return 0;
}
