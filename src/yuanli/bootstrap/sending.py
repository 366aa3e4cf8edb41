"""Where readings are sent to from here: a server over HTTP, or a broker."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from time import time_ns
from urllib.parse import quote

from yuanli.bootstrap.gateways import GatewayThread, make_gateways
from yuanli.campus import CampusId
from yuanli.devices import HttpSender, MqttSender, Session, Spool, SpoolIntake, forward, parse_broker
from yuanli.errors import InvalidInputError, Text
from yuanli.settings import Settings

SPOOL_FILE = "spool.db"


class TargetError(InvalidInputError):
    """Readings can't be sent there: the token is missing."""


class NoGatewaysError(InvalidInputError):
    """The settings name no gateway to forward from."""


def sender_to(url: str, *, token: str | None, client_id: str | None = None) -> HttpSender | MqttSender:
    """Return what sends to `http://…` with a token, or to `mqtt://…`.

    Raises
    ------
    TargetError, BrokerAddressError
        HTTP has no token; the address is neither.
    """
    if not url.startswith(("http://", "https://")):
        return MqttSender(parse_broker(url), Session(client_id=client_id or f"yuanli-{secrets.token_hex(4)}"))
    if token is None:
        raise TargetError(
            Text("推送到 HTTP 需要访问令牌。", "Pushing over HTTP needs a token."), field="token",
            hint=Text("给出令牌；在“用户”页生成。", "Give a token; make one on the users' page."),
        )  # fmt: skip
    return HttpSender(url.rstrip("/"), token)


def topic_to(url: str, campus: str, *, gateway: str, topic: str | None = None, skip: bool = True) -> str:
    """Return what a parcel's topic is there.

    Parameters
    ----------
    gateway
        What the server calls the sender.
    topic
        For a broker; `{campus}/telemetry` where None.
    skip
        Whether a server keeps the good rows where others are refused.
    """
    if not url.startswith(("http://", "https://")):
        return (topic or "{campus}/telemetry").replace("{campus}", campus)
    own = f"/v1/campuses/{quote(campus, safe='')}/readings?gateway={quote(gateway, safe='')}"
    return f"{own}&partial=true" if skip else own


async def forward_gateways(
    settings: Settings,
    folder: Path,
    send: HttpSender | MqttSender,
    topic: Callable[[CampusId], str],
    *,
    announce: Callable[[int, int], None] = lambda gateways, waiting: None,
) -> None:
    """Read the gateways of the settings into a spool in a folder, and send what it holds, until cancelled.

    `announce` gets how many gateways read, and how many parcels waited from before.

    Raises
    ------
    NoGatewaysError
        The settings name none.
    """
    if not settings.gateways:
        raise NoGatewaysError(
            Text("配置中没有网关，无可转发。", "The settings name no gateway: there is nothing to forward."),
            field="gateways",
            hint=Text("在 yuanli.toml 中写 [[gateways]]。", "Write [[gateways]] in yuanli.toml."),
        )
    folder.mkdir(parents=True, exist_ok=True)
    spool = Spool(folder / SPOOL_FILE)
    intake = SpoolIntake(spool, topic=topic, clock=lambda: time_ns() // 1_000)
    gateways = make_gateways(settings, intake, spooled=False)
    reading = GatewayThread(gateways, lambda campus_id: campus_id)
    try:
        reading.start()
        announce(len(gateways), len(spool))
        async with send:
            await forward(spool, send)
    finally:
        await asyncio.to_thread(reading.stop)
        spool.close()


def run_until_stopped(work: Coroutine[None, None, None]) -> None:
    """Run work until it ends, or SIGINT or SIGTERM stops it."""

    async def run() -> None:
        task, loop = asyncio.ensure_future(work), asyncio.get_running_loop()
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(one, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(run())
