/* SPDX-License-Identifier: MIT */
/* device.c - who this is, what runs, and what the app says of itself */
#include <stdio.h>

#include "bootloader_random.h"
#include "esp_app_desc.h"
#include "esp_chip_info.h"
#include "esp_efuse.h"
#include "esp_log.h"
#include "esp_mac.h"
#include "esp_ota_ops.h"
#include "esp_random.h"
#include "esp_system.h"
#include "hal/efuse_hal.h"
#include "lib/boot.h"
#include "lib/marker.h"
#include "port.h"
#include "sdkconfig.h"

/* Behind the app's description, where both ends look for it. */
const uint8_t ota_esp_marker[OTA_MARKER_SIZE]
	__attribute__((section(".rodata_custom_desc"), used, aligned(4))) = OTA_MARKER_BYTES;

/* Asked at start alone. The radio feeds the generator; where it is off, the ADC's noise has to. */
static void random_fill(void *ctx, void *buf, size_t len)
{
	(void)ctx;
#ifdef CONFIG_OTATOOL_RADIO_OFF
	bootloader_random_enable();
#endif
	esp_fill_random(buf, len);
#ifdef CONFIG_OTATOOL_RADIO_OFF
	bootloader_random_disable();
#endif
}

const struct ota_random ota_esp_random = { .fill = random_fill };

static bool is_ready(void *ctx)
{
	return ((const struct ota_esp_device *)ctx)->ready;
}

static bool is_present(void *ctx)
{
	const struct ota_esp_device *state = ctx;

	return state->config->presence && state->config->presence(state->config->ctx);
}

static const char *reset_reason(void *ctx)
{
	static const char *const names[] = {
		[ESP_RST_UNKNOWN] = "unknown",
		[ESP_RST_POWERON] = "power-on",
		[ESP_RST_EXT] = "external",
		[ESP_RST_SW] = "software",
		[ESP_RST_PANIC] = "panic",
		[ESP_RST_INT_WDT] = "interrupt watchdog",
		[ESP_RST_TASK_WDT] = "task watchdog",
		[ESP_RST_WDT] = "watchdog",
		[ESP_RST_DEEPSLEEP] = "deep sleep",
		[ESP_RST_BROWNOUT] = "brownout",
		[ESP_RST_SDIO] = "SDIO",
	};
	esp_reset_reason_t reason = esp_reset_reason();

	(void)ctx;
	return (size_t)reason < sizeof(names) / sizeof(names[0]) && names[reason] ? names[reason]
										  : "unknown";
}

static void log_line(void *ctx, const char *line)
{
	(void)ctx;
	ESP_LOGI(OTA_TAG, "%s", line);
}

static int running_slot(void)
{
	const esp_partition_t *part = esp_ota_get_running_partition();

	if (part->subtype == ESP_PARTITION_SUBTYPE_APP_FACTORY)
		return OTA_CHOICE_FACTORY;
	if (part->subtype >= ESP_PARTITION_SUBTYPE_APP_OTA_MAX)
		return OTA_CHOICE_NONE;
	return (int)part->subtype - ESP_PARTITION_SUBTYPE_APP_OTA_MIN;
}

void ota_esp_device_begin(struct ota_device *device, struct ota_esp_device *state)
{
	uint8_t mac[8] = { 0 };
	esp_chip_info_t chip;

	esp_chip_info(&chip);
	esp_efuse_mac_get_default(mac);
	for (size_t i = 0; i < 6; i++)
		snprintf(state->id + 2 * i, 3, "%02x", mac[i]);
	*device = (struct ota_device){
		.ctx = state,
		.id = state->id,
		.name = state->config->name,
		.receiver = CONFIG_OTATOOL_VERSION,
		.chip = CONFIG_IDF_FIRMWARE_CHIP_ID,
		.revision = chip.revision,
		.block_revision = (uint16_t)efuse_hal_blk_version(),
#ifdef CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK
		.secure_version = esp_efuse_read_secure_version(),
#endif
		.running = running_slot(),
		.ready = is_ready,
		.presence = is_present,
		.reset_reason = reset_reason,
		.log = log_line,
	};
}
