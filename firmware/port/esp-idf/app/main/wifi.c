/* SPDX-License-Identifier: MIT */
/* wifi.c - a station that comes back by itself, or an access point for claiming */
#include <stdio.h>
#include <string.h>

#include "esp_event.h"
#include "esp_log.h"
#include "esp_mac.h"
#include "esp_netif.h"
#include "esp_wifi.h"
#include "factory.h"
#include "sdkconfig.h"

/* The driver's fields have no room for the NUL of the longest names. */
static bool read_field(const char *key, uint8_t *field, size_t size)
{
	char text[65];
	size_t n;

	if (!factory_read(CONFIG_FACTORY_NVS_NAMESPACE, key, text, sizeof(text)))
		return false;
	n = strlen(text);
	if (n == 0 || n > size)
		return false;
	memcpy(field, text, n);
	return true;
}

/* The strings of Kconfig, else what the app that is updated left in the driver's own store. */
static esp_err_t find_network(wifi_config_t *config)
{
	if (!read_field(CONFIG_FACTORY_NVS_SSID, config->sta.ssid, sizeof(config->sta.ssid))) {
		esp_err_t error = esp_wifi_get_config(WIFI_IF_STA, config);

		return error || config->sta.ssid[0] ? error : ESP_ERR_NOT_FOUND;
	}
	/* With a password, no open network of the same name will do. */
	if (read_field(CONFIG_FACTORY_NVS_PASSWORD, config->sta.password,
		       sizeof(config->sta.password)))
		config->sta.threshold.authmode = WIFI_AUTH_WPA2_PSK;
	return ESP_OK;
}

/* Wi-Fi comes and goes: connect again each time. */
static void on_wifi(void *arg, esp_event_base_t base, int32_t id, void *data)
{
	(void)arg;
	(void)base;
	(void)data;
	if (id == WIFI_EVENT_STA_START || id == WIFI_EVENT_STA_DISCONNECTED)
		esp_wifi_connect();
}

static esp_err_t begin(wifi_mode_t mode)
{
	const wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();
	esp_err_t error = esp_wifi_init(&init);

	if (!error)
		error = esp_event_handler_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi, NULL);
	return error ? error : esp_wifi_set_mode(mode);
}

/* What is set from here on stays in RAM: the app's own settings are not ours to change. */
static esp_err_t start(wifi_interface_t interface, wifi_config_t *config)
{
	esp_err_t error = esp_wifi_set_storage(WIFI_STORAGE_RAM);

	if (!error)
		error = esp_wifi_set_config(interface, config);
	if (!error)
		error = esp_wifi_start();
	return error ? error : esp_wifi_set_ps(WIFI_PS_NONE);
}

esp_err_t factory_network_begin(void)
{
	wifi_config_t config = { 0 };
	esp_err_t error;

	esp_netif_create_default_wifi_sta();
	error = begin(WIFI_MODE_STA);
	if (!error)
		error = find_network(&config);
	return error ? error : start(WIFI_IF_STA, &config);
}

esp_err_t factory_network_open_claim(const char *password)
{
	wifi_config_t config = { .ap = { .max_connection = 1, .authmode = WIFI_AUTH_WPA2_PSK } };
	uint8_t mac[8] = { 0 };
	esp_err_t error;
	int n;

	/* The name tells the id that the claimer has to name. */
	esp_efuse_mac_get_default(mac);
	n = snprintf((char *)config.ap.ssid, sizeof(config.ap.ssid),
		     "otatool-%02x%02x%02x%02x%02x%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		     mac[5]);
	config.ap.ssid_len = (uint8_t)n;
	strlcpy((char *)config.ap.password, password, sizeof(config.ap.password));
	esp_netif_create_default_wifi_ap();
	error = begin(WIFI_MODE_AP);
	if (!error)
		error = start(WIFI_IF_AP, &config);
	if (!error)
		ESP_LOGI(FACTORY_TAG, "claim at 192.168.4.1 on %s", (char *)config.ap.ssid);
	return error;
}
