/* SPDX-License-Identifier: MIT */
#pragma once
/* The host's sockets; a listener takes a port of its own choice: fake_port. */
#ifdef __riscv /* to measure with: no more of lwIP is needed than the size of this */
#include <stdint.h>
typedef struct {
	uint32_t bits[2];
} fd_set;
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
extern unsigned short fake_port;
int fake_bind(int fd, const struct sockaddr *address, socklen_t size);
int fake_accept(int fd, struct sockaddr *address, socklen_t *size);
int fake_select(int count, fd_set *readable, fd_set *writable, fd_set *failed,
		struct timeval *wait);
#define bind fake_bind
#define accept fake_accept
#define select fake_select
#endif
