/* SPDX-License-Identifier: MIT */
#include "lib/host/flash_lint.h"

#include "lib/host/lint_rules.h"

/* clang-format off */
static const struct {
	struct ota_rule rule;
	void (*apply)(struct ota_lint *lint);
} rules[] = {
	{ .rule = {
	  "header-flash-size", OTA_ERROR, "the bootloader's header says {value:d} MiB of flash, the table needs {low:d} MiB",
	  "the bootloader refuses a table that reaches beyond the size in its header",
	  "build with the right flash size, or flash with esptool write-flash --flash-size detect" },
	  ota_lint_header_size },
	{ .rule = {
	  "bootloader-missing", OTA_WARNING, "there is no bootloader before the table",
	  "the chip starts what stands at 0, 0x1000 or 0x2000", "add it, unless it is flashed apart" },
	  ota_lint_bootloader_missing },
	{ .rule = {
	  "bootloader-place", OTA_ERROR, "a bootloader for {name} is at {value}",
	  "that chip looks for it at {low}", "flash it at {low}" },
	  ota_lint_bootloader_place },
	{ .rule = {
	  "bootloader-size", OTA_ERROR, "the bootloader ends at {value}, behind the table's start at {high}",
	  "whatever was flashed last has overwritten the other",
	  "move the table (CONFIG_PARTITION_TABLE_OFFSET), or make the bootloader smaller" },
	  ota_lint_bootloader_size },
	{ .rule = {
	  "bootloader-damaged", OTA_ERROR, "the bootloader does not verify: {word}",
	  "the chip's ROM starts nothing else", "flash it again" },
	  ota_lint_bootloader_damaged },
	{ .rule = {
	  "app-place", OTA_ERROR, "an app ({name}) begins at {value}, where no app partition does",
	  "the bootloader looks for apps at the start of their partitions only{word}",
	  "flash it at an app partition's offset, or flash the table it was built with" },
	  ota_lint_app_place },
	{ .rule = {
	  "app-shifted", OTA_ERROR, "the app in '{name}' begins {value:d} bytes {word} the partition",
	  "an app begins with its partition",
	  "bytes were lost or added before it: sent as text, or merged with a wrong offset" },
	  ota_lint_app_shifted },
	{ .rule = {
	  "chip-mixed", OTA_ERROR, "the app in '{name}' is {word}, the bootloader for {other}",
	  "the bootloader starts apps for its own chip only", "flash the build for {other}" },
	  ota_lint_chip_mixed },
	{ .rule = {
	  "slot-linked", OTA_ERROR, "the app in '{name}' is linked for a slot at {value}",
	  "an ESP8266 image runs only where it was linked for, here at {high}",
	  "flash the build for this slot" },
	  ota_lint_slot_linked },
	{ .rule = {
	  "app-cut", OTA_ERROR, "the dump ends at {value}, inside the app in '{name}'",
	  "an image is whole, or it does not start", "read or merge the whole of it again" },
	  ota_lint_app_cut },
	{ .rule = {
	  "app-damaged", OTA_ERROR, "the app in '{name}' does not verify: {word}",
	  "the bootloader passes over it", "`otatool flash diff` with --part shows where it differs from the release" },
	  ota_lint_app_damaged },
	{ .rule = {
	  "encrypted-area", OTA_WARNING, "'{name}' looks encrypted",
	  "without the chip's key nothing can be said about it",
	  "flash encrypted contents only to the chip that they are for" },
	  ota_lint_encrypted },
	{ .rule = {
	  "boot-nothing", OTA_ERROR, "no app starts: {word}",
	  "the bootloader resets for ever", "`otatool boot DUMP --explain` shows each step" },
	  ota_lint_boot_none },
	{ .rule = {
	  "slot-full", OTA_WARNING, "'{name}' is full to {value:d} bytes of {high:d}",
	  "a slot with less than 5 per cent left has no room for the next release",
	  "make the slots larger while it is easy" },
	  ota_lint_slot_full },
	{ .rule = {
	  "otadata-place", OTA_ERROR, "boot_app0.bin was written at {value}, '{name}' is at {low}",
	  "Arduino's build writes it at 0xe000 whatever the table says",
	  "write it at {low}; what it overwrote at {value} is to be restored" },
	  ota_lint_otadata_place },
	{ .rule = { .id = NULL }, /* as repair finds them */
	  ota_lint_otadata },
	{ .rule = {
	  "leftover-app", OTA_INFO, "an app ({name}) is left at {value}, which no partition starts",
	  "nothing boots it there; it may be of another layout", NULL },
	  ota_lint_leftover_app },
	{ .rule = {
	  "leftover-table", OTA_WARNING, "another partition table is left at {value}",
	  "a bootloader built for that place would use it, and tools may find it first",
	  "erase the sector" },
	  ota_lint_leftover_table },
	{ .rule = {
	  "leftover-data", OTA_WARNING, "{high:d} bytes from {value} on are not blank and belong to no partition",
	  "what no partition covers is erased flash", "perhaps the layout of an earlier release: erase it" },
	  ota_lint_leftover_data },
	{ .rule = {
	  "nvs-page", OTA_WARNING, "'{name}' has {high:d} bad pages, the first at {value}",
	  "a page begins with a state, a sequence number and their CRC",
	  "not written by NVS, or damaged: what was stored there is lost" },
	  ota_lint_nvs_page },
	{ .rule = {
	  "nvs-full", OTA_WARNING, "'{name}' has no free page",
	  "NVS needs one to work with; without it nvs_flash_init() fails (0x110d)",
	  "make it larger, or erase it (all settings are lost)" },
	  ota_lint_nvs_full },
	{ .rule = {
	  "nvs-version", OTA_WARNING, "'{name}' has pages of format {value}",
	  "known are 0xff (version 1) and 0xfe (version 2)", "written by newer firmware" },
	  ota_lint_nvs_version },
	{ .rule = {
	  "phy-init", OTA_WARNING, "'{name}' does not begin with PHYINIT",
	  "an app that reads its radio calibration from flash stops without it",
	  "flash phy_init_data.bin there, or erase it if the app has it built in" },
	  ota_lint_phy_init },
	{ .rule = {
	  "coredump-present", OTA_INFO, "'{name}' holds a core dump of {value:d} bytes",
	  "the app crashed, and kept why", "`otatool flash read DUMP {name} core.bin`, then esp-coredump" },
	  ota_lint_coredump },
	{ .rule = {
	  "dump-short", OTA_WARNING, "the dump has {value} bytes, the table reaches to {high}",
	  "a dump of a whole number of MiB is a whole flash, which is too small for this table",
	  "read it again to its end, or flash the table of this board" },
	  ota_lint_dump_short },
};
/* clang-format on */

void ota_lint_find(struct ota_lint *lint, uint32_t addr, struct ota_diag diag)
{
	diag.rule = lint->rule;
	diag.offset = addr - lint->facts.image->base;
	if (diag.rule->severity == OTA_ERROR)
		lint->status = OTA_E_VALUE;
	lint->report(lint->ctx, &diag);
}

enum ota_status ota_flash_lint(const struct ota_lint_input *input, ota_report_fn *report, void *ctx)
{
	struct ota_lint lint = { .report = report, .ctx = ctx };

	ota_flash_facts_gather(&lint.facts, input->image, input->table, input->esp8266);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		lint.rule = &rules[i].rule;
		rules[i].apply(&lint);
	}
	return lint.status;
}
