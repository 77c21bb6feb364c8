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

#if APP_BIG
/* Words without order, so that the image is about 1 MiB however it is sent. */
	.section .rodata_filler, "a"
	.set word, 1
	.rept 242000
	.set word, (word * 1664525 + 1013904223) & 0xFFFFFFFF
	.word word
	.endr
#endif
