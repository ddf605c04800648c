#!/usr/bin/env bash
# trust-host.sh ROOT: run by mmdebstrap as its last step. ROOT comes to trust what this machine trusts beyond Debian's
# own certificate authorities, as behind a proxy that intercepts TLS; without it pip fails inside image builds.
# Each one becomes a file of /usr/local/share/ca-certificates, so that a later update-ca-certificates keeps it.
set -euo pipefail

root=$1
bundle=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
known=$root/etc/ssl/certs/ca-certificates.crt
[ -r "$bundle" ] && [ -e "$known" ] || exit 0

awk -v folder="$root/usr/local/share/ca-certificates" '
	/-----BEGIN CERTIFICATE-----/ { inside = 1; body = "" }
	inside { sub(/\r$/, ""); body = body $0 "\n" }
	/-----END CERTIFICATE-----/ {
		inside = 0
		if (FILENAME == ARGV[1]) { seen[body] = 1; next }
		if (!(body in seen)) { seen[body] = 1; file = folder "/host-" ++n ".crt"; printf "%s", body > file; close(file) }
	}' "$known" "$bundle"
chroot "$root" update-ca-certificates >/dev/null
