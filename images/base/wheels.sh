# shellcheck shell=sh
# Installs the wheels of a lock into the virtual environment, ready to run. A RUN step sources it after settle.sh, by whose
# mark it knows what is new:
#
#   RUN . /usr/local/lib/settle.sh && . /usr/local/lib/wheels.sh && install_wheels /opt/requirements/x.txt && settle
#
# Wheels only: nothing is compiled, and no package's own build script runs. The packages' own tests and the sources of
# Django's translations go: a sixth of all files, which every host would unpack. Python's bytecode is made here, by all
# processors, since a service with a read-only file system would make it anew at each start.
install_wheels() {
	pip install --require-hashes --only-binary :all: --no-deps --no-compile -r "$1" &&
		find /opt/venv/lib -cnewer /dev/shm/settle \( -type d -name tests -o -type f -name '*.po' \) -prune -exec rm -r {} + &&
		find /opt/venv/lib -cnewer /dev/shm/settle -type f -name '*.py' -print0 | sort -z |
		xargs -0 -r -n 200 -P "$(nproc)" python -m compileall -q --invalidation-mode unchecked-hash
}
