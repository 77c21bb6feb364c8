#!/bin/sh
# fetch_lwip.sh FOLDER: get lwIP's source by apt, from the archive that this machine's packages come
# from, compare it with the pinned digest and unpack it to FOLDER/lwip. Needs no root. Where there is no
# apt, put the file into FOLDER by hand.
set -eu
version=2.1.3+dfsg1-2
file=lwip_2.1.3+dfsg1.orig.tar.xz
sha256=0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24

mkdir -p "$1/apt/lists/partial"
cd "$1"
if ! echo "$sha256  $file" | sha256sum --check --status 2>/dev/null; then
	if [ -e /etc/apt/sources.list.d/debian.sources ]; then
		list=$PWD/apt/list.sources
		sed 's/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >"$list"
	else
		list=$PWD/apt/list.list
		sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$list"
	fi
	set -- -q -o Dir::Etc::sourcelist="$list" -o Dir::Etc::sourceparts=- \
		-o Dir::State::lists="$PWD/apt/lists" -o APT::Sandbox::User=
	{ apt-get "$@" update && apt-get "$@" source --download-only "lwip=$version"; } >apt/log 2>&1 || {
		tail -n 3 apt/log >&2
		echo "lwip $version could not be fetched: put $file into $PWD by hand" >&2
		exit 1
	}
	echo "$sha256  $file" | sha256sum --check --quiet
fi
rm -rf lwip && mkdir lwip
tar -xf "$file" --strip-components=1 -C lwip
