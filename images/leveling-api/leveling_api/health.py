"""The container's health check: python -m leveling_api.health exits with 0 when the API and its database answer."""

from fleet_models.probe import main

if __name__ == "__main__":
    main("/healthz")
