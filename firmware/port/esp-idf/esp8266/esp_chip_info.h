/* SPDX-License-Identifier: MIT */
/* ESP8266_RTOS_SDK has this elsewhere, or not at all. */
#pragma once
#include "esp_system.h"
#include "lib/chip.h"

#define CONFIG_IDF_FIRMWARE_CHIP_ID OTA_CHIP_ESP8266
