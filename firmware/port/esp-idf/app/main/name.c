/* SPDX-License-Identifier: MIT */
/* name.c - strings in NVS, and the name that the device goes by */
#include "esp_log.h"
#include "factory.h"
#include "nvs.h"
#include "sdkconfig.h"
#if __has_include("mdns.h")
#include "mdns.h"
#define HAS_MDNS 1
#endif

bool factory_read(const char *space, const char *key, char *text, size_t room)
{
	nvs_handle_t handle;
	bool found;

	if (nvs_open(space, NVS_READONLY, &handle))
		return false;
	found = nvs_get_str(handle, key, text, &room) == ESP_OK;
	nvs_close(handle);
	return found;
}

const char *factory_name(void)
{
	static char name[33];

	if (name[0] || (factory_read(FACTORY_SPACE, "name", name, sizeof(name)) && name[0]))
		return name;
	return CONFIG_FACTORY_NAME;
}

void factory_name_announce(void)
{
#ifdef HAS_MDNS
	esp_err_t error = mdns_init();

	if (!error)
		error = mdns_hostname_set(factory_name());
	if (!error)
		error = mdns_service_add(NULL, "_otatool", "_tcp", 8032, NULL, 0);
	if (error)
		ESP_LOGW(FACTORY_TAG, "mDNS: %s", esp_err_to_name(error));
#endif
}
