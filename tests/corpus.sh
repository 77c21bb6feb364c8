#!/bin/sh
# corpus.sh DIR: compare with what the reference tools say of real files; DIR is not part of this
# tree. Each part prints how many agree, and every difference.
set -u
dir=${1:?usage: make corpus CORPUS=DIR}
here=$(cd "$(dirname "$0")" && pwd)
export PATH="$BUILD:$BUILD/tests:$PATH"
bad=0
for part in "$here"/corpus_*.sh; do
	"$part" "$dir" || bad=1
done
exit $bad
