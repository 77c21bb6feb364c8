/* SPDX-License-Identifier: MIT */
/* push_report.h - what a push is at, as talk or as one JSON object a line */
#ifndef CLI_PUSH_REPORT_H
#define CLI_PUSH_REPORT_H

#include "cli/device.h"

/* As ota_push.report, with a struct device as push->ctx's first member. */
void push_report(struct ota_push *push, enum ota_push_event event);

/* How it ended: the sentence, or the line {"event":"result", ...}. The exit status. */
enum exit_code push_report_result(const struct device *device, const struct ota_push *push);

/* A device that was not even asked: the result line alone; `code` again. */
enum exit_code push_report_unasked(const char *name, enum exit_code code);

#endif
