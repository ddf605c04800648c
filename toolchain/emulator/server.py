"""Serve ministack on loopback and the bridge, with every request recorded and every change saved."""

import asyncio
import concurrent.futures
import contextvars
import logging
import signal
import socket

from ministack import app

import engine
import requestlog
import state
from settings import Settings

logger = logging.getLogger("server")

# The Go SDK closes a request's body when the response begins, and its HTTP client takes it for an error if it has not
# looked by then whether there is more to send: it drops the connection, and the response cannot be read. No network is as
# fast as this machine is to itself, so an answer comes a moment later: long enough for a client that has to wait for a
# core of a busy machine (3 ms lost one call of some ten thousand there).
SETTLE_SECONDS = 0.02


# Threads that write the state of services to disk.
SAVERS = concurrent.futures.ThreadPoolExecutor(max_workers=8, thread_name_prefix="save")


def addresses(settings: Settings) -> list[str]:
    """host:port of each listener: loopback, and the bridge where there is an engine."""
    return [f"{host}:{settings.port}" for host in (engine.LOOPBACK, engine.bridge_address()) if host]


def refuse_taken(binds: list[str]) -> None:
    """Say so when the port is in use, before anything is loaded or removed."""
    for bind in binds:
        host, port = bind.rsplit(":", 1)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, int(port)))
            except OSError as error:
                raise SystemExit(f"{bind} cannot be listened on ({error.strerror}); "
                                 "stop what uses it or set GATEWAY_PORT") from error


def wrap_handlers(log: requestlog.RequestLog) -> None:
    """Put recording and saving around the handler of every service."""
    for service, handler in list(app.SERVICE_HANDLERS.items()):
        app.SERVICE_HANDLERS[service] = _wrapped(service, handler, log)


def _wrapped(service, handler, log):
    async def handle(method, path, headers, body, query_params):
        params = app._routing_params(method, path, headers, body, query_params)
        request = service, method, path, headers, body, params
        action = requestlog.action_of(*request)
        response = await handler(method, path, headers, body, query_params)
        log.record(service, action, requestlog.resource_of(*request), response[0], headers)
        if not state.is_read(action):
            # Not on the pool that all share: requests that a load balancer holds may fill that for as long as they like.
            await asyncio.get_running_loop().run_in_executor(
                SAVERS, contextvars.copy_context().run, state.save_service, service)
        await asyncio.sleep(SETTLE_SECONDS)
        return response
    return handle


def after_start(application, then):
    """The ASGI application, which calls `then` when it has started: its services have their state from disk by then.

    Saving before that would write the empty state of a service over the one that is yet to be read.
    """
    async def wrapped(scope, receive, send):
        async def heard(message):
            if message["type"] == "lifespan.startup.complete":
                then()
            await send(message)
        await application(scope, receive, heard)
    return wrapped


def serve(settings: Settings, closing) -> None:
    """Serve until SIGTERM or SIGINT; `closing` is set before anything is stopped."""
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    config = Config()
    config.bind = addresses(settings)
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = app.LOG_LEVEL
    wrap_handlers(requestlog.RequestLog(settings.request_log))

    async def run():
        stop = asyncio.Event()

        def end():
            closing.set()
            stop.set()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, end)
        await hypercorn_serve(after_start(app.app, lambda: state.follow(closing)), config, shutdown_trigger=stop.wait)

    logger.info("listening on %s, state in %s", ", ".join(config.bind), settings.state_dir)
    asyncio.run(run())
