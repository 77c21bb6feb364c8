/* SPDX-License-Identifier: MIT */
/* The demo apps, one source: APP_VERSION says which it is, APP_CRASHES and APP_MUTE what is wrong
 * with it. An app of one's own is this file with something useful in the loop. */
#include "firmware/port/qemu-sifive_u/app.h"
#include "firmware/port/qemu-sifive_u/board.h"

#define CRASH_MS 100u

#ifndef APP_CRASHES
#define APP_CRASHES 0
#endif
#ifndef APP_MUTE
#define APP_MUTE 0
#endif

int main(void);

int main(void)
{
	uint32_t start = board_ms();

	board_print("app: this is " APP_VERSION "\n");
	app_begin(!APP_MUTE);
	for (;;) {
		app_poll();
		if (APP_CRASHES && board_ms() - start > CRASH_MS)
			__builtin_trap();
	}
}
