/* SPDX-License-Identifier: MIT */
#ifndef FACTORY_H
#define FACTORY_H

#include <stdbool.h>

#include "esp_err.h"

/* network.c: bring the network up; it is kept up from then on. */
esp_err_t factory_network_begin(void);

/* An access point of our own, for claiming. */
esp_err_t factory_network_open_claim(const char *password);

/* claim.c: was the button held at start? Looked at once. */
bool factory_claim_wanted(void);
bool factory_presence(void *ctx);

#endif
