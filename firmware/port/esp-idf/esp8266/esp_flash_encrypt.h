/* SPDX-License-Identifier: MIT */
/* ESP8266_RTOS_SDK has this elsewhere, or not at all. */
#pragma once
#include <stdbool.h>

static inline bool esp_flash_encryption_enabled(void)
{
	return false;
}
