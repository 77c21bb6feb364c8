/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/say.h"

#define DRAW_MS 100u
#define BAR_WIDTH 24

static struct {
	const char *what;
	uint64_t began, drawn, from; /* ms, ms, bytes */
	bool shown;
} bar;

static const char *size_text(double bytes, char text[static 16])
{
	if (bytes < 1048576)
		snprintf(text, 16, "%.0f KiB", bytes / 1024);
	else
		snprintf(text, 16, "%.1f MiB", bytes / 1048576);
	return text;
}

void progress_text(uint64_t done, uint64_t total, uint64_t ms, char text[static 80])
{
	char have[16], all[16], rate[16], left[24] = "";
	double per_second = ms ? (double)done * 1000 / (double)ms : 0;
	unsigned percent = total ? (unsigned)(done * 100 / total) : 100;
	double seconds = per_second > 0 ? (double)(total - done) / per_second : 0;

	if (ms >= 1000 && done && seconds < 360000)
		snprintf(left, sizeof(left), "  %u:%02u left", (unsigned)seconds / 60,
			 (unsigned)seconds % 60);
	snprintf(text, 80, "%3u %%  %s of %s  %s/s%s", percent, size_text((double)done, have),
		 size_text((double)total, all), size_text(per_second, rate), left);
}

void progress_clear(void)
{
	if (bar.shown)
		say_bar(NULL);
	bar.shown = false;
}

void progress_show(const char *what, uint64_t done, uint64_t total, uint64_t now_ms)
{
	char text[80], line[160], full[BAR_WIDTH + 1];
	int n = total ? (int)(done * BAR_WIDTH / total) : BAR_WIDTH;

	if (bar.what != what) {
		bar.what = what;
		bar.began = now_ms;
		bar.from = done;
		bar.drawn = 0;
	}
	if (common.quiet || !isatty(STDERR_FILENO) || (bar.drawn && now_ms - bar.drawn < DRAW_MS))
		return;
	bar.drawn = now_ms;
	memset(full, '#', sizeof(full));
	progress_text(done - bar.from, total - bar.from, now_ms - bar.began, text);
	snprintf(line, sizeof(line), "%-8s [%.*s%*s] %s", what, n, full, BAR_WIDTH - n, "", text);
	say_bar(line);
	bar.shown = true;
}
