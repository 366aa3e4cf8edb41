"""Playing the demo park's life to a server or a broker, at any speed and from any time."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from yuanli.devices import (
    HttpSender,
    MqttSender,
    Parcel,
    Send,
    Session,
    listen_to_commands,
    parse_broker,
)
from yuanli.errors import InvalidInputError, Text, YuanliError
from yuanli.telemetry import TopicTemplate

if TYPE_CHECKING:
    from yuanli.demo import Push, Simulator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000
JSON = "application/json"
TICKS_A_SECOND = 2.0
FASTEST = 100_000.0
MQTT_ROWS = 1_500
"""Readings in one message: brokers and their queues like them small."""
log = logging.getLogger(__name__)


class PlayRefusedError(InvalidInputError):
    """The speed, the times or the address can't be played with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayParams:
    """How the park's life is played.

    Parameters
    ----------
    speed
        Simulated seconds in a second, until the present is reached; from then on life goes by itself.
    begin, end
        From when, and until when; without an end it goes on.
    """

    begin: datetime
    end: datetime | None = None
    speed: float = 60.0

    def __post_init__(self) -> None:
        if not (0 < self.speed <= FASTEST and math.isfinite(self.speed)):
            raise PlayRefusedError(
                Text(f"速度 {self.speed} 无效。", f"A speed of {self.speed} is not valid."),
                field="speed",
                hint=Text(f"大于 0，最多 {FASTEST:g}。", f"Above 0, and up to {FASTEST:g}."),
            )  # fmt: skip
        if self.begin.tzinfo is None or (
            self.end is not None and (self.end.tzinfo is None or self.end <= self.begin)
        ):
            raise PlayRefusedError(
                Text("起止时间须带时区且有先后。", "The times need a zone, and the end comes after the begin."),
                field="from",
                hint=Text("例如 2026-05-01T00:00+08:00。", "Give such as 2026-05-01T00:00+08:00."),
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What was sent: readings and pushes, and up to when on the park's clock."""

    rows: int
    pushes: int
    until: datetime


@dataclass(slots=True)
class Playhead:
    """Where on the park's clock (µs) the play is; commands hold from there."""

    at: int


async def play_demo(
    simulator: Simulator,
    url: str,
    params: PlayParams,
    *,
    token: str | None = None,
    campus: str = "demo",
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Played:
    """Play to `http://…` (with a token) or `mqtt://…`.

    Over MQTT readings go to `{campus}/telemetry`, and commands on `{campus}/{point}/set` are obeyed.

    Raises
    ------
    PlayRefusedError, BrokerAddressError
        The address is neither, or HTTP has no token.
    SendFailedError, ParcelRefusedError
        The other side can't be reached, or does not want it.
    """
    head = Playhead(_micros(params.begin) // MINUTE * MINUTE)
    if url.startswith(("http://", "https://")):
        if token is None:
            raise PlayRefusedError(
                Text("推送到 HTTP 需要访问令牌。", "Pushing over HTTP needs a token."),
                field="token",
                hint=Text("用 --token；在“用户”页生成。", "Give --token; make one on the users' page."),
            )
        address = f"{url.rstrip('/')}/v1/campuses/{campus}/readings?partial=true&gateway=demo-play"
        async with HttpSender(address, token, timeout_s=120) as send:
            return await _played(simulator, send, params, "", head, clock, sleep)
    broker = parse_broker(url)
    session = Session(client_id=f"yuanli-demo-{secrets.token_hex(4)}")
    listening = asyncio.create_task(
        listen_to_commands(
            broker,
            Session(client_id=f"{session.client_id}-set"),
            TopicTemplate(f"{campus}/{{point}}/set"),
            lambda point, value: _obeyed(simulator, point, value, head.at),
        )
    )
    try:
        async with MqttSender(broker, session) as send:
            return await _played(simulator, send, params, f"{campus}/telemetry", head, clock, sleep)
    finally:
        listening.cancel()
        await asyncio.wait([listening])


async def _played(
    simulator: Simulator,
    send: Send,
    params: PlayParams,
    topic: str,
    head: Playhead,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]],
) -> Played:
    from yuanli.demo import FeedParams, LiveFeed

    live = LiveFeed(simulator, FeedParams(most_rows=MQTT_ROWS) if topic else FeedParams())
    end = None if params.end is None else _micros(params.end)
    step = max(1, math.ceil(params.speed / 60 / TICKS_A_SECOND)) * MINUTE
    rows = pushes = 0
    while end is None or head.at < end:
        began = clock()
        present = _micros(began)
        if end is None and head.at > present:
            await sleep((head.at - present) / 1e6)
        near = end is None and head.at + step > present
        forward = MINUTE if near else step
        for push in await asyncio.to_thread(live.tick, head.at):
            await send(_parcel(push, topic))
            rows, pushes = rows + push.rows, pushes + 1
        head.at += forward
        due_s = 0.0 if near else forward / 1e6 / params.speed - (clock() - began).total_seconds()
        if due_s > 0 and (end is None or head.at < end):
            await sleep(due_s)
    return Played(rows=rows, pushes=pushes, until=EPOCH + head.at * MICROSECOND)


def _parcel(push: Push, topic: str) -> Parcel:
    return Parcel(id=0, topic=topic, kind=JSON, payload=push.payload)


def _micros(when: datetime) -> int:
    return (when - EPOCH) // MICROSECOND


def _obeyed(simulator: Simulator, point: str, value: float | None, at: int) -> None:
    try:
        simulator.command(point, value, at)
    except YuanliError as error:
        log.warning("A command is refused: %s", error)
