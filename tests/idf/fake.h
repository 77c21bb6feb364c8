/* SPDX-License-Identifier: MIT */
/* fake.h - ESP-IDF's partition calls on the NOR model, so that the port's own file stands between the
 * receiver and the flash
 *
 * With encryption, what is written is mixed with a stream that depends on the address, as XTS does
 * it, in units of 16 bytes; erased flash then reads as noise. */
#ifndef TESTS_IDF_FAKE_H
#define TESTS_IDF_FAKE_H

#include "esp_partition.h"
#include "firmware/port/posix/nor.h"

/* Let the port's flash functions serve whoever uses this NOR from now on. */
void fake_attach(struct ota_nor *nor);

extern bool fake_encrypted;
extern unsigned fake_misuse; /* calls that the SDK would refuse or that break a rule of its own */
extern char fake_logged[2048]; /* all lines since fake_attach() */

#endif
