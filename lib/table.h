/* SPDX-License-Identifier: MIT */
/* table.h - the partition table: its binary form and its rules
 *
 * Up to 0xC00 bytes in a flash sector of its own, by default at 0x8000: rows of 32 bytes,
 * little-endian, then the digest row, then a row of 0xff.
 *
 *   off  size  field
 *     0     2  magic   AA 50
 *     2     1  type
 *     3     1  subtype
 *     4     4  offset  bytes from the start of flash
 *     8     4  size    bytes
 *    12    16  label   padded with NUL; none where it is 16 bytes long
 *    28     4  flags   enum ota_part_flag
 *
 *   digest row: EB EB, 14 bytes 0xff (not looked at), MD5 of all rows before it
 *
 * Source: ESP-IDF v5.5 to v6.2-dev, components/partition_table/gen_esp32part.py and
 * components/bootloader_support/src/flash_partitions.c. */
#ifndef OTA_TABLE_H
#define OTA_TABLE_H

#include "lib/md5.h"
#include "lib/status.h"
#include "lib/subtype.h"

#define OTA_TABLE_OFFSET 0x8000u /* default place in flash */
#define OTA_TABLE_SIZE 0xC00u /* bytes written */
#define OTA_SECTOR_SIZE 0x1000u /* what flash erases, and what the table occupies */
#define OTA_ENTRY_SIZE 32u
#define OTA_ENTRY_MAGIC 0x50AAu
#define OTA_MD5_MAGIC 0xEBEBu
#define OTA_LABEL_SIZE 16u
#define OTA_TABLE_MAX 95u /* rows, without digest row and end marker */

enum ota_part_flag {
	OTA_PART_ENCRYPTED = 1u << 0,
	OTA_PART_READONLY = 1u << 1,
};

struct ota_part {
	char label[OTA_LABEL_SIZE + 1];
	uint8_t type, subtype;
	uint32_t offset, size, flags;
	uint32_t place; /* where it stands: line of the CSV, or byte offset in the binary */
	const char *name; /* the CSV's name where it is longer than the label, else NULL */
};

enum ota_table_md5 { OTA_TABLE_MD5_ABSENT, OTA_TABLE_MD5_OK, OTA_TABLE_MD5_BAD };

struct ota_table {
	struct ota_part parts[OTA_TABLE_MAX];
	size_t count;
	enum ota_table_md5 md5;
	size_t md5_row; /* rows before the digest row */
	bool text; /* read from CSV: places are lines */
	bool partial; /* rows were left out: that something is missing cannot be judged */
};

/* What differs between Espressif's two generators. */
struct ota_dialect {
	const struct ota_names *names;
	uint32_t app_align, data_align; /* of offsets, bytes */
	uint32_t auto_align; /* of automatic offsets that are not an app's */
	uint32_t flags; /* the flag bits it knows */
	int default_subtype; /* of an empty column */
	bool modern; /* bootloader rows, rules on NVS, otadata and read-only, no empty app subtype */
	const char *csv_title; /* first line of the CSV it prints */
};

extern const struct ota_dialect ota_dialect_esp32, ota_dialect_esp8266;

enum ota_secure { OTA_SECURE_NONE, OTA_SECURE_V1, OTA_SECURE_V2 };

#define OTA_NO_ADDR UINT32_MAX

struct ota_table_options {
	const struct ota_dialect *dialect;
	const struct ota_names *names; /* the dialect's, or those with extra subtypes */
	uint32_t offset; /* of the table in flash, bytes */
	uint32_t primary_bootloader; /* flash addresses, OTA_NO_ADDR: not given */
	uint32_t recovery_bootloader;
	uint64_t flash_size; /* bytes; 0: not known */
	enum ota_secure secure;
	bool no_md5; /* write no digest row, expect none */
	bool no_verify; /* leave out the generator's rules, but flash_size */
};

/* One row. OTA_E_MAGIC: another magic; *part is set all the same. */
OTA_MUST_CHECK enum ota_status ota_part_decode(const uint8_t raw[static OTA_ENTRY_SIZE],
					       struct ota_part *part);

/* Decode `size` bytes up to the end marker, reporting each finding. The table holds what could
 * be decoded, whatever is returned: OTA_E_SHORT no end marker or a cut row, OTA_E_MAGIC,
 * OTA_E_CHECKSUM the digest, OTA_E_VALUE a label that is no UTF-8, OTA_E_FULL. */
enum ota_status ota_table_decode(const void *data, size_t size,
				 const struct ota_table_options *options, struct ota_table *table,
				 ota_report_fn *report, void *ctx);

/* The OTA_TABLE_SIZE bytes that the generator writes. OTA_E_FULL: more rows than fit. */
OTA_MUST_CHECK enum ota_status ota_table_encode(const struct ota_table *table,
						const struct ota_table_options *options,
						uint8_t out[static OTA_TABLE_SIZE]);

/* Report everything that is wrong; OTA_E_VALUE if any of it is an error. */
enum ota_status ota_table_check(const struct ota_table *table,
				const struct ota_table_options *options, ota_report_fn *report,
				void *ctx);

/* The name as people wrote it. */
const char *ota_part_name(const struct ota_part *part);

/* The first part of that name, or of that type and subtype; NULL: none. */
const struct ota_part *ota_table_find(const struct ota_table *table, const char *name);
const struct ota_part *ota_table_find_type(const struct ota_table *table, unsigned type,
					   unsigned subtype);

/* What Espressif's parttool calls boot default: factory, else the first of ota_0 to ota_15. */
const struct ota_part *ota_table_boot_default(const struct ota_table *table);

#endif
