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
#if CONFIG_FACTORY_WIFI && CONFIG_FACTORY_BUTTON >= 0
	if (factory_claim_wanted())
		return factory_network_open_claim(CONFIG_FACTORY_CLAIM_PASSWORD);
#endif
	return factory_network_begin();
}

void app_main(void)
{
	const struct otatool_receiver_config config = {
		.name = CONFIG_FACTORY_NAME,
		.presence = factory_presence,
		.no_trial_timer = true,
	};
	esp_err_t error = nvs_flash_init();

	/* An NVS that cannot be read is not erased: it may hold a key that a newer version can read. */
	if (error)
		ESP_LOGW("factory", "NVS: %s", esp_err_to_name(error));
	ESP_ERROR_CHECK(esp_netif_init());
	ESP_ERROR_CHECK(esp_event_loop_create_default());
	error = begin_network();
	if (error)
		ESP_LOGE("factory", "network: %s", esp_err_to_name(error));
	ESP_ERROR_CHECK(otatool_receiver_start(&config));
}
