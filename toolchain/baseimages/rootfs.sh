# Sourced by go.sh, python.sh and postgres.sh: makes a small Debian root file system and imports it as an image.
# shellcheck shell=bash
#
# mmdebstrap rather than debootstrap: it downloads side by side, adds the security suite in the same run, writes the
# same bytes for the same packages, and needs 20 s where debootstrap needs 70 s.

readonly SUITE=bookworm # Debian 12: Python 3.11 and PostgreSQL 15, what images/ and the local stack are built for
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly HERE

die() {
	echo "baseimages: $*" >&2
	exit 1
}

# print_key prints the key under which a root file system may be kept: it changes with these scripts and with the
# certificate authorities that the host trusts, since both end up inside, and with what a script's key_inputs prints.
print_key() {
	{
		cat "$HERE"/*.sh "$(host_bundle)"
		key_inputs
	} | sha256sum | cut -c1-16
}

# key_inputs prints what else of the host decides what is inside; a script that has such inputs defines it anew.
key_inputs() { :; }

host_bundle() {
	local bundle=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
	if [ -r "$bundle" ]; then echo "$bundle"; else echo /dev/null; fi
}

# host_sources prints the Debian sources of SUITE that the host's own apt uses, so that a mirror set there is used here
# too. On a host of another release it prints nothing, and mmdebstrap takes its default.
host_sources() {
	command -v apt-get >/dev/null || return 0
	apt-get indextargets --format "deb \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" 'Created-By: Packages' 2>/dev/null |
		grep -E "/debian(-security)?/? $SUITE(-updates|-security)? main\$" | sort -u || true
}

# host_proxy prints the apt option for the host's proxy, if apt has one.
host_proxy() {
	command -v apt-config >/dev/null || return 0
	local PROXY=""
	eval "$(apt-config shell PROXY Acquire::http::Proxy)"
	[ -z "$PROXY" ] || printf 'Acquire::http::Proxy "%s";' "$PROXY"
}

# make_rootfs TAR PACKAGES [mmdebstrap option...] makes TAR unless it is there. It is written beside TAR and renamed
# when complete, under a lock: an interrupted run leaves nothing that a later one could take for complete.
make_rootfs() {
	local tar=$1 packages=$2 work="$1.work" proxy sources
	shift 2
	command -v mmdebstrap >/dev/null || die "mmdebstrap is missing: apt-get install --no-install-recommends mmdebstrap"
	mkdir -p "$(dirname "$tar")"
	exec 9>"$tar.lock"
	flock 9
	if [ -f "$tar" ]; then
		exec 9>&-
		return
	fi

	rm -rf --one-file-system "$work"
	mkdir "$work"
	trap 'rm -rf --one-file-system "$work"' EXIT
	proxy=$(host_proxy)
	sources=$(host_sources)
	if [ -n "$sources" ]; then
		printf '%s\n' "$sources" >"$work/sources"
		set -- "$@" "$SUITE" "$work/rootfs.tar" "$work/sources"
	else
		set -- "$@" "$SUITE" "$work/rootfs.tar"
	fi
	# 9>&- keeps the lock out of what mmdebstrap starts. The date is any fixed one: it only caps the files' dates.
	# With /usr merged from the start, the package usrmerge stays out, and with it the 48 MB of Perl that it needs.
	# shellcheck disable=SC2016 # $1 is for mmdebstrap's shell: the folder of the root file system
	TMPDIR=$work SOURCE_DATE_EPOCH=1700000000 mmdebstrap --variant=apt --include="usr-is-merged,$packages" \
		--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
		${proxy:+--aptopt="$proxy"} \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/info/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-include=/usr/share/doc/*/copyright' \
		--customize-hook="$HERE/trust-host.sh" \
		--customize-hook='rm -f "$1/etc/resolv.conf" "$1/etc/hostname"' \
		"$@" 9>&- || die "mmdebstrap could not make $tar: see its message above"
	mv "$work/rootfs.tar" "$tar"
	rm -rf --one-file-system "$work"
	trap - EXIT
	exec 9>&-
}

# import_rootfs TAR TAG [docker import option...] imports TAR as TAG unless the engine has exactly that already.
import_rootfs() {
	local tar=$1 tag=$2 sum old
	shift 2
	sum=$(printf '%s\n' "$*" | cat - "$tar" | sha256sum | cut -d' ' -f1)
	old=$(docker image inspect -f '{{index .Config.Labels "botyard.rootfs"}}' "$tag" 2>/dev/null || true)
	if [ "$old" = "$sum" ]; then
		echo "baseimages: $tag is there already"
		return
	fi
	docker import "$@" --change "LABEL botyard.rootfs=$sum" "$tar" "$tag" >/dev/null || die "docker could not import $tar as $tag"
	echo "baseimages: imported $tag"
}

# parse_args sets TAG and ROOTFS from the command line.
parse_args() {
	local usage
	usage="usage: $(basename "$0") --tag IMAGE:TAG --rootfs FILE.tar | --print-key"
	TAG='' ROOTFS=''
	while [ $# -gt 0 ]; do
		case $1 in
		--tag) TAG=${2:-} ;;
		--rootfs) ROOTFS=${2:-} ;;
		--print-key)
			print_key
			exit
			;;
		*) die "unknown argument $1; $usage" ;;
		esac
		shift $(($# > 1 ? 2 : 1))
	done
	if [ -z "$TAG" ] || [ -z "$ROOTFS" ]; then die "$usage"; fi
	case $ROOTFS in /*) ;; *) ROOTFS=$PWD/$ROOTFS ;; esac
}
