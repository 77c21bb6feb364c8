/* SPDX-License-Identifier: MIT */
/* server.h - moves bytes between lwIP's connections and the receiver's */
#ifndef BOARD_SERVER_H
#define BOARD_SERVER_H

#include "firmware/core/receiver.h"

#define SERVER_CONNS 4u

/* Listen at the receiver's port. */
void server_begin(struct ota_receiver *rx);

/* Give the receiver what arrived, send what it has to say, close what is done. */
void server_poll(void);

/* Before a restart: reset the connections that are still open, so that nobody waits for an answer. */
void server_end(void);

#endif
