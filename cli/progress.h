/* SPDX-License-Identifier: MIT */
/* progress.h - a bar on the terminal: stage, per cent, rate, time left; nothing where there is none */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

/* `done` of `total` bytes at `now_ms`; drawn at most ten times a second. A new `what` begins anew. */
void progress_show(const char *what, uint64_t done, uint64_t total, uint64_t now_ms);

/* Take the bar away, before something else is said. */
void progress_clear(void);

/* "12 %  812 KiB of 1.5 MiB  104 KiB/s  0:07 left", for the first `ms` of it. */
void progress_text(uint64_t done, uint64_t total, uint64_t ms, char text[static 80]);

#endif
