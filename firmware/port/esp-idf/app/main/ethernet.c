/* SPDX-License-Identifier: MIT */
/* ethernet.c - the chip's own Ethernet with any PHY that keeps to the standard, or the emulator's */
#include "driver/gpio.h"
#include "esp_eth.h"
#include "esp_netif.h"
#include "factory.h"
#include "sdkconfig.h"

#if CONFIG_FACTORY_OPENETH
#include "esp_eth_mac_openeth.h"

static esp_eth_mac_t *make_mac(const eth_mac_config_t *config)
{
	return esp_eth_mac_new_openeth(config);
}

static void set_phy(eth_phy_config_t *config)
{
	config->autonego_timeout_ms = 100; /* there is nobody to agree with */
}
#else
#include "esp_eth_mac_esp.h"

static esp_eth_mac_t *make_mac(const eth_mac_config_t *config)
{
	eth_esp32_emac_config_t emac = ETH_ESP32_EMAC_DEFAULT_CONFIG();

	emac.smi_gpio.mdc_num = CONFIG_FACTORY_PHY_MDC;
	emac.smi_gpio.mdio_num = CONFIG_FACTORY_PHY_MDIO;
	return esp_eth_mac_new_esp32(&emac, config);
}

static void set_phy(eth_phy_config_t *config)
{
	if (CONFIG_FACTORY_PHY_POWER >= 0) {
		gpio_set_direction((gpio_num_t)CONFIG_FACTORY_PHY_POWER, GPIO_MODE_OUTPUT);
		gpio_set_level((gpio_num_t)CONFIG_FACTORY_PHY_POWER, 1);
	}
	config->phy_addr = CONFIG_FACTORY_PHY_ADDRESS;
	config->reset_gpio_num = CONFIG_FACTORY_PHY_RESET;
}
#endif

esp_err_t factory_network_begin(void)
{
	const esp_netif_config_t netif_config = ESP_NETIF_DEFAULT_ETH();
	const eth_mac_config_t mac_config = ETH_MAC_DEFAULT_CONFIG();
	eth_phy_config_t phy_config = ETH_PHY_DEFAULT_CONFIG();
	esp_netif_t *netif = esp_netif_new(&netif_config);
	esp_eth_handle_t handle = NULL;
	esp_eth_config_t config;
	esp_err_t error;

	set_phy(&phy_config);
	config = (esp_eth_config_t)ETH_DEFAULT_CONFIG(make_mac(&mac_config),
						      esp_eth_phy_new_generic(&phy_config));
	error = esp_eth_driver_install(&config, &handle);
	if (!error)
		error = esp_netif_attach(netif, esp_eth_new_netif_glue(handle));
	return error ? error : esp_eth_start(handle);
}
