"""Django's commands for the leveling API: python manage.py migrate --noinput makes and changes the tables."""

import os
import sys

from django.core.management import execute_from_command_line

from fleet_models import logs

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "leveling_api.settings"
    logs.setup()
    execute_from_command_line(sys.argv)
