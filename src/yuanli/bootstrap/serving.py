"""Serving the API and the console in this process, until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import socket
from collections.abc import Callable, Coroutine
from importlib import import_module

from granian.constants import Interfaces
from granian.server.embed import Server

from yuanli.bootstrap.house import House
from yuanli.bootstrap.logs import set_up_logging
from yuanli.errors import Text, UnavailableError

APP = "yuanli.api:create_app"
"""The ASGI factory, by name as servers take it: this layer is below the API."""
STOP_GRACE_S = 5
FILES = 4 * 4096
MOST_OPEN = 4096
"""So many requests are answered at once, those who listen to streams among them; more wait at the door."""
log = logging.getLogger(__name__)


class PortTakenError(UnavailableError):
    """Another program listens on the address and port."""


Beside = Callable[[str], Coroutine[None, None, None]]
"""What runs in the loop of the server as long as it serves; it gets the server's URL."""


def serve(house: House, announce: Callable[[str], None], *, beside: Beside | None = None) -> None:
    """Serve until SIGINT or SIGTERM, then close the house.

    `announce` gets the URL once connections are taken and all campuses are ready to be asked; then `beside` begins.

    Raises
    ------
    PortTakenError
        The address can't be listened on.
    """
    set_up_logging(house.settings.log_level)
    _allow_files()
    try:
        port = house.settings.port or _free_port(house.settings.host)
        _check_free(house.settings.host, port)
        asyncio.run(_serve(house, port, announce, beside))
    finally:
        house.close()


async def _serve(house: House, port: int, announce: Callable[[str], None], beside: Beside | None) -> None:
    module, factory = APP.split(":")
    app = getattr(import_module(module), factory)(house)
    server = Server(
        app,
        address=house.settings.host,
        port=port,
        interface=Interfaces.ASGI,
        backlog=MOST_OPEN,
        backpressure=MOST_OPEN,
        websockets=False,
        log_enabled=False,
    )
    server.workers_kill_timeout = STOP_GRACE_S
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, _stop, app, server)
    running = asyncio.create_task(server.serve())
    await _listening(house.settings.host, port, running)
    await asyncio.to_thread(house.warm_up)
    house.keep_warm()
    house.keep_tidy()
    house.keep_clean()
    house.keep_connected()
    house.keep_orders()
    house.keep_reporting()
    house.keep_finding()
    house.keep_forecasting()
    house.keep_solving()
    house.keep_plan_runs()
    gc.freeze()  # What is ready now lives on: the collector need not look at it again.
    url = _url(house.settings.host, port)
    announce(url)
    house.keep_compiled()
    companion = None if beside is None else asyncio.create_task(beside(url))
    await running
    if companion is not None:
        companion.cancel()
        await asyncio.wait([companion])
    log.info("Stopped.")


def _allow_files() -> None:
    """Let this process have as many connections and files open as the system allows; many begin with 1024."""
    try:
        import resource
    except ImportError:  # Windows has no such limit.
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _stop(app: object, server: Server) -> None:
    log.info("Stopping.")
    app.state.stopping.set()  # type: ignore[attr-defined]
    server.stop()  # type: ignore[no-untyped-call]


async def _listening(host: str, port: int, running: asyncio.Task[None]) -> None:
    while not running.done():
        try:
            _, writer = await asyncio.open_connection(_reachable(host), port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return
    await running


def _free_port(host: str) -> int:
    with socket.socket(_family(host)) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _check_free(host: str, port: int) -> None:
    try:
        with socket.socket(_family(host)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise PortTakenError(
            Text(
                f"无法监听 {host}:{port}：{error.strerror}",
                f"Can't listen on {host}:{port}: {error.strerror}",
            ),
            field="port",
            hint=Text("换一个端口，例如 --port 8081。", "Choose another port, such as --port 8081."),
        ) from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _url(host: str, port: int) -> str:
    name = _reachable(host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"
