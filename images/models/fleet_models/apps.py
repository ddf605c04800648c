"""The Django app: name it in INSTALLED_APPS as "fleet_models"."""

from django.apps import AppConfig


class FleetModels(AppConfig):
    """Registers the points tables."""

    name = "fleet_models"
    default_auto_field = "django.db.models.BigAutoField"
