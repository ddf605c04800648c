"""What gunicorn loads."""

import logging
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "leveling_api.settings"
application = get_wsgi_application()
if settings.ALLOWED_HOSTS == ["*"]:
    logging.getLogger(__name__).info("ALLOWED_HOSTS is not set: requests for every host name are answered")
