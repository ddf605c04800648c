"""The API's pages. Every answer is JSON, an error too: {"error": reason}."""

import logging

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from fleet_models import database, leveling, watch

log = logging.getLogger(__name__)
# What the health page asks of the warden while the database is away, seconds: a restart would not bring it back.
PATIENCE = "3600"
DEFAULT_LIMIT = 10
MAX_LIMIT = 100


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """For the load balancer: the process answers. What it lacks is the warden's to judge, by /healthz."""
    return JsonResponse({"status": "alive"})


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, within seconds: one that hangs must not make this page hang too."""
    try:
        watch.check()
    except database.NOT_READY as error:
        log.warning("the database is not ready: %s", str(error).splitlines()[0])
        return JsonResponse({"error": database.explain(error)}, status=503, headers={"Retry-After": PATIENCE})
    return JsonResponse({"status": "ok"})


@require_safe
def leaderboard(request: HttpRequest) -> JsonResponse:
    """The first members by points: /leaderboard?limit=10."""
    text = request.GET.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_LIMIT):
        return JsonResponse({"error": f"limit is {text[:20]!r}: it must be a number from 1 to {MAX_LIMIT}"}, status=400)
    return JsonResponse({"members": [standing.as_dict() for standing in leveling.leaderboard(int(text))]})


@require_safe
def member(request: HttpRequest, sender: str) -> JsonResponse:
    """Where one member stands: /members/ada."""
    standing = leveling.standing(sender) if sender.isprintable() else None
    if standing is None:
        return JsonResponse(
            {"error": "there is no such member: one becomes a member with the first message"}, status=404
        )
    return JsonResponse(standing.as_dict())


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """What Django shows for a path that is none of ours."""
    return JsonResponse({"error": "there is no such page: try /leaderboard or /members/<sender>"}, status=404)


def failed(request: HttpRequest) -> JsonResponse:
    """What Django shows for a mistake in this code; the log has the details."""
    return JsonResponse({"error": "the API failed to answer: its log has the reason"}, status=500)
