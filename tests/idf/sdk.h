/* SPDX-License-Identifier: MIT */
/* sdk.h - the rest of ESP-IDF that the component calls, for one device: NVS, time, restart, memory,
 * sockets, updates of the app's own */
#ifndef TESTS_IDF_SDK_H
#define TESTS_IDF_SDK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/idf/fake.h"

#define FAKE_NVS_MAX 8

/* What outlives a restart. */
struct fake_nvs {
	bool missing; /* no such partition */
	bool full; /* a write finds no room */
	unsigned count;
	struct {
		char key[16];
		char value[3000];
		size_t size;
	} entries[FAKE_NVS_MAX];
};

struct fake_sdk {
	struct fake_nvs *nvs;
	int running; /* slot, or OTA_CHOICE_FACTORY; 16: the test app */
	int64_t now_us;
	bool real_time; /* the host's clock and random bytes instead */
	bool restarted;
	bool bad_signature; /* secure boot refuses images */
	unsigned mallocs, live; /* of the component */
	int no_memory; /* as many of its allocations fail */
	unsigned engines; /* digests that hold the hardware */
	unsigned verified; /* calls of esp_image_verify() */
	unsigned marked; /* real calls that changed otadata */
	bool entropy; /* the generator is fed by the ADC now */
	bool random_was_fed;
	int no_sockets, broken; /* as many accepts fail, selects */
	unsigned delays;
	bool no_task;
};

extern struct fake_sdk fake;

void fake_nvs_put(struct fake_nvs *nvs, const char *key, const void *value, size_t size);

#endif
