/* SPDX-License-Identifier: MIT */
/* The app's description, 256 bytes at the start of the first segment (lib/image_desc.h). */
	.section .rodata_desc, "a"
	.word 0xABCD5432, 0, 0, 0
	.org 16
	.asciz APP_VERSION
	.org 48
	.asciz "board-demo"
	.org 112
	.asciz "bare metal"
	.org 256
