/* SPDX-License-Identifier: MIT */
/* boot_slots.c - which rows of a table the bootloader remembers, and three ways of counting them */
#include <string.h>

#include "lib/boot.h"
#include "lib/subtype.h"

void ota_slots_begin(struct ota_slots *slots)
{
	*slots = (struct ota_slots){
		.factory = OTA_NO_ROW,
		.test = OTA_NO_ROW,
		.otadata = OTA_NO_ROW,
		.tee = { OTA_NO_ROW, OTA_NO_ROW },
		.tee_otadata = OTA_NO_ROW,
	};
	memset(slots->ota, OTA_NO_ROW, sizeof(slots->ota));
}

static void add_app(struct ota_slots *slots, unsigned subtype, uint8_t row)
{
	if (subtype == OTA_APP_FACTORY)
		slots->factory = row;
	else if (subtype == OTA_APP_TEST)
		slots->test = row;
	else if (subtype == OTA_APP_TEE_0 || subtype == OTA_APP_TEE_1)
		slots->tee[subtype - OTA_APP_TEE_0] = row;
	if (subtype < OTA_APP_OTA_0 || subtype > OTA_APP_OTA_15)
		return;
	slots->ota[subtype - OTA_APP_OTA_0] = row;
	slots->count++;
}

void ota_slots_add(struct ota_slots *slots, unsigned type, unsigned subtype, uint32_t size,
		   uint8_t row)
{
	if (subtype >= OTA_APP_OTA_0 && subtype <= OTA_APP_OTA_15)
		slots->numbered |= (uint16_t)(1u << (subtype - OTA_APP_OTA_0));
	if (type == OTA_TYPE_APP) {
		add_app(slots, subtype, row);
	} else if (type == OTA_TYPE_DATA && subtype == OTA_DATA_OTA) {
		slots->otadata = row;
		slots->otadata_size = size;
	} else if (type == OTA_TYPE_DATA && subtype == OTA_DATA_TEE_OTA) {
		slots->tee_otadata = row;
		slots->tee_otadata_size = size;
	}
}

unsigned ota_slots_count_app(const struct ota_slots *slots)
{
	unsigned count = 0;

	while (count < OTA_SLOTS_MAX && slots->ota[count] != OTA_NO_ROW)
		count++;
	return count + (count == OTA_SLOTS_MAX && slots->test != OTA_NO_ROW);
}

unsigned ota_slots_count_script(const struct ota_slots *slots)
{
	unsigned count = 0;

	while (count < OTA_SLOTS_MAX && slots->numbered >> count & 1)
		count++;
	return count;
}

unsigned ota_slots_row(const struct ota_slots *slots, int choice)
{
	if (choice == OTA_CHOICE_FACTORY)
		return slots->factory;
	if (choice == OTA_CHOICE_TEST)
		return slots->test;
	if (choice == OTA_CHOICE_TEE(0) || choice == OTA_CHOICE_TEE(1))
		return slots->tee[OTA_CHOICE_TEE(0) - choice];
	if (choice < 0 || choice >= (int)OTA_SLOTS_MAX || choice >= (int)slots->count)
		return OTA_NO_ROW;
	return slots->ota[choice];
}
