/* SPDX-License-Identifier: MIT */
/* The receiver's own tests once more, with the ESP-IDF port's file between it and the flash. */
#include "tests/idf/fake.h"

#define RX_FLASH_HOOK fake_attach
/* The same file, so that they are the same tests. NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "tests/test_receiver.c"
