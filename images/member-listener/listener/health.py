"""The container's health check: python -m listener.health exits with 0 while the listener listens."""

import sys

from listener.heartbeat import trouble

if __name__ == "__main__":
    sys.exit(trouble() or 0)
