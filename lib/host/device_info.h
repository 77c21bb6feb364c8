/* SPDX-License-Identifier: MIT */
/* device_info.h - what a receiver says of itself: GET /ota/v1/device
 *
 * Members that are not known are left aside; absent facts are "" or zeros and said to be so. */
#ifndef OTA_HOST_DEVICE_INFO_H
#define OTA_HOST_DEVICE_INFO_H

#include <jansson.h>

#include "lib/sha256.h"
#include "lib/status.h"

#define OTA_INFO_SLOTS_MAX 17u /* 16 OTA slots and factory */
#define OTA_INFO_NAME_SIZE 33u
#define OTA_INFO_HEX_SIZE (2u * OTA_SHA256_SIZE + 1u)

struct ota_slot_info {
	char name[OTA_INFO_NAME_SIZE];
	char state[OTA_INFO_NAME_SIZE]; /* of its record; "": none */
	char project[OTA_INFO_NAME_SIZE], version[OTA_INFO_NAME_SIZE];
	char image[OTA_INFO_HEX_SIZE]; /* the digest stored behind the image; "": none */
	uint32_t size; /* bytes */
};

/* How the last upload or the last trial ended. */
struct ota_ending_info {
	bool known;
	char image[OTA_INFO_HEX_SIZE]; /* last: digest of all that was sent; trial: stored digest */
	char how[OTA_INFO_NAME_SIZE]; /* last: "OTA_DIGEST", "": well; trial: "aborted", "invalid" */
	char reason[OTA_INFO_NAME_SIZE]; /* of the reset; "": unknown */
};

struct ota_device_info {
	json_t *json; /* all of it */
	char id[65], chip[OTA_INFO_NAME_SIZE], receiver[OTA_INFO_NAME_SIZE];
	char project[OTA_INFO_NAME_SIZE], version[OTA_INFO_NAME_SIZE];
	char elf_sha256[OTA_INFO_HEX_SIZE];
	char boot[OTA_INFO_NAME_SIZE]; /* new at each start */
	char running[OTA_INFO_NAME_SIZE], selected[OTA_INFO_NAME_SIZE];
	char next[OTA_INFO_NAME_SIZE]; /* the slot that an upload goes to; "": none is free */
	char via[OTA_INFO_NAME_SIZE]; /* "factory": only from there */
	char state[OTA_INFO_NAME_SIZE]; /* of the running app: "valid", "pending" ... */
	char rollback[OTA_INFO_NAME_SIZE]; /* "yes", "no", "unknown" */
	uint32_t api, revision, secure_version, max_image, window;
	bool ready, insecure, deflate, blocks;
	struct ota_ending_info last, last_trial;
	struct ota_slot_info slots[OTA_INFO_SLOTS_MAX];
	size_t slot_count;
};

/* Read `size` bytes of JSON. OTA_E_MAGIC: no receiver speaks so; OTA_E_VALUE: a member that every
 * receiver has is missing or of another type. Release with ota_device_info_free(), whatever is
 * returned. */
OTA_MUST_CHECK enum ota_status ota_device_info_parse(const char *text, size_t size,
						     struct ota_device_info *info);
void ota_device_info_free(struct ota_device_info *info);

/* NULL: it has none of that name. */
const struct ota_slot_info *ota_device_info_slot(const struct ota_device_info *info,
						 const char *name);

/* The stored digest of what runs, lower-case hex; "": not known. */
const char *ota_device_info_running_image(const struct ota_device_info *info);

#endif
