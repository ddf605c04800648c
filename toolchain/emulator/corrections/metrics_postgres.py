"""What a database tells of itself over one short connection; the question is AWS's, the figures are Postgres's."""

import contextlib
from dataclasses import dataclass

import psycopg2

# How long a connection, and each question, may take; a database that is slower has no datapoints in that minute.
ANSWER_SECONDS = 3

# Connections are those of clients other than this one. The size is that of all databases and of the write-ahead log.
_FIGURES = """
    SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
           (SELECT max(age(datfrozenxid)) FROM pg_database),
           (SELECT sum(pg_database_size(oid)) FROM pg_database)::bigint
               + (SELECT coalesce(sum(size), 0) FROM pg_ls_waldir())::bigint,
           current_setting('track_io_timing')::boolean, current_setting('server_version_num')::integer"""
# Operations and the milliseconds that they took, since the statistics began.
_DISK = """
    SELECT sum(reads)::bigint, sum(read_time), (sum(writes) + sum(coalesce(extends, 0)))::bigint,
           sum(write_time) + sum(coalesce(extend_time, 0)) FROM pg_stat_io"""
# Before version 16 nothing counts the writes whose time it takes.
_DISK_BEFORE_16 = "SELECT sum(blks_read)::bigint, sum(blk_read_time), NULL, NULL FROM pg_stat_database"


@dataclass(frozen=True)
class Facts:
    """A database at one moment; what cannot be known is None."""

    connections: int
    used_transaction_ids: int
    # Bytes on disk.
    size: int
    # (operations, seconds that they took) so far.
    reads: tuple[int, float] | None = None
    writes: tuple[int, float] | None = None


def ask(instance) -> Facts:
    """Ask the database of an RDS instance; raises psycopg2.Error where it does not answer."""
    with contextlib.closing(psycopg2.connect(
            host=instance["Endpoint"]["Address"], port=instance["Endpoint"]["Port"], dbname="postgres",
            user=instance["MasterUsername"], password=instance["_MasterUserPassword"], application_name="rdsadmin",
            connect_timeout=ANSWER_SECONDS, options=f"-c statement_timeout={1000 * ANSWER_SECONDS}")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(_FIGURES)
            connections, age, size, timed, version = cursor.fetchone()
            if not timed:
                return Facts(connections, age, size)
            cursor.execute(_DISK if version >= 160000 else _DISK_BEFORE_16)
            reads, read_ms, writes, write_ms = cursor.fetchone()
            return Facts(connections, age, size, _operations(reads, read_ms), _operations(writes, write_ms))


def _operations(number, milliseconds):
    return None if number is None or milliseconds is None else (number, float(milliseconds) / 1000)
