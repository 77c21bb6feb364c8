/* SPDX-License-Identifier: MIT */
/* The factory receiver: network, receiver, nothing else. */
#include "esp_event.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "factory.h"
#include "nvs_flash.h"
#include "otatool_receiver.h"
#include "sdkconfig.h"

static esp_err_t begin_network(void)
{
#if CONFIG_FACTORY_CLAIM
	char password[64];

	if (factory_claim_begin(password, sizeof(password)))
		return factory_network_open_claim(password);
#endif
	return factory_network_begin();
}

void app_main(void)
{
	struct otatool_receiver_config config = {
		.no_trial_timer = true, /* a factory app is never on trial */
#if CONFIG_FACTORY_CLAIM
		.presence = factory_presence,
#endif
	};
	esp_err_t error = nvs_flash_init();

	/* An NVS that cannot be read is not erased: it may hold a key that a newer version can read. */
	if (error)
		ESP_LOGW(FACTORY_TAG, "NVS: %s", esp_err_to_name(error));
	ESP_ERROR_CHECK(esp_netif_init());
	ESP_ERROR_CHECK(esp_event_loop_create_default());
	error = begin_network();
	if (error)
		ESP_LOGE(FACTORY_TAG, "network: %s", esp_err_to_name(error));
	factory_name_announce();
	config.name = factory_name();
	ESP_ERROR_CHECK(otatool_receiver_start(&config));
}
