# shellcheck shell=sh
# Makes a layer the same whenever it is built: a layer holds dates, and a build writes the time of the build into them.
# A RUN step sources it first and settles last:
#
#   RUN . /usr/local/lib/settle.sh && pip install … && settle
#
# Without arguments, settle gives one date to all that the step has changed since. With folders, it gives everything in them
# that date, and the permissions that git keeps: for files that were copied, which have the date of the checkout.

# 1980, the earliest that a zip file (and so a wheel) can hold. Python then checks its bytecode by the source's hash, not by
# its date, and useradd notes this day. Source: reproducible-builds.org, "SOURCE_DATE_EPOCH".
export SOURCE_DATE_EPOCH=315532800

# /dev/shm is no part of the layer. The pause is longer than the kernel's clock for files ticks (10 ms at most).
: >/dev/shm/settle && sleep 0.02

settle() {
	if [ "$#" -gt 0 ]; then
		chmod -R u=rwX,go=rX "$@" && find "$@" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	else
		find / -xdev \( -path /proc -o -path /sys -o -path /dev \) -prune -o -cnewer /dev/shm/settle \
			-exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	fi
}
