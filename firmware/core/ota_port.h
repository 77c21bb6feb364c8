/* SPDX-License-Identifier: MIT */
/* ota_port.h - what the receiver asks of the device it runs on: a struct of functions per concern
 *
 * A port holds no protocol and no policy: it reads, erases and writes where it is told. Every
 * function gets the `ctx` of its struct, blocks until done, and is called from ota_step() and
 * ota_receiver_begin() alone unless it says otherwise. SHA-256 is linked, not passed: lib/sha256.h. */
#ifndef OTA_PORT_H
#define OTA_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/hmac.h"

#define OTA_WRITE_UNIT_MAX 32u

/* NOR flash: an erase sets bits, a write clears them. Addresses are from the start of flash.
 * Functions return 0, or an error of the driver (an esp_err_t), which is passed on to the client.
 * A write returns after the bytes are in flash; power may fail at any point of it. */
struct ota_flash {
	void *ctx;
	uint32_t size; /* bytes */
	uint32_t write_unit; /* bytes, a power of two <= 32: writes begin and end on it */
	uint32_t erase_max; /* bytes, 65536 or 4096: the largest aligned block erased at once */
	uint32_t table; /* address of the partition table, 0x8000 as a rule */
	int (*read)(void *ctx, uint32_t addr, void *buf, size_t len);
	int (*write)(void *ctx, uint32_t addr, const void *buf, size_t len);
	/* 4096 or erase_max bytes, at an address that is a multiple of it. */
	int (*erase)(void *ctx, uint32_t addr, uint32_t len);
	/* *blank: nothing is written there, seen raw, below flash encryption. */
	int (*blank)(void *ctx, uint32_t addr, uint32_t len, bool *blank);
	/* optional */ int (*zero)(void *ctx, uint32_t addr,
				   uint32_t len); /* spoil these write units, which are
						   * written, without an erase; NULL: write() does it with
						   * zeros. With flash encryption it has to be done below
						   * it: what was in them then reads as noise */
};

/* Random bytes, unpredictable where the hardware can do that. */
struct ota_random {
	void *ctx;
	void (*fill)(void *ctx, void *buf, size_t len);
};

#define OTA_KEY_SLOTS 2u

/* Two slots for keys, kept through resets and image changes. */
struct ota_keys {
	void *ctx;
	bool (*get)(void *ctx, unsigned slot, uint8_t key[static OTA_KEY_SIZE]); /* false: empty */
	/* NULL deletes. All or nothing, whenever the power fails; 0, or the error. */
	int (*set)(void *ctx, unsigned slot, const uint8_t *key);
	/* optional */ bool (*count)(void *ctx,
				     uint64_t *starts); /* a number that is higher at each
								    * call, kept as keys are; NULL:
								    * the random bytes are real */
};

/* The device and the app around the receiver. Optional functions may be NULL. */
struct ota_device {
	void *ctx;
	const char
		*id; /* letters, digits and "-_.", the same for ever: its MAC address as a rule */
	const char *name; /* host name without ".local"; NULL: none */
	const char *receiver; /* version of the receiver */
	uint32_t chip; /* lib/chip.h */
	uint16_t revision; /* major * 100 + minor */
	uint16_t block_revision; /* of the eFuse blocks, likewise; UINT16_MAX: unknown */
	uint32_t secure_version; /* in eFuse; 0 without anti-rollback */
	int running; /* slot, or OTA_CHOICE_FACTORY: what executes, whatever otadata says */

	/* optional */ bool (*ready)(void *ctx); /* may the running app be confirmed? */
	/* optional */ bool (*veto)(void *ctx); /* is this no time for an update? */
	/* optional */ bool (*presence)(void *ctx); /* is somebody at the device (a button)? */
	/* optional */ const char *(*reset_reason)(void *ctx); /* of the last reset: "brownout" */
	/* optional */ void (*log)(void *ctx, const char *line);
	void (*restart)(void *ctx); /* need not come back */
};

enum ota_inflate_result { OTA_INFLATE_MORE, OTA_INFLATE_END, OTA_INFLATE_DAMAGED };

/* What goes in and what comes out; both move on. */
struct ota_inflate_io {
	const uint8_t *in;
	size_t in_left;
	uint8_t *out;
	size_t out_left;
};

/* A decoder of the zlib format (RFC 1950), one stream at a time. Called from ota_conn_input(). */
struct ota_inflate {
	void *ctx;
	uint32_t window; /* bytes; a stream that asks for more is damaged */
	bool (*begin)(void *ctx); /* false: no memory now; the client then sends plain */
	enum ota_inflate_result (*feed)(void *ctx, struct ota_inflate_io *io);
	void (*end)(void *ctx);
};

/* A further judgement on an image: secure boot. 0: it may boot. `size` is that of its slot. The
 * image's first `header` bytes (OTA_HEADER_SIZE of them) come with it while flash has all but them,
 * since nobody may boot it yet; NULL: it is complete in flash. */
struct ota_verify_image {
	void *ctx;
	int (*verify)(void *ctx, uint32_t addr, uint32_t size, const uint8_t *header);
};

struct ota_port {
	const struct ota_flash *flash;
	const struct ota_random *random;
	const struct ota_device *device;
	const struct ota_keys *keys; /* NULL: there is no place for keys */
	const struct ota_inflate *inflate; /* NULL: deflate is refused */
	const struct ota_verify_image *verify_image; /* NULL: nothing to add */
};

#endif
