#!/usr/bin/env bash
# Stand-in for golang:1.26-bookworm where Docker Hub cannot be reached: a small Debian with this machine's own Go, which
# compiled yard. It builds what is pure Go; there is no C compiler and no git in it.
#
#   go.sh --tag IMAGE:TAG --rootfs FILE.tar   FILE.tar is made when missing (about 30 s), then imported as IMAGE:TAG
#   go.sh --print-key                         what a kept FILE.tar depends on, as one short hash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=rootfs.sh
. "$(dirname "${BASH_SOURCE[0]}")/rootfs.sh"

# go_env NAME prints a setting of the Go that builds this module.
go_env() { go -C "$HERE" env "$1"; }

# key_inputs adds what of this machine ends up in the image besides what all stand-ins take.
key_inputs() {
	go -C "$HERE" version
	go_env GOPROXY
}

# module_proxy prints the option that hands on the module proxy, if this machine has another than Go's own: it is a
# setting of the base image then, as a company's would be. Its address may hold a password and is never printed.
module_proxy() {
	local proxy own
	proxy=$(go_env GOPROXY)
	own=$(GOENV=off GOPROXY='' go_env GOPROXY)
	[ "$proxy" = "$own" ] || printf 'ENV GOPROXY="%s"' "$(printf '%s' "$proxy" | sed 's/[\\"$]/\\&/g')"
}

command -v go >/dev/null || die "go is missing: install Go 1.26 (https://go.dev/doc/install)"
parse_args "$@"
GO_ROOT=$(go_env GOROOT)
export GO_ROOT
# A build reads the standard library's source and runs the compiler; it needs neither tests nor the source of the Go
# commands themselves, together half of the whole. A Go of Debian's is put together from links, which are followed.
# shellcheck disable=SC2016 # $1 is for mmdebstrap's shell: the folder of the root file system
make_rootfs "$ROOTFS" ca-certificates \
	--customize-hook='tar -C "$GO_ROOT" --dereference -cf "$1/go.tar" --exclude=./api --exclude=./doc --exclude=./misc \
		--exclude=./test --exclude=./src/cmd --exclude=./bin/gofmt --exclude=testdata --exclude="*_test.go" .' \
	--customize-hook='mkdir -p "$1/go" "$1/usr/local/go" && tar -C "$1/usr/local/go" -xf "$1/go.tar" --no-same-owner && rm "$1/go.tar"'
proxy=$(module_proxy)
import_rootfs "$ROOTFS" "$TAG" \
	--change 'ENV PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
	--change 'ENV GOPATH=/go' \
	--change 'ENV GOTOOLCHAIN=local' \
	${proxy:+--change "$proxy"} \
	--change 'WORKDIR /go' \
	--change 'CMD ["bash"]'
