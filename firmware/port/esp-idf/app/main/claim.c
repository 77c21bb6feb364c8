/* SPDX-License-Identifier: MIT */
#include "factory.h"
#include "sdkconfig.h"

#if CONFIG_FACTORY_BUTTON >= 0
#include "driver/gpio.h"

static bool wanted;

bool factory_claim_wanted(void)
{
	const gpio_config_t pin = {
		.pin_bit_mask = UINT64_C(1) << CONFIG_FACTORY_BUTTON,
		.mode = GPIO_MODE_INPUT,
		.pull_up_en = GPIO_PULLUP_ENABLE,
	};

	wanted = gpio_config(&pin) == ESP_OK &&
		 gpio_get_level((gpio_num_t)CONFIG_FACTORY_BUTTON) == 0;
	return wanted;
}

/* The button held at start opened our own access point: whoever is on it is at the device. */
bool factory_presence(void *ctx)
{
	(void)ctx;
	return wanted;
}
#else
bool factory_claim_wanted(void)
{
	return false;
}

bool factory_presence(void *ctx)
{
	(void)ctx;
	return false;
}
#endif
