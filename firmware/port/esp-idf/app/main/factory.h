/* SPDX-License-Identifier: MIT */
#ifndef FACTORY_H
#define FACTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "esp_err.h"

#define FACTORY_TAG "factory"
#define FACTORY_SPACE "factory" /* the NVS namespace of this app */

/* wifi.c or ethernet.c: bring the network up; it is kept up from then on. */
esp_err_t factory_network_begin(void);

/* wifi.c: an access point of our own, for claiming. */
esp_err_t factory_network_open_claim(const char *password);

/* name.c: a string of an NVS namespace, at most `room` bytes with its NUL. */
bool factory_read(const char *space, const char *key, char *text, size_t room);

/* name.c: the host name. */
const char *factory_name(void);

/* name.c: be found by that name, where the mDNS component is there. */
void factory_name_announce(void);

/* claim.c: was the button held at start, and is there a password for the access point? */
bool factory_claim_begin(char *password, size_t room);

/* claim.c: for otatool_receiver_config. */
bool factory_presence(void *ctx);

#endif
