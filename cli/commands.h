/* SPDX-License-Identifier: MIT */
/* commands.h - every command, one a file, named as it is typed */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

#endif
