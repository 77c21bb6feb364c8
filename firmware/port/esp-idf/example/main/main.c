/* SPDX-License-Identifier: MIT */
/* main.c - the least that an app with the receiver does: join a network, and start it */
#include "esp_event.h"
#include "esp_netif.h"
#include "esp_wifi.h"
#include "nvs.h"
#include "nvs_flash.h"
#include "otatool_receiver.h"

/* Name and password are put beside the update key at the bench: no image holds them. */
static esp_err_t read_network(wifi_sta_config_t *station)
{
	size_t ssid = sizeof(station->ssid), password = sizeof(station->password);
	nvs_handle_t nvs;
	esp_err_t error = nvs_open("lamp", NVS_READONLY, &nvs);

	if (error)
		return error;
	error = nvs_get_str(nvs, "ssid", (char *)station->ssid, &ssid);
	if (!error)
		error = nvs_get_str(nvs, "password", (char *)station->password, &password);
	nvs_close(nvs);
	return error;
}

static void on_wifi(void *arg, esp_event_base_t base, int32_t id, void *data)
{
	(void)arg;
	(void)base;
	(void)data;
	if (id == WIFI_EVENT_STA_START || id == WIFI_EVENT_STA_DISCONNECTED)
		esp_wifi_connect();
}

static void join_network(void)
{
	const wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();
	wifi_config_t config = { 0 };

	ESP_ERROR_CHECK(esp_netif_init());
	ESP_ERROR_CHECK(esp_event_loop_create_default());
	esp_netif_create_default_wifi_sta();
	ESP_ERROR_CHECK(esp_wifi_init(&init));
	ESP_ERROR_CHECK(esp_event_handler_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi, NULL));
	ESP_ERROR_CHECK(read_network(&config.sta));
	ESP_ERROR_CHECK(esp_wifi_set_mode(WIFI_MODE_STA));
	ESP_ERROR_CHECK(esp_wifi_set_config(WIFI_IF_STA, &config));
	ESP_ERROR_CHECK(esp_wifi_start());
}

void app_main(void)
{
	ESP_ERROR_CHECK(nvs_flash_init());
	join_network();
	ESP_ERROR_CHECK(otatool_receiver_start(NULL));
}
