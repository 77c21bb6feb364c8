/* SPDX-License-Identifier: MIT */
/* commands.h - every command, one a file, named as it is typed */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command cmd_boot;
extern const struct command cmd_check_sizes;
extern const struct command cmd_device_confirm;
extern const struct command cmd_device_info;
extern const struct command cmd_device_keys;
extern const struct command cmd_device_restart;
extern const struct command cmd_device_rollback;
extern const struct command cmd_device_set_boot;
extern const struct command cmd_emulate;
extern const struct command cmd_explain;
extern const struct command cmd_gen_empty_partition;
extern const struct command cmd_gen_esp32part;
extern const struct command cmd_image_build;
extern const struct command cmd_image_hash;
extern const struct command cmd_image_info;
extern const struct command cmd_image_verify;
extern const struct command cmd_keygen_push;
extern const struct command cmd_otadata_erase;
extern const struct command cmd_otadata_init;
extern const struct command cmd_otadata_repair;
extern const struct command cmd_otadata_set;
extern const struct command cmd_otadata_set_boot;
extern const struct command cmd_otadata_show;
extern const struct command cmd_parttool;
extern const struct command cmd_flash_check;
extern const struct command cmd_flash_diff;
extern const struct command cmd_flash_erase;
extern const struct command cmd_flash_join;
extern const struct command cmd_flash_read;
extern const struct command cmd_flash_split;
extern const struct command cmd_flash_write;
extern const struct command cmd_push;
extern const struct command cmd_table_build;
extern const struct command cmd_table_check;
extern const struct command cmd_table_diff;
extern const struct command cmd_table_fits;
extern const struct command cmd_table_get;
extern const struct command cmd_table_map;
extern const struct command cmd_table_presets;
extern const struct command cmd_table_show;

#endif
