/* SPDX-License-Identifier: MIT */
/* key.h - the key that a command signs with: where it is found, and how it is read */
#ifndef CLI_KEY_H
#define CLI_KEY_H

#include "cli/command.h"
#include "lib/host/keys.h"

/* Included by every command that signs: --key --key-env. */
extern struct poptOption key_options[];

/* The key of --key, --key-env, $OTATOOL_KEY_FILE or the user's configuration, the first of them that
 * is there. *found false: none is, which is no error. Wipe it with ota_wipe(). */
enum exit_code key_find(struct ota_push_key *key, bool *found);

/* Read the key of `name`, a file that nobody else may read, or "fd:N". */
enum exit_code key_read(const char *name, struct ota_push_key *key);

/* Make the file `name` with this key, mode 0600; an existing one is refused. */
enum exit_code key_write(const char *name, const struct ota_push_key *key);

/* Put $XDG_CONFIG_HOME/otatool/`name`, or its place below $HOME, into `path`; false: neither is set. */
bool key_config_path(const char *name, char *path, size_t room);

#endif
