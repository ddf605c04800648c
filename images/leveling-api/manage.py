"""Django's commands for the leveling API: python manage.py migrate --noinput makes and changes the tables."""

import os
import sys

from django.core.management import execute_from_command_line

import fleet_logs

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "leveling_api.settings"
    fleet_logs.setup()
    execute_from_command_line(sys.argv)
