/* SPDX-License-Identifier: MIT */
#pragma once
#define ESP_IDF_VERSION_VAL(major, minor, patch) (((major) << 16) | ((minor) << 8) | (patch))
#define ESP_IDF_VERSION_MAJOR 5
#define ESP_IDF_VERSION ESP_IDF_VERSION_VAL(5, 5, 0)
