/* SPDX-License-Identifier: MIT */
#pragma once
#include "esp_partition.h"
typedef uint32_t esp_ota_handle_t;
