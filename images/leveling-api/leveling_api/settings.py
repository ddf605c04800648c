"""Settings, all from the environment: DATABASE_URL, and ALLOWED_HOSTS if wanted."""

import os
import secrets

from fleet_models.settings import APPS, databases

DATABASES = databases(os.environ)
INSTALLED_APPS = APPS
MIDDLEWARE = ["leveling_api.middleware.CheckHost", "leveling_api.middleware.DatabaseNotReady"]
ROOT_URLCONF = "leveling_api.urls"
USE_TZ = True
TIME_ZONE = "UTC"

# ALLOWED_HOSTS: host names with commas between, as "leveling.example.org". Where it is not set, every name is taken.
# That is safe here, and only here: a forged Host does harm when an answer is built from it (a link in a mail, a
# redirect, a cookie's domain), and no answer of this API is. The load balancer's generated name is not known when the
# image is built, and its health checks name the host's address, so no default list would be right.
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()] or ["*"]

# Django wants a key for signing. Nothing here is signed (no sessions, no cookies, no tokens), so none is kept.
SECRET_KEY = secrets.token_urlsafe(50)

# Logging is set up by whatever starts Django: gunicorn.conf.py, or manage.py.
LOGGING_CONFIG = None
