/* SPDX-License-Identifier: MIT */
/* cc.h - what lwIP asks of compiler and platform */
#ifndef ARCH_CC_H
#define ARCH_CC_H

#include <stdint.h>

#include "firmware/port/qemu-sifive_u/board.h"

#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(text) board_restart("lwip: " text)

uint32_t board_lwip_random(void);
#define LWIP_RAND() board_lwip_random()

#endif
