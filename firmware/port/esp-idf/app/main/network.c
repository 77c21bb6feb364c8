/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "esp_event.h"
#include "esp_netif.h"
#include "factory.h"
#include "sdkconfig.h"

#if CONFIG_FACTORY_WIFI
#include "esp_wifi.h"
#include "nvs.h"

static esp_err_t read_credentials(wifi_sta_config_t *station)
{
	size_t ssid = sizeof(station->ssid), password = sizeof(station->password);
	nvs_handle_t handle;
	esp_err_t error = nvs_open("factory", NVS_READONLY, &handle);

	if (error)
		return error;
	error = nvs_get_str(handle, "ssid", (char *)station->ssid, &ssid);
	if (!error && nvs_get_str(handle, "password", (char *)station->password, &password))
		station->password[0] = '\0';
	nvs_close(handle);
	return error;
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

static esp_err_t begin_wifi(wifi_mode_t mode, wifi_interface_t interface, wifi_config_t *config)
{
	wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();
	esp_err_t error = esp_wifi_init(&init);

	if (!error)
		error = esp_wifi_set_storage(WIFI_STORAGE_RAM);
	if (!error)
		error = esp_event_handler_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi, NULL);
	if (!error)
		error = esp_wifi_set_mode(mode);
	if (!error)
		error = esp_wifi_set_config(interface, config);
	return error ? error : esp_wifi_start();
}

esp_err_t factory_network_begin(void)
{
	wifi_config_t config = { 0 };
	esp_err_t error = read_credentials(&config.sta);

	if (error)
		return error;
	esp_netif_create_default_wifi_sta();
	return begin_wifi(WIFI_MODE_STA, WIFI_IF_STA, &config);
}

esp_err_t factory_network_open_claim(const char *password)
{
	wifi_config_t config = { .ap = { .ssid = "otatool-claim",
					 .max_connection = 1,
					 .authmode = WIFI_AUTH_WPA2_PSK } };
	size_t n = strlen(password);

	/* Never an open one: the key would go through the air in clear. */
	if (n < 8 || n >= sizeof(config.ap.password))
		return ESP_ERR_INVALID_ARG;
	memcpy(config.ap.password, password, n);
	esp_netif_create_default_wifi_ap();
	return begin_wifi(WIFI_MODE_AP, WIFI_IF_AP, &config);
}
#else
#include "esp_eth.h"
#include "esp_eth_mac_openeth.h"

esp_err_t factory_network_begin(void)
{
	const esp_netif_config_t netif_config = ESP_NETIF_DEFAULT_ETH();
	esp_netif_t *netif = esp_netif_new(&netif_config);
	eth_mac_config_t mac_config = ETH_MAC_DEFAULT_CONFIG();
	eth_phy_config_t phy_config = ETH_PHY_DEFAULT_CONFIG();
	esp_eth_handle_t handle = NULL;
	esp_eth_config_t config;
	esp_err_t error;

	phy_config.autonego_timeout_ms = 100;
	config = (esp_eth_config_t)ETH_DEFAULT_CONFIG(esp_eth_mac_new_openeth(&mac_config),
						      esp_eth_phy_new_generic(&phy_config));
	error = esp_eth_driver_install(&config, &handle);
	if (!error)
		error = esp_netif_attach(netif, esp_eth_new_netif_glue(handle));
	return error ? error : esp_eth_start(handle);
}

esp_err_t factory_network_open_claim(const char *password)
{
	(void)password;
	return ESP_ERR_NOT_SUPPORTED;
}
#endif
