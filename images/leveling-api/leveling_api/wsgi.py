"""What gunicorn loads."""

import logging
import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "leveling_api.settings"
try:
    application = get_wsgi_application()
except Exception:  # gunicorn would print some of them as plain lines
    logging.getLogger(__name__).critical("the API cannot be loaded", exc_info=True)
    sys.exit(1)
if settings.ALLOWED_HOSTS == ["*"]:
    logging.getLogger(__name__).info("ALLOWED_HOSTS is not set: requests for every host name are answered")
