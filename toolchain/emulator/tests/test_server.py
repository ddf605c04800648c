"""How requests are served: each is recorded, each change is saved, and no answer comes before its sender is ready."""

import asyncio
import threading

import server


class Log:
    """Keeps what is recorded."""

    def __init__(self):
        self.lines = []

    def record(self, *line):
        self.lines.append(line)


def serve_one(monkeypatch, action):
    """Serve one request for the action; returns what happened, in order."""
    happened = []

    async def handler(*_):
        happened.append("handled")
        return 200, {}, b""

    async def sleep(seconds):
        happened.append(f"waited {seconds}")

    def save(service):
        happened.append(f"saved {service} on {threading.current_thread().name.split('_')[0]}")
    monkeypatch.setattr(server.asyncio, "sleep", sleep)
    monkeypatch.setattr(server.state, "save_service", save)
    monkeypatch.setattr(server.requestlog, "action_of", lambda *_: action)
    monkeypatch.setattr(server.requestlog, "resource_of", lambda *_: "")
    log = Log()
    answer = asyncio.run(server._wrapped("sts", handler, log)("POST", "/", {}, b"", {}))
    assert answer == (200, {}, b"")
    assert [line[:2] for line in log.lines] == [("sts", action)]
    return happened


def test_an_answer_leaves_the_sender_a_moment(monkeypatch):
    assert serve_one(monkeypatch, "GetCallerIdentity") == ["handled", "waited 0.02"]


def test_a_change_is_saved_before_it_is_answered_by_threads_of_its_own(monkeypatch):
    assert serve_one(monkeypatch, "CreateCluster") == ["handled", "saved sts on save", "waited 0.02"]


def test_nothing_is_saved_before_all_is_loaded():
    happened = []

    async def application(scope, receive, send):
        happened.append("loaded")
        await send({"type": "lifespan.startup.complete"})
        happened.append("serves")

    async def send(message):
        happened.append(message["type"])

    started = server.after_start(application, lambda: happened.append("saving"))
    asyncio.run(started({"type": "lifespan"}, None, send))
    assert happened == ["loaded", "saving", "lifespan.startup.complete", "serves"]
