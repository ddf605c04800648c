#!/usr/bin/env bash
# Runs each layer's fast tests, each in a process of its own (two Django settings do not fit into one):
#   images/test.sh PYTHON [layer…]      PYTHON: an interpreter with the requirements installed, see README.md
set -euo pipefail
if [ $# -lt 1 ] || ! python=$(command -v "$1"); then
	echo "usage: images/test.sh PYTHON [layer…]: PYTHON must be an interpreter with the requirements of README.md" >&2
	exit 2
fi
[[ $python = /* ]] || python=$PWD/$python
shift
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- */tests

failed=()
for layer in "$@"; do
	layer=${layer%/tests}
	echo "images/$layer"
	(cd "$layer" && PYTHONDONTWRITEBYTECODE=1 "$python" -m pytest -q -p no:cacheprovider) || failed+=("$layer")
done
if [ ${#failed[@]} -gt 0 ]; then
	echo "images: tests failed in ${failed[*]}" >&2
	exit 1
fi
