/* SPDX-License-Identifier: MIT */
/* image_judge.h - what the files of the image verifier call in each other */
#ifndef OTA_IMAGE_JUDGE_H
#define OTA_IMAGE_JUDGE_H

#include "lib/image.h"

/* Little-endian numbers in what was gathered, whose size is known: a cursor would only cost room. */
uint16_t ota_image_u16(const uint8_t raw[static 2]);
uint32_t ota_image_u32(const uint8_t raw[static 4]);

/* What the sentence of a finding is made of: members of struct ota_diag; firmware has no sentences. */
#ifdef OTA_NO_TEXT
#define OTA_MADE_OF(...) NULL
#else
#define OTA_MADE_OF(...) (&(const struct ota_diag){ __VA_ARGS__ })
#endif

/* A rule is broken at `offset` of the image. */
void ota_image_find(struct ota_image *image, enum ota_image_fault fault, uint32_t offset,
		    const struct ota_diag *made_of);

/* As above, and nothing further can be judged. */
void ota_image_stop(struct ota_image *image, enum ota_image_fault fault, uint32_t offset,
		    const struct ota_diag *made_of);

/* The header of the ESP32 and later, in image->buf; sets header and chip. */
void ota_image_judge_header(struct ota_image *image);

/* image->at, whose header has just been read. */
void ota_image_judge_segment(struct ota_image *image);

/* The captured description, once it is complete or the segment ended. */
void ota_image_judge_desc(struct ota_image *image);

/* Everything, at the end. */
void ota_image_judge_whole(struct ota_image *image);

/* Does this first part, 16 bytes of an E9 image, belong to an ESP8266? */
bool ota_esp8266_begins(const uint8_t raw[static 16]);

/* Decode the header and the first segment's in image->buf (layout v2: of either half). */
void ota_esp8266_header(struct ota_image *image);

/* image->at is run in place: which slot is that? */
void ota_esp8266_link(struct ota_image *image);

/* Bytes of the tail that may be a hash are there, or there are no more: settle which layout it is. */
void ota_esp8266_settle(struct ota_image *image, bool ended);

/* CRC of layout v2 as it is stored, from zlib's. */
uint32_t ota_esp8266_crc(uint32_t crc);

/* Bytes behind the image. */
void ota_image_tail(struct ota_image *image, const uint8_t *data, size_t size, uint32_t offset);

#endif
