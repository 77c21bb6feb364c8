/* SPDX-License-Identifier: MIT */
#include "lib/host/esp_err.h"

#define ESP_ERR "components/esp_common/include/esp_err.h"
#define OTA_OPS "components/app_update/include/esp_ota_ops.h"
#define IMAGE "components/bootloader_support/include/esp_image_format.h"
#define FLASH "components/hal/include/hal/esp_flash_err.h"
#define FLASH_MMAP "components/spi_flash/include/spi_flash_mmap.h"
#define HTTP "components/esp_http_client/include/esp_http_client.h"
#define HTTPS_OTA "components/esp_https_ota/include/esp_https_ota.h"
#define TLS "components/esp-tls/esp_tls_errors.h"
#define NVS "components/nvs_flash/include/nvs.h"

const struct ota_error ota_esp_errors[] = {
	{ 0, "ESP_OK", "Success.", "None.", "Nothing.", ESP_ERR },
	{ -1, "ESP_FAIL", "The call failed for a reason that has no code of its own.",
	  "esp_https_ota returns it for HTTP answers 4xx and 5xx and for a download that ends early;"
	  " the mark-valid and rollback calls return it while factory runs.",
	  "The log line before it names the reason: pipe the whole log to `otatool explain -`.",
	  ESP_ERR },
	{ 0x101, "ESP_ERR_NO_MEM", "No block of heap is large enough.",
	  "A TLS connection wants about 40 KiB, with its two record buffers in one piece each; Wi-Fi and"
	  " Bluetooth at the same time leave less than that; a leak that grows with each attempt.",
	  "Free memory before the update, or take it over plain HTTP with a signed request (`otatool push`)"
	  " instead of TLS.",
	  ESP_ERR },
	{ 0x102, "ESP_ERR_INVALID_ARG", "An argument is not allowed.",
	  "esp_ota_begin: no partition given, or one that is no OTA slot (factory cannot be a target);"
	  " esp_ota_end: nothing was written; esp_ota_set_boot_partition: the slot's number is not below"
	  " the number of consecutive slots from ota_0; esp_https_ota: no certificate and no bundle.",
	  "`otatool table check` finds gaps in the slot numbers; `otatool boot` shows which slots are"
	  " reached.",
	  ESP_ERR },
	{ 0x103, "ESP_ERR_INVALID_STATE", "The call is not allowed at this point.",
	  "esp_ota_end could not write the last bytes; a driver that was not initialised, or twice.",
	  "Check the order of the calls; at esp_ota_end look for flash errors before it.",
	  ESP_ERR },
	{ 0x104, "ESP_ERR_INVALID_SIZE", "A size is not allowed.",
	  "At esp_ota_begin: the size that was announced, rounded up to 4096, is larger than the slot. The"
	  " image outgrew the slot, or the size comes from a Content-Length that is not the image's. At"
	  " start-up (ESP_ERR_FLASH_SIZE_NOT_MATCH has this number): the flash chip is smaller than the"
	  " image header or the table says.",
	  "`otatool table fits TABLE IMAGE` says which slots hold the image and what is missing;"
	  " `otatool flash check DUMP` compares header, table and contents.",
	  "components/app_update/esp_ota_ops.c, " FLASH },
	{ 0x105, "ESP_ERR_NOT_FOUND", "What was asked for does not exist.",
	  "esp_ota_begin: the partition is not in the table that the device booted with;"
	  " esp_ota_set_boot_partition: there is no otadata partition; esp_ota_end: unknown handle.",
	  "`otatool table check` reports slots without otadata; compare the device's table with yours"
	  " by `otatool table diff`.",
	  ESP_ERR },
	{ 0x106, "ESP_ERR_NOT_SUPPORTED", "This build or chip cannot do it.",
	  "State asked of a partition that is no OTA slot; a feature switched off in sdkconfig.",
	  "`otatool table show` tells which partitions are slots.", ESP_ERR },
	{ 0x107, "ESP_ERR_TIMEOUT", "It took too long.",
	  "A long erase while another task waits; a network that stalls; a lock that is never released.",
	  "Erase as data arrives (OTA_WITH_SEQUENTIAL_WRITES) instead of all at once.", ESP_ERR },
	{ 0x108, "ESP_ERR_INVALID_RESPONSE", "The answer makes no sense.",
	  "The flash chip does not answer (ESP_ERR_FLASH_NO_RESPONSE has this number): wrong flash mode,"
	  " supply too weak, wiring.",
	  "`otatool image info` shows mode and frequency in the header: try dio and 40m.",
	  ESP_ERR ", " FLASH },
	{ 0x109, "ESP_ERR_INVALID_CRC", "A checksum is wrong.",
	  "Data damaged in flash or on the way.",
	  "`otatool flash diff DUMP RELEASED.bin --part NAME` shows where and how it differs.",
	  ESP_ERR },
	{ 0x10A, "ESP_ERR_INVALID_VERSION", "A version does not fit.",
	  "esp_https_ota: the image is for another chip.",
	  "`otatool image info` names the chip; `otatool image verify --chip NAME` judges.",
	  ESP_ERR ", components/esp_https_ota/src/esp_https_ota.c" },
	{ 0x10B, "ESP_ERR_INVALID_MAC", "The MAC address is not valid.",
	  "A custom address in eFuse with a wrong CRC, or a multicast address.",
	  "Nothing in flash.", ESP_ERR },
	{ 0x10C, "ESP_ERR_NOT_FINISHED", "The operation goes on; call again.",
	  "A buffer was too short for all of the data.", "Call again.", ESP_ERR },
	{ 0x10D, "ESP_ERR_NOT_ALLOWED", "The operation is forbidden.",
	  "A write to a read-only partition, or to a part of flash that is protected.",
	  "`otatool table show` prints the readonly flag.", ESP_ERR },

	{ 0x110D, "ESP_ERR_NVS_NO_FREE_PAGES", "The nvs partition has no empty page.",
	  "It is smaller than 0x3000, full, or holds leftovers of another layout.",
	  "`otatool flash check` counts the page states; `otatool flash erase DUMP nvs` empties it (all"
	  " settings are lost).",
	  NVS },
	{ 0x1110, "ESP_ERR_NVS_NEW_VERSION_FOUND", "nvs was written by a newer format.",
	  "A downgrade from firmware with NVS version 2; or the place held something else before.",
	  "`otatool flash check` names the page versions; erase nvs if the data may go.", NVS },

	{ 0x1501, "ESP_ERR_OTA_PARTITION_CONFLICT", "The target is the partition that runs.",
	  "A layout with one OTA slot only, so that the next slot is the running one; a target chosen by"
	  " name; after a fallback by the bootloader otadata names another slot than the one that runs.",
	  "`otatool boot DUMP` shows what runs; `otatool otadata repair` mends records that name another.",
	  OTA_OPS },
	{ 0x1502, "ESP_ERR_OTA_SELECT_INFO_INVALID", "otadata holds no usable record.",
	  "Both records have a wrong checksum: half of boot_app0.bin beside the partition, or data written"
	  " over it.",
	  "`otatool otadata show` says what is wrong with each record, `otatool otadata repair` mends it.",
	  OTA_OPS },
	{ 0x1503, "ESP_ERR_OTA_VALIDATE_FAILED", "The image in the slot does not verify.",
	  "The file was no app image (HTML of an error page, a merged flash image, an ELF file); it was"
	  " cut or altered on the way; it is for another chip, or its signature is not accepted.",
	  "`otatool image verify FILE` before sending, with --pub-key under secure boot; on a dump"
	  " `otatool flash diff DUMP FILE --part SLOT` shows the first sector that differs.",
	  OTA_OPS },
	{ 0x1504, "ESP_ERR_OTA_SMALL_SEC_VER",
	  "The image's secure version is lower than the device's eFuse.",
	  "Anti-rollback: an older release was sent. esp_ota_set_boot_partition erases that slot.",
	  "`otatool image info --field app.secure_version` shows the number; raise it and build again.",
	  OTA_OPS },
	{ 0x1505, "ESP_ERR_OTA_ROLLBACK_FAILED", "There is nothing to go back to.",
	  "The other slot holds no image that verifies, or its record is rejected; factory is missing.",
	  "`otatool boot DUMP --config rollback` shows the verdict on each slot.", OTA_OPS },
	{ 0x1506, "ESP_ERR_OTA_ROLLBACK_INVALID_STATE",
	  "The running app is still on trial (PENDING_VERIFY).",
	  "The bootloader has rollback enabled, and the app starts the next update without having called"
	  " esp_ota_mark_app_valid_cancel_rollback().",
	  "Confirm first: `otatool device confirm`, or in the app. The next reset would roll back.",
	  OTA_OPS },
	{ 0x1507, "ESP_ERR_OTA_ALREADY_IN_PROGRESS", "An update of this partition is open already.",
	  "esp_ota_begin twice without esp_ota_end or esp_ota_abort (checked since ESP-IDF v6.1).",
	  "Abort the first one on every error path.", OTA_OPS },
	{ 0x1508, "ESP_ERR_OTA_SPI_MODE_MISMATCH",
	  "The image's flash mode is not the running image's.",
	  "Built with another CONFIG_ESPTOOLPY_FLASHMODE (checked since ESP-IDF v6.1).",
	  "`otatool image info` shows the mode of both.", OTA_OPS },

	{ 0x2001, "ESP_ERR_IMAGE_FLASH_FAIL", "Flash could not be read while an image was checked.",
	  "The image reaches beyond the flash chip; the chip does not answer.",
	  "`otatool flash check` compares the table with the flash size in the header.", IMAGE },
	{ 0x2002, "ESP_ERR_IMAGE_INVALID", "The image is damaged or not an image.",
	  "Nothing was flashed there; wrong address; wrong chip; checksum or hash do not match.",
	  "`otatool image verify` names the step that fails.", IMAGE },

	{ 0x6001, "ESP_ERR_FLASH_OP_FAIL", "The flash chip failed an operation.",
	  "Worn out or write-protected sectors, weak supply while writing.",
	  "Read back with `esptool read-flash` and compare with `otatool flash diff`.",
	  FLASH_MMAP },
	{ 0x6002, "ESP_ERR_FLASH_OP_TIMEOUT", "The flash chip did not finish in time.",
	  "Erase of a worn sector, weak supply.", "As for ESP_ERR_FLASH_OP_FAIL.", FLASH_MMAP },
	{ 0x6003, "ESP_ERR_FLASH_NOT_INITIALISED", "The flash driver was not set up for this chip.",
	  "An external flash used before spi_bus_add_flash_device and esp_flash_init.",
	  "Nothing in flash.", FLASH },
	{ 0x6004, "ESP_ERR_FLASH_UNSUPPORTED_HOST", "This SPI bus cannot do the operation.",
	  "Quad mode or encryption over a bus that has neither.", "Nothing in flash.", FLASH },
	{ 0x6005, "ESP_ERR_FLASH_UNSUPPORTED_CHIP", "This flash chip cannot do the operation.",
	  "A chip without a driver of its own; its driver is switched off in sdkconfig.",
	  "Enable the vendor's driver (CONFIG_SPI_FLASH_SUPPORT_...).", FLASH },
	{ 0x6006, "ESP_ERR_FLASH_PROTECTED", "The flash chip is write-protected.",
	  "Protection bits in its status register, left by another tool or by a power failure.",
	  "Clear them with `esptool write-flash-status`; the contents are not the cause.", FLASH },

	{ 0x7001, "ESP_ERR_HTTP_MAX_REDIRECT", "Too many redirects.",
	  "Release pages redirect to a store, often twice; a login page redirects to itself.",
	  "Raise max_redirection_count, or put the file on a server that does not redirect.",
	  HTTP },
	{ 0x7002, "ESP_ERR_HTTP_CONNECT", "The connection could not be opened.",
	  "Name not found, port closed, firewall, or a TLS handshake that failed: the lines before it"
	  " hold the mbedTLS code.",
	  "Pipe the log to `otatool explain -`; test from the same network with curl.", HTTP },
	{ 0x7003, "ESP_ERR_HTTP_WRITE_DATA", "The request could not be sent.",
	  "The server closed the connection.", "Look at the server's log.", HTTP },
	{ 0x7004, "ESP_ERR_HTTP_FETCH_HEADER", "The answer's head could not be read.",
	  "The server closed first; an answer that is not HTTP; plain HTTP spoken to a TLS port.",
	  "Try the same URL with curl.", HTTP },
	{ 0x7005, "ESP_ERR_HTTP_INVALID_TRANSPORT", "No transport for this kind of URL.",
	  "https without CONFIG_ESP_HTTP_CLIENT_ENABLE_HTTPS; a misspelt scheme.", "Check the URL.",
	  HTTP },
	{ 0x7006, "ESP_ERR_HTTP_CONNECTING", "Still connecting (asynchronous mode).", "Normal.",
	  "Call again.", HTTP },
	{ 0x7007, "ESP_ERR_HTTP_EAGAIN", "No data within the time-out; try again.",
	  "A slow server or a weak radio link.", "Call again; raise timeout_ms.", HTTP },
	{ 0x7008, "ESP_ERR_HTTP_CONNECTION_CLOSED", "The server closed the connection.",
	  "Keep-alive ran out; a proxy cuts long transfers.", "Open a new connection and resume.",
	  HTTP },
	{ 0x7009, "ESP_ERR_HTTP_NOT_MODIFIED", "The server has nothing newer (304).",
	  "The request carried If-None-Match or If-Modified-Since.",
	  "Not an error: no update is due.", HTTP },
	{ 0x700A, "ESP_ERR_HTTP_RANGE_NOT_SATISFIABLE",
	  "The server refused the byte range, or ignored it.",
	  "Resuming a download where the file became shorter; a server without ranges, for instance"
	  " Python's http.server.",
	  "Serve the file by a server that answers ranges, such as nginx.", HTTP },
	{ 0x700B, "ESP_ERR_HTTP_READ_TIMEOUT", "No data arrived in time.",
	  "A weak radio link, a stalled server.", "Raise timeout_ms; resume.", HTTP },
	{ 0x700C, "ESP_ERR_HTTP_INCOMPLETE_DATA", "Less arrived than was announced.",
	  "The connection was cut before Content-Length bytes or the last chunk.",
	  "Resume; compare the size on the server with `otatool image info`.", HTTP },
	{ 0x700D, "ESP_ERR_HTTP_REDIRECT_DOWNGRADE", "A redirect led from https to another scheme.",
	  "The server, or someone on the way, redirects to plain http (refused since ESP-IDF v6.1).",
	  "Have the server redirect to https only.", HTTP },

	{ 0x8001, "ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME", "The name was not found.",
	  "No DNS server yet, a .local name, a typing error.",
	  "Use the address, or wait for the network before the update.", TLS },
	{ 0x8004, "ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST",
	  "The TCP connection was refused or lost.",
	  "Port closed, firewall on the computer that serves, other subnet.",
	  "`otatool push` connects from the computer to the device instead.", TLS },
	{ 0x8006, "ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT",
	  "The connection was not established in time.",
	  "Packets are dropped: firewall, guest network, client isolation.",
	  "As for ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST.", TLS },
	{ 0x8008, "ESP_ERR_ESP_TLS_TCP_CLOSED_FIN", "The server closed the connection in order.",
	  "End of the answer, or the server gave up.", "Look at the server's log.", TLS },
	{ 0x801A, "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED", "The TLS handshake failed.",
	  "Certificate, time, memory or record size: the mbedTLS code stands in the line before.",
	  "`otatool explain` that code.", TLS },

	{ 0x9001, "ESP_ERR_HTTPS_OTA_IN_PROGRESS",
	  "The update goes on; call esp_https_ota_perform again.",
	  "Normal: it is returned after each block.", "Not an error.", HTTPS_OTA },
	{ 0 }
};
