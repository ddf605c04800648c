"""The container's health check: python -m bot.health exits with 0 when the bot and its database answer."""

from fleet_models.probe import main

if __name__ == "__main__":
    main("/health")
