"""EventBridge: events on their way to API destinations.

Each destination has a thread while something waits for it, which sends what is
due in the order in which it came. What must be tried again waits by itself and
holds up nothing else. What waits is part of EventBridge's state on disk, without
credentials: those are read from the connection's secret when a request is sent.
"""

import copy
import email.utils
import logging
import threading
import time

import urllib3
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import eventbridge

from corrections import corrects, events_connections

logger = logging.getLogger("events")

REQUEST_SECONDS = 5  # AWS's limit
RESPONSE_BYTES = 1 << 20  # what the Range header asks for
LONGEST_SECONDS = 300  # on AWS 24 hours
MOST_RETRIES = 185
SLOWEST_RETRY_SECONDS = 60
RETRIED = (401, 407, 409, 429)  # and all from 500 on (eb-api-destinations, "Error codes")

_http = urllib3.PoolManager()
_changed = threading.Condition()
_pending: list[dict] = []
_busy: set[str] = set()


class UnreachableError(Exception):
    """Why a request could not be sent now."""


def put(arn, payload, target):
    """Send an event to a destination as soon as possible, in another thread."""
    policy, now = target.get("RetryPolicy") or {}, time.time()
    age = min(policy.get("MaximumEventAgeInSeconds", LONGEST_SECONDS), LONGEST_SECONDS)
    _wait_for([{"arn": arn, "account": get_account_id(), "region": get_region(), "payload": payload,
                "http": target.get("HttpParameters") or {}, "due": now, "until": now + age, "attempts": 0,
                "retries": policy.get("MaximumRetryAttempts", MOST_RETRIES)}])


def _wait_for(events):
    with _changed:
        _pending.extend(events)
        for arn in {event["arn"] for event in events} - _busy:
            _busy.add(arn)
            threading.Thread(target=_work, args=(arn,), daemon=True, name="api-destination").start()
        _changed.notify_all()


def _work(arn):
    """Send what waits for a destination until nothing does."""
    while event := _next(arn):
        try:
            with request_scope(event["account"], event["region"]):
                again = _attempt(event)
        except Exception:
            logger.exception("an event for %s is dropped", arn)
            again = False
        with _changed:
            if not again and event in _pending:
                _pending.remove(event)


def _next(arn):
    """The first event that is due, waiting for it; None if none is left, and then the thread ends."""
    with _changed:
        while mine := [event for event in _pending if event["arn"] == arn]:
            first = min(mine, key=lambda event: event["due"])
            wait = first["due"] - time.time()
            if wait <= 0:
                return first
            _changed.wait(wait)
        _busy.discard(arn)
        return None


def _attempt(event) -> bool:
    """Send an event once; True if it shall be tried again."""
    _, name, *_ = event["arn"].split("/")
    destination = eventbridge._api_destinations.get(name) or {}
    if destination.get("ApiDestinationArn") != event["arn"]:
        logger.warning("API destination %s is not there; the event is dropped", event["arn"])
        return False
    event["attempts"] += 1
    try:
        status, retry_after = _send(destination, event)
        said = f"HTTP {status}"
    except (UnreachableError, urllib3.exceptions.HTTPError, OSError) as error:
        status, retry_after, said = 500, 0.0, str(error)
    time.sleep(1 / destination["InvocationRateLimitPerSecond"])
    if 200 <= status < 300:
        logger.info("API destination %s: %s", name, said)
        return False
    if status not in RETRIED and status < 500:
        logger.warning("API destination %s: %s, which is not tried again; the event is dropped", name, said)
        return False
    return _try_later(event, name, said, retry_after)


def _try_later(event, name, said, retry_after) -> bool:
    """Whether an event may be tried again; the pause doubles, and Retry-After may make it longer."""
    pause = max(min(2.0 ** (event["attempts"] - 1), SLOWEST_RETRY_SECONDS), retry_after)
    due = time.time() + pause
    if retry_after < 0 or event["attempts"] > event["retries"] or due > event["until"]:
        logger.warning("API destination %s: %s after %d attempts; the event is dropped", name, said, event["attempts"])
        return False
    logger.info("API destination %s: %s, once more in %.0f s", name, said, pause)
    event["due"] = due
    return True


def _send(destination, event):
    """One request, which follows no redirect; (status, seconds of Retry-After)."""
    connection = next((there for there in eventbridge._connections.values()
                       if there["ConnectionArn"] == destination["ConnectionArn"]), None)
    if not connection or connection["ConnectionState"] != "AUTHORIZED":
        raise UnreachableError(f"connection {destination['ConnectionArn']} is not authorized")
    connection = events_connections.with_secrets(connection)
    if not connection:  # it was deleted, or a restart has not restored it yet
        raise UnreachableError(f"the secret of connection {destination['ConnectionArn']} is not there")
    request = eventbridge._build_api_destination_request(destination, connection, event["http"], event["payload"])
    token = get_account_id(), get_region(), connection["Name"]
    headers = eventbridge._finalize_api_dest_headers(
        request["headers"] | eventbridge._connection_auth_headers(connection, token))
    response = _http.request(request["method"], request["url"], body=request["body"].encode(), headers=headers,
                             retries=False, timeout=urllib3.Timeout(total=REQUEST_SECONDS), preload_content=False)
    try:
        response.read(RESPONSE_BYTES)
    finally:
        response.close()
    if response.status in (401, 407):
        eventbridge._evict_oauth_token(connection["Name"])
    return response.status, _seconds(response.headers.get("Retry-After", ""))


def _seconds(text) -> float:
    """Retry-After, which is a number of seconds or a date; 0 if it is neither."""
    try:
        return float(text)
    except ValueError:
        date = email.utils.parsedate_tz(text)
        return email.utils.mktime_tz(date) - time.time() if date else 0.0


@corrects("eventbridge:get_state")
def save_what_waits(original):
    """An event that was taken is tried again until it is delivered (eb-rule-retry-policy), here also over a restart."""
    state = original()
    with _changed:
        return state | {"deliveries": copy.deepcopy(_pending)}


@corrects("eventbridge:_restore_state")
def send_what_waited(original, data):
    """Events that waited for their API destination are sent after a restart (deliveries)."""
    original(data)
    _wait_for((data or {}).get("deliveries") or [])


@corrects("eventbridge:reset")
def forget_what_waits(original):
    """An empty account has no events on their way (deliveries)."""
    with _changed:
        _pending.clear()
        _changed.notify_all()
    original()
