"""Which websites' pages may talk to the bot from a browser (the Fetch standard's CORS protocol)."""

import re

from aiohttp import hdrs, web

ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
PREFLIGHT_SECONDS = "600"  # that a browser may remember the answer


def origins(text: str) -> frozenset[str]:
    """The origins of ALLOWED_ORIGINS, which commas separate. Exits with the reason when one is none."""
    listed = [word.strip() for word in text.split(",") if word.strip()]
    for origin in listed:
        if not ORIGIN.fullmatch(origin):
            raise SystemExit(f"ALLOWED_ORIGINS has {origin!r}: right would be https://www.example.org, without a path")
    return frozenset(listed)


def allow(app: web.Application, allowed: frozenset[str]) -> None:
    """Lets pages of these origins read the application's answers, and post JSON to it."""

    async def sign(request: web.Request, response: web.StreamResponse) -> None:
        response.headers[hdrs.VARY] = hdrs.ORIGIN
        if (origin := request.headers.get(hdrs.ORIGIN)) in allowed:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            if request.method == hdrs.METH_OPTIONS:
                response.headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = hdrs.METH_POST
                response.headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = hdrs.CONTENT_TYPE
                response.headers[hdrs.ACCESS_CONTROL_MAX_AGE] = PREFLIGHT_SECONDS

    app.on_response_prepare.append(sign)
