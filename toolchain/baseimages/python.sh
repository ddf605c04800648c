#!/usr/bin/env bash
# Stand-in for python:3.11-slim-bookworm where Docker Hub cannot be reached, from Debian's own packages.
#
#   python.sh --tag IMAGE:TAG --rootfs FILE.tar   FILE.tar is made when missing (about 20 s), then imported as IMAGE:TAG
#   python.sh --print-key                         what a kept FILE.tar depends on, as one short hash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=rootfs.sh
. "$(dirname "${BASH_SOURCE[0]}")/rootfs.sh"

parse_args "$@"
# shellcheck disable=SC2016 # $1 is for mmdebstrap's shell: the folder of the root file system
# tzdata: Django reads its time zone from it. The official image calls its interpreter python as well as python3.
make_rootfs "$ROOTFS" python3,python3-venv,ca-certificates,tini,tzdata \
	--customize-hook='ln -s /usr/bin/python3 "$1/usr/local/bin/python"'
import_rootfs "$ROOTFS" "$TAG" \
	--change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
	--change 'ENV LANG=C.UTF-8' \
	--change 'CMD ["python3"]'
