/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdint.h>
uint32_t efuse_hal_blk_version(void);
