"""ECS: the awslogs driver. What a container wrote is in CloudWatch Logs when its task is STOPPED."""

import datetime
import logging
import threading
import time

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudwatch_logs, ecs

from corrections import corrects

logger = logging.getLogger("ecs-logs")

FLUSH_SECONDS = 0.2
FLUSH_DEADLINE_SECONDS = 10

# Task id → the threads that ship its containers' output.
_forwarders: dict[str, list[threading.Thread]] = {}


@corrects("ecs:_start_awslogs_forwarder")
def ship_with_time(original, container, cdef, task_id):
    """Log events carry the time of writing, in whole lines, and all are there when the task is STOPPED
    (using_awslogs).

    ministack: the time of arrival, and the last lines may be lost.
    """
    config = ecs._awslogs_config(cdef, task_id, container.id)
    if not config:
        return
    scope = get_account_id(), config["region"] or get_region()
    thread = threading.Thread(target=_ship, args=(container, config, scope), daemon=True, name=f"awslogs-{task_id[:8]}")
    _forwarders.setdefault(task_id, []).append(thread)
    thread.start()


def flush(task):
    """Wait until all output of a task's ended containers is shipped."""
    deadline = time.monotonic() + FLUSH_DEADLINE_SECONDS
    for thread in _forwarders.pop(task["taskArn"].rsplit("/", 1)[-1], []):
        thread.join(max(0, deadline - time.monotonic()))


def _ship(container, config, scope):
    with request_scope(*scope):
        if not ecs._ensure_awslogs_stream(config):
            return
        try:
            batch = _Batch(config)
            rest = b""
            for chunk in container.logs(stream=True, follow=True, stdout=True, stderr=True, timestamps=True):
                if rest:  # the engine cuts a long line and puts the time before each part
                    chunk = chunk.partition(b" ")[2]
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    batch.add(line)
            if rest:
                batch.add(rest)
            batch.put()
        except Exception as error:
            logger.warning("output of %s is lost from here on: %s", container.name, error)


class _Batch:
    """Events that go to the log group together, sent at most FLUSH_SECONDS after the first."""

    def __init__(self, config):
        self.config, self.events, self.lock, self.timer = config, [], threading.Lock(), None
        self.scope = get_account_id(), get_region()

    def add(self, line):
        stamp, _, message = line.decode("utf-8", "replace").partition(" ")
        if not message.strip():  # CloudWatch Logs takes no empty event
            return
        with self.lock:
            self.events.append({"timestamp": _milliseconds(stamp), "message": message.rstrip("\r")})
            if self.timer is None:
                self.timer = threading.Timer(FLUSH_SECONDS, self.put)
                self.timer.daemon = True
                self.timer.start()

    def put(self):
        with self.lock, request_scope(*self.scope):
            events, self.events, self.timer = self.events, [], None
            if events:
                cloudwatch_logs._put_log_events({"logGroupName": self.config["group"],
                                                 "logStreamName": self.config["stream"], "logEvents": events})


def _milliseconds(stamp):
    """Docker's RFC 3339 time with nanoseconds, as CloudWatch's milliseconds."""
    try:
        return int(datetime.datetime.fromisoformat(f"{stamp[:23]}+00:00").timestamp() * 1000)
    except ValueError:
        return int(time.time() * 1000)
