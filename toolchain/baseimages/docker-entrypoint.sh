#!/bin/sh
# Entry point of the Postgres stand-in. Makes the data folder on the first start, then becomes the server.
set -eu

if [ "$(id -u)" = 0 ]; then
	# The data folder may be a fresh volume or a tmpfs, which belong to root; the server refuses to run as root.
	install -d -o postgres -g postgres -m 0700 "$PGDATA"
	install -d -o postgres -g postgres -m 0755 /run/postgresql
	exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ "$1" = postgres ] && [ ! -f "$PGDATA/PG_VERSION" ]; then
	: "${POSTGRES_PASSWORD:?must be set on the first start: it becomes the password of POSTGRES_USER}"
	user=${POSTGRES_USER:-postgres}
	new=$PGDATA/new
	# PG_VERSION comes last: a start that is killed before it leaves a folder that the next start makes anew.
	if [ -d "$new" ]; then find "$PGDATA" -mindepth 1 -delete; fi
	passwords=$(mktemp)
	printf '%s' "$POSTGRES_PASSWORD" >"$passwords"
	initdb --pgdata="$new" --username="$user" --pwfile="$passwords" --auth-local=trust --auth-host=scram-sha-256 \
		--encoding=UTF8 --no-sync
	rm "$passwords"
	{
		echo "listen_addresses = '*'"
		echo "jit = off"
	} >>"$new/postgresql.conf"
	echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
	database=${POSTGRES_DB:-$user}
	if [ "$database" != postgres ]; then
		quoted=$(printf '%s' "$database" | sed 's/"/""/g')
		echo "CREATE DATABASE \"$quoted\"" | postgres --single -D "$new" postgres >/dev/null
	fi
	find "$new" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$PGDATA" {} +
	mv "$new/PG_VERSION" "$PGDATA/"
	rmdir "$new"
fi

# docker stop sends SIGTERM, on which the server would wait until its clients leave. SIGINT (15:2) ends the sessions,
# writes a checkpoint and stops. docker import cannot set the image's stop signal.
exec dumb-init --single-child --rewrite 15:2 -- "$@"
