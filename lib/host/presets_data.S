/* SPDX-License-Identifier: MIT */
/* The files of csv/, each behind its name, both with a NUL at the end; an empty name ends the list.
 * tests/cli/presets.test compares the list with the folder. */

	.macro preset name
	.asciz "\name"
	.incbin "csv/\name\().csv"
	.byte 0
	.endm

	.section .rodata
	.global ota_presets_data
ota_presets_data:
	preset singleapp
	preset singleapp_large
	preset singleapp_coredump
	preset singleapp_large_coredump
	preset singleapp_encr_nvs
	preset singleapp_large_encr_nvs
	preset two_ota
	preset two_ota_large
	preset two_ota_coredump
	preset two_ota_encr_nvs
	preset singleapp_tee
	preset singleapp_tee_v5
	preset two_ota_tee
	preset two_ota_tee_v5
	preset two_slots
	preset safeboot_2MB
	preset safeboot_4MB
	preset safeboot_8MB
	preset safeboot_16MB
	preset default
	preset min_spiffs
	preset no_ota
	preset huge_app
	preset esp8266_singleapp
	preset esp8266_two_ota_1MB
	preset esp8266_two_ota
	.byte 0

	.section .note.GNU-stack, "", %progbits
