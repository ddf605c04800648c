"""The Django settings that follow from a service's environment."""

import dj_database_url

APPS = ["fleet_models"]

# What libpq does about a server that is gone, in seconds: it gives up connecting after 3 (a health check waits for 5),
# and notices within 25 that the server of an open connection has failed over, instead of after two hours.
PATIENCE = {"connect_timeout": 3, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


def databases(environment: dict) -> dict:
    """Django's DATABASES from DATABASE_URL (postgresql://user:password@host:port/name; sqlite:///file in tests)."""
    url = environment.get("DATABASE_URL", "").strip()
    if not url:
        raise SystemExit(
            "DATABASE_URL is not set: give the service a database, as postgresql://user:password@host:port/name"
        )
    # A connection is kept for ten minutes and tried before it is used again, so that a database which has moved or
    # restarted costs one reconnect and no failed request.
    config = dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)
    if config["ENGINE"] == "django.db.backends.postgresql":
        config["OPTIONS"] = {**PATIENCE, **config.get("OPTIONS", {})}
    return {"default": config}
