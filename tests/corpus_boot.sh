#!/bin/sh
# corpus_boot.sh FOLDER: the bootloader's choice against the reference's own code, compiled
set -u
"$BUILD/tests/tool_boot_oracle" <"$1/otadata/BOOT_ORACLE.tsv"
