#!/usr/bin/env bash
# Stand-in for postgres:15-alpine, which the emulator starts for an RDS instance, where Docker Hub cannot be reached.
# Same contract for what the emulator uses: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, data in
# /var/lib/postgresql/data, docker-entrypoint.sh on PATH with the server's arguments after "postgres".
#
#   postgres.sh --tag IMAGE:TAG --rootfs FILE.tar   FILE.tar is made when missing (about 25 s), then imported as IMAGE:TAG
#   postgres.sh --print-key                         what a kept FILE.tar depends on, as one short hash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=rootfs.sh
. "$(dirname "${BASH_SOURCE[0]}")/rootfs.sh"

parse_args "$@"
export BASEIMAGES=$HERE
# The just-in-time compiler is left out: its LLVM is 110 MB, half of the image, and of no use to a fleet's small queries.
# shellcheck disable=SC2016 # $1 is for mmdebstrap's shell: the folder of the root file system
make_rootfs "$ROOTFS" postgresql-15,dumb-init \
	--dpkgopt='path-exclude=/usr/lib/*/libLLVM-*' \
	--dpkgopt='path-exclude=/usr/lib/postgresql/*/lib/llvmjit*' \
	--dpkgopt='path-exclude=/usr/lib/postgresql/*/lib/bitcode/*' \
	--essential-hook='mkdir -p "$1/etc/postgresql-common" && echo create_main_cluster = false >"$1/etc/postgresql-common/createcluster.conf"' \
	--customize-hook='install -m 0755 "$BASEIMAGES/docker-entrypoint.sh" "$1/usr/local/bin/"'
import_rootfs "$ROOTFS" "$TAG" \
	--change 'ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
	--change 'ENV LANG=C.UTF-8' \
	--change 'ENV PGDATA=/var/lib/postgresql/data' \
	--change 'EXPOSE 5432' \
	--change 'ENTRYPOINT ["docker-entrypoint.sh"]' \
	--change 'CMD ["postgres"]'
