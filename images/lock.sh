#!/usr/bin/env bash
# Makes each layer's requirements.txt (every version and hash) from its requirements.in. Run it after an edit there:
#   images/lock.sh [uv option…]      for example --upgrade, or --upgrade-package django
# Needs uv (pip install uv). Versions that are in a lock already stay unless an option says otherwise.
set -euo pipefail
cd "$(dirname "$0")"

# lock NAME [option…]: NAME.in becomes NAME.txt, for Python 3.11 on Linux, whatever runs this.
lock() {
	local name=$1
	shift
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		--python-version 3.11 --python-platform linux "$@" "$name.in" --output-file "$name.txt"
}

lock python-deps/requirements "$@"
lock models/build-requirements "$@"
lock database-init/requirements --constraint python-deps/requirements.txt "$@"
# The second fleet's libraries need not be the first one's; but all layers' tests share one environment.
lock chat-deps/requirements --constraint python-deps/requirements.txt "$@"
lock intents/requirements --constraint python-deps/requirements.txt --constraint chat-deps/requirements.txt "$@"
lock test-requirements --constraint python-deps/requirements.txt --constraint database-init/requirements.txt "$@"
