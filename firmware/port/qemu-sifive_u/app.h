/* SPDX-License-Identifier: MIT */
/* app.h - an app on the board with the receiver in it: the part that every app would write */
#ifndef BOARD_APP_H
#define BOARD_APP_H

#include <stdbool.h>

/* Bring up flash, keys, network and the receiver. With `listen` false nothing answers, but the
 * receiver's timer runs. */
void app_begin(bool listen);

/* To be called again and again: moves frames, bytes and the receiver's work on by one step. */
void app_poll(void);

#endif
