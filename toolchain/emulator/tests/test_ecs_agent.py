"""What the agent sees of containers, with an engine that is told what to say."""

import itertools
import time
from types import SimpleNamespace

import pytest
from conftest import covers
from fleet import CHECK, Fleet, settle
from ministack.services import cloudwatch_logs, ecs

from corrections import ecs_agent, ecs_health, ecs_logs, ecs_stop


class Engine:
    """Stands in for the Docker client: containers by id, with what `docker ps` and `inspect` would say."""

    def __init__(self):
        self.known, self.stopped = {}, []
        self.containers = self

    def add(self, container_id, status="Up 1 second", state="running", **inspected):
        self.known[container_id] = SimpleNamespace(
            id=container_id, name=container_id, attrs={"Status": status, "State": state},
            stop=lambda timeout: self.stopped.append((container_id, timeout)), remove=lambda **_: None,
            exec_run=lambda command: SimpleNamespace(exit_code=0))
        self.inspected = {"Status": "exited", "ExitCode": 0} | inspected

    def list(self, **_):
        return list(self.known.values())

    def get(self, container_id):
        found = self.known[container_id]
        return SimpleNamespace(**{**vars(found), "attrs": {"State": self.inspected}})


@pytest.fixture
def engine(monkeypatch):
    fake = Engine()
    monkeypatch.setattr(ecs_agent.engine, "client", lambda: fake)
    return fake


@pytest.fixture
def task(aws, engine):
    """A running task with the container "one"."""
    fleet = Fleet(aws("ecs"))
    arn = fleet.client.run_task(cluster="c", taskDefinition=fleet.definition(healthCheck=CHECK, stopTimeout=7))[
        "tasks"][0]["taskArn"]
    found = ecs._tasks[arn]
    found["_docker_ids"] = ["one"]
    engine.add("one")
    return found


def test_an_essential_container_that_ends_stops_its_task(task, engine):
    engine.add("one", "Exited (3) 1 second ago", "exited", ExitCode=3)
    ecs_agent.watch_once()
    settle(task)
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited", "Essential container in task exited")
    assert task["containers"][0]["exitCode"] == 3


def test_a_kill_for_memory_is_told(task, engine):
    engine.add("one", "Exited (137)", "exited", ExitCode=137, OOMKilled=True)
    ecs_agent.watch_once()
    settle(task)
    assert task["containers"][0]["exitCode"] == 137
    assert task["containers"][0]["reason"] == "OutOfMemoryError: Container killed due to memory usage"


def test_a_container_that_was_removed_stops_its_task(task, engine):
    engine.known.clear()
    ecs_agent.watch_once()
    settle(task)
    assert task["stopCode"] == "EssentialContainerExited"


def test_a_container_that_is_not_essential_may_end(task, engine):
    task["containers"].append({"name": "side", "lastStatus": "RUNNING", "healthStatus": "UNKNOWN"})
    task["_container_essentials"] = [True, False]
    task["_docker_ids"].append("two")
    engine.add("two", "Exited (0)", "exited")
    ecs_agent.watch_once()
    assert task["desiredStatus"] == "RUNNING" and task["containers"][1]["lastStatus"] == "STOPPED"


@pytest.mark.parametrize("status, health", [
    ("Up 9 seconds (healthy)", "HEALTHY"), ("Up 9 seconds (unhealthy)", "UNHEALTHY"),
])
def test_health_is_that_of_the_engine(task, engine, status, health):
    engine.add("one", status)
    ecs_agent.watch_once()
    assert (task["healthStatus"], task["containers"][0]["healthStatus"]) == (health, health)


def test_health_is_looked_at_early(task, engine):
    engine.add("one", "Up 1 second (health: starting)")
    ecs_agent.watch_once()
    deadline = time.monotonic() + 5
    while task["healthStatus"] != "HEALTHY":
        assert time.monotonic() < deadline, "the check was not run"
        time.sleep(0.01)


def test_an_early_failure_says_nothing(task, engine):
    engine.add("one", "Up 1 second (health: starting)")
    engine.known["one"].exec_run = lambda command: SimpleNamespace(exit_code=1)
    container = task["containers"][0]
    ecs_health._probe(task, 0, container, CHECK, ecs_agent._note_health)
    assert container["healthStatus"] == "UNKNOWN"


def test_containers_get_their_own_time_to_stop(task, engine):
    ecs_stop.stop(task, "enough", "UserInitiated")
    settle(task)
    assert engine.stopped[0] == ("one", 7)


def test_stopping_twice_is_stopping_once(task, engine):
    ecs_stop.stop(task, "first", "UserInitiated")
    ecs_stop.stop(task, "second", "UserInitiated")
    settle(task)
    assert task["stoppedReason"] == "first"


def test_stopped_tasks_are_told_of_for_an_hour(task, engine):
    ecs_stop.stop(task, "enough", "UserInitiated")
    settle(task)
    task["_stopped"] = time.time() - 3590
    ecs_agent.watch_once()
    assert task["taskArn"] in ecs._tasks
    task["_stopped"] -= 20
    ecs_agent.watch_once()
    assert task["taskArn"] not in ecs._tasks


# ── Logs ────────────────────────────────────────────────────────────────────

OPTIONS = {"awslogs-group": "/g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"}
CDEF = {"name": "app", "logConfiguration": {"logDriver": "awslogs", "options": OPTIONS}}


def written(chunks):
    return SimpleNamespace(id="c", name="c", logs=lambda **_: iter(chunks))


def shipped(chunks):
    cloudwatch_logs._create_log_group({"logGroupName": "/g"})
    ecs._start_awslogs_forwarder(written(chunks), CDEF, "task1")
    ecs_logs.flush({"taskArn": "arn/task1"})
    events = cloudwatch_logs._log_groups["/g"]["streams"]["p/app/task1"]["events"]
    return [(event["timestamp"], event["message"]) for event in events]


@covers("ecs_logs.ship_with_time")
def test_lines_are_shipped_with_the_time_of_writing():
    assert shipped([b"2026-11-22T10:00:00.123456789Z one\n2026-11-22T10:00:00.500000000Z two\n"]) == [
        (1795341600123, "one"), (1795341600500, "two")]


@covers("ecs_logs.ship_with_time")
def test_a_line_that_the_engine_cut_is_one_event():
    chunks = [b"2026-11-22T10:00:00.000000000Z begin ", b"2026-11-22T10:00:00.000000000Z end\n"]
    assert [message for _, message in shipped(chunks)] == ["begin end"]


@covers("ecs_logs.ship_with_time")
def test_the_last_line_needs_no_end_and_empty_lines_are_none():
    chunks = [b"2026-11-22T10:00:00.000000000Z \n", b"2026-11-22T10:00:01.000000000Z last"]
    assert [message for _, message in shipped(chunks)] == ["last"]


@covers("ecs_logs.ship_with_time")
def test_all_lines_are_there_when_the_flush_is_over():
    lines = [b"2026-11-22T10:00:00.000000000Z %d\n" % number for number in range(5000)]
    assert [message for _, message in shipped(lines)] == [str(number) for number in range(5000)]


def test_no_group_no_shipping(caplog):
    ecs._start_awslogs_forwarder(written(itertools.repeat(b"x\n", 3)), CDEF, "task2")
    ecs_logs.flush({"taskArn": "arn/task2"})
    assert "awslogs group /g does not exist" in caplog.text
