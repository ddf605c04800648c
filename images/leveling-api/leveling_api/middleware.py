"""What holds for every request: the host is one of ours, and a database that is away is said plainly."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from fleet_models import database

log = logging.getLogger(__name__)
HEALTH_PATH = "/healthz"


class CheckHost:
    """Answers 400 to a Host that is not in ALLOWED_HOSTS.

    The health page is exempt: a load balancer's checks name the target's address, which nobody can list beforehand.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != HEALTH_PATH:
            request.get_host()  # raises DisallowedHost, which Django turns into 400
        return self._get_response(request)


class DatabaseNotReady:
    """Answers 503 with the reason when the database is away or has no tables yet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Called by Django with what a view raised; None leaves it to Django."""
        if not isinstance(error, database.NOT_READY):
            return None
        log.warning("the database is not ready: %s", str(error).splitlines()[0])
        return JsonResponse({"error": database.explain(error)}, status=503, headers={"Retry-After": "5"})
