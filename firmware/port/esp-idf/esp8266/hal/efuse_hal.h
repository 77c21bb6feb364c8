/* SPDX-License-Identifier: MIT */
/* ESP8266_RTOS_SDK has this elsewhere, or not at all. */
#pragma once
#include <stdint.h>

/* Its images ask for no revision. */
static inline uint32_t efuse_hal_blk_version(void)
{
	return UINT16_MAX;
}
