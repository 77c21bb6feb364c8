/* SPDX-License-Identifier: MIT */
/* net.h - lwIP on the board's Ethernet, at the address that the emulator's user network forwards to
 */
#ifndef BOARD_NET_H
#define BOARD_NET_H

#include <stdint.h>

void net_begin(const uint8_t mac[static 6]);

/* Take the frames that arrived and run lwIP's timers. Returns how many frames there were. */
unsigned net_poll(void);

/* Before a restart: take what has arrived, and nothing more. */
void net_end(void);

#endif
