"""The container's health check: python -m listener.health exits with 0 while the listener listens.

While Discord's gateway is silent it exits with EX_TEMPFAIL: the warden is to tell it, and not to restart a listener
that connects anew by itself.
"""

import os
import sys

from listener.heartbeat import token, trouble

if __name__ == "__main__":
    reason = trouble()
    if reason and token():
        print(reason, file=sys.stderr)
        sys.exit(os.EX_TEMPFAIL)
    sys.exit(reason or 0)
