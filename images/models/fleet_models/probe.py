"""The health check that a service's container runs every few seconds: is the service's own health page well?

http.client alone is imported, since the interpreter starts anew for each check.
"""

import http.client
import os
import sys

TIMEOUT = 4  # seconds; the container's own health check gives up after 5


def probe(path: str, port: int) -> str:
    """Why the page of this container is not well, or an empty string."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return (
            ""
            if response.status == 200
            else f"{path} answered {response.status}: {response.read(200).decode(errors='replace')}"
        )
    except OSError as error:
        return f"{path} on port {port} does not answer: {error}"
    finally:
        connection.close()


def main(path: str) -> None:
    """Exits with 0 when the page is well, else with 1 and the reason."""
    reason = probe(path, int(os.environ.get("PORT", "0")))
    sys.exit(reason or 0)
