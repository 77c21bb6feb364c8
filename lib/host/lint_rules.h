/* SPDX-License-Identifier: MIT */
/* lint_rules.h - the rules on flash contents, for flash_lint.c alone */
#ifndef OTA_HOST_LINT_RULES_H
#define OTA_HOST_LINT_RULES_H

#include "lib/host/flash_facts.h"

struct ota_lint {
	struct ota_flash_facts facts;
	const struct ota_rule *rule; /* being applied */
	ota_report_fn *report;
	void *ctx;
	enum ota_status status;
};

/* Report the rule being applied, about flash address `addr`; `diag` holds the numbers. */
void ota_lint_find(struct ota_lint *lint, uint32_t addr, struct ota_diag diag);

/* Each looks for all that breaks one rule. lint_apps.c: */
void ota_lint_header_size(struct ota_lint *lint);
void ota_lint_bootloader_place(struct ota_lint *lint);
void ota_lint_bootloader_size(struct ota_lint *lint);
void ota_lint_bootloader_damaged(struct ota_lint *lint);
void ota_lint_bootloader_missing(struct ota_lint *lint);
void ota_lint_app_place(struct ota_lint *lint);
void ota_lint_app_shifted(struct ota_lint *lint);
void ota_lint_app_damaged(struct ota_lint *lint);
void ota_lint_app_cut(struct ota_lint *lint);
void ota_lint_chip_mixed(struct ota_lint *lint);
void ota_lint_slot_linked(struct ota_lint *lint);
void ota_lint_slot_full(struct ota_lint *lint);
void ota_lint_boot_none(struct ota_lint *lint);
void ota_lint_encrypted(struct ota_lint *lint);

/* lint_data.c: */
void ota_lint_otadata(struct ota_lint *lint);
void ota_lint_otadata_place(struct ota_lint *lint);
void ota_lint_leftover_app(struct ota_lint *lint);
void ota_lint_leftover_table(struct ota_lint *lint);
void ota_lint_leftover_data(struct ota_lint *lint);
void ota_lint_nvs_page(struct ota_lint *lint);
void ota_lint_nvs_full(struct ota_lint *lint);
void ota_lint_nvs_version(struct ota_lint *lint);
void ota_lint_phy_init(struct ota_lint *lint);
void ota_lint_coredump(struct ota_lint *lint);
void ota_lint_dump_short(struct ota_lint *lint);

/* Is some partition's place taken by an image that begins before it? */
bool ota_lint_is_overrun(const struct ota_lint *lint, const struct ota_part *part);

#endif
