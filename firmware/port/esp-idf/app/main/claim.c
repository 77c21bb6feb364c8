/* SPDX-License-Identifier: MIT */
/* claim.c - a device without a key gives itself to who holds its button and knows its password */
#include <string.h>

#include "driver/gpio.h"
#include "esp_log.h"
#include "esp_timer.h"
#include "factory.h"
#include "sdkconfig.h"

#define PASSWORD_MIN 8u /* WPA2's */

static bool wanted;

static bool is_held(void)
{
	const gpio_config_t pin = {
		.pin_bit_mask = UINT64_C(1) << CONFIG_FACTORY_BUTTON,
		.mode = GPIO_MODE_INPUT,
		.pull_up_en = GPIO_PULLUP_ENABLE,
	};

	return gpio_config(&pin) == ESP_OK &&
	       gpio_get_level((gpio_num_t)CONFIG_FACTORY_BUTTON) == 0;
}

bool factory_claim_begin(char *password, size_t room)
{
	if (!is_held())
		return false;
	if (!factory_read(FACTORY_SPACE, "claim", password, room))
		strlcpy(password, CONFIG_FACTORY_CLAIM_PASSWORD, room);
	wanted = strlen(password) >= PASSWORD_MIN;
	if (!wanted)
		ESP_LOGE(FACTORY_TAG, "no claiming: its access point has no password");
	return wanted;
}

/* The button opened our own access point a moment ago: whoever is on it is at the device. */
bool factory_presence(void *ctx)
{
	(void)ctx;
	return wanted && esp_timer_get_time() < CONFIG_FACTORY_CLAIM_SECONDS * INT64_C(1000000);
}
