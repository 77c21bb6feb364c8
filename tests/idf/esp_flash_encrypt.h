/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>
bool esp_flash_encryption_enabled(void);
