/* SPDX-License-Identifier: MIT */
/* fake.h - ESP-IDF's flash calls on the NOR model, so that the port's own file stands between the
 * receiver and the flash
 *
 * With encryption all flash from the partition table on is encrypted (cipher.h); writes then come in
 * whole blocks, erased flash reads as noise, and what is programmed is ANDed to what is there in its
 * encrypted form. A call that the SDK would refuse counts as misuse of the NOR. */
#ifndef TESTS_IDF_FAKE_H
#define TESTS_IDF_FAKE_H

#include "esp_partition.h"
#include "tests/rx_medium.h"

/* Let the port's flash functions serve whoever uses this NOR from now on; again after the table in it
 * was changed. */
void fake_attach(struct ota_nor *nor, bool encrypted);

/* As the device reads it, wherever that is. */
int fake_read(uint32_t addr, void *data, size_t size);

extern char fake_logged[2048]; /* all lines since fake_attach() */

#endif
