"""The live twin: worked out and encoded once a tick, and sent to all who listen.

Nobody waits for another: what was sent lately is kept in one ring for all, each listener takes from it what is new to
it, and who falls behind the ring gets a whole state. So a slow listener costs no memory, however many there are.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace

from fastapi.concurrency import run_in_threadpool
from fastapi.sse import format_sse_event
from pydantic_core import to_json

from yuanli.api.events import HEARTBEAT, HEARTBEAT_S
from yuanli.bootstrap import House
from yuanli.campus import CampusId
from yuanli.errors import NotFoundError, YuanliError
from yuanli.operations import PlaceKind, TwinQuantity, TwinState, TwinValue

TICK_S = 1.0
REST = 3.0
"""A tick rests for so many times as long as it worked, at least."""
AGEING_S = 15.0
"""So often the state is worked out where nothing came: readings grow too old to hold."""
RING = 32
LINGER_S = 10.0
"""So long a channel is kept that nobody listens to."""
AROUND = (PlaceKind.SITE, PlaceKind.BUILDING, PlaceKind.LEVEL)
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Channel:
    """What is sent to all who listen to one campus, or one level of it."""

    feed: Feed
    ordinal: float | None
    listeners: int = 0
    state: TwinState | None = None
    number: int = 0
    ring: deque[bytes] = field(default_factory=lambda: deque(maxlen=RING))
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    sent_at: float = 0.0
    left_at: float = field(default_factory=time.monotonic)
    whole: tuple[int, bytes] = (-1, b"")

    def publish(self, state: TwinState, now: float) -> None:
        """Send what has changed, or a sign of life where nothing has for a while."""
        own = part_of(state, self.ordinal)
        if self.state is None or self.state.revision != own.revision:
            self.state = own
            self._send(_event("snapshot", own), now)
            return
        changed = delta_of(self.state, own)
        self.state = own
        if changed is not None:
            self._send(_event("delta", changed), now)
        elif now - self.sent_at >= HEARTBEAT_S:
            self._send(HEARTBEAT, now)

    def since(self, number: int) -> bytes:
        """Return what was sent after a message, or the whole state where that is not kept any more."""
        behind = self.number - number
        if number >= 0 and behind <= len(self.ring):
            return b"".join(list(self.ring)[len(self.ring) - behind :])
        if self.whole[0] != self.number and self.state is not None:
            self.whole = self.number, _event("snapshot", self.state)
        return self.whole[1]

    def _send(self, message: bytes, now: float) -> None:
        self.ring.append(message)
        self.number += 1
        self.sent_at = now
        self.wake.set()
        self.wake = asyncio.Event()


@dataclass(slots=True)
class Feed:
    """The state of one campus, worked out while anybody listens."""

    house: House
    campus: CampusId
    channels: dict[float | None, Channel] = field(default_factory=dict)
    state: TwinState | None = None
    dirty: bool = False
    over: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    task: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Work the state out for the first who listens."""
        async with self.lock:
            if self.state is None:
                self.state = await run_in_threadpool(self._look)
                self.task = asyncio.create_task(self._tick())

    def stop(self) -> None:
        """End the streams."""
        self.over = True
        if self.task is not None:
            self.task.cancel()
        for channel in self.channels.values():
            channel.wake.set()

    def _look(self) -> TwinState:
        return self.house.twin.state(self.campus, self.house.now())

    async def _tick(self) -> None:
        looked = time.monotonic()
        pause = TICK_S
        while True:
            await asyncio.sleep(pause)
            now = time.monotonic()
            if self.dirty or now - looked >= AGEING_S:
                self.dirty, looked = False, now
                try:
                    self.state = await run_in_threadpool(self._look)
                except NotFoundError:
                    log.info("Campus %s was removed: nobody follows it any more", self.campus)
                    return self.stop()
                except YuanliError as error:
                    log.warning("The twin of %s can't be told: %s", self.campus, error)
                    continue
                for channel in self.channels.values():
                    channel.publish(self.state, now)
            for channel in [
                c for c in self.channels.values() if not c.listeners and now - c.left_at > LINGER_S
            ]:
                del self.channels[channel.ordinal]
            if not self.channels:
                return self.stop()
            pause = max(TICK_S, REST * (time.monotonic() - now))


class TwinChannels:
    """The channels of all campuses that anybody follows."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._feeds: dict[CampusId, Feed] = {}
        house.intake.on_readings(lambda readings: self._heard())
        house.telemetry.on_judged(lambda judged: self._heard(judged.campus_id))

    async def join(self, campus: CampusId, ordinal: float | None) -> Channel:
        """Return the channel of a campus or a level, with a state to begin with.

        Raises
        ------
        CampusNotFoundError
            There is no such campus.
        """
        feed = self._feeds.get(campus)
        if feed is None or feed.over:
            feed = self._feeds[campus] = Feed(self._house, campus)
        channel = feed.channels.setdefault(ordinal, Channel(feed, ordinal))
        try:
            await feed.ready()
        except YuanliError:
            self._feeds.pop(campus, None)
            raise
        if channel.state is None and feed.state is not None:
            channel.state = part_of(feed.state, ordinal)
            channel.sent_at = time.monotonic()
        return channel

    async def listen(self, channel: Channel) -> AsyncGenerator[bytes, None]:
        """Yield the whole state, then what changes, until the stream is over."""
        channel.listeners += 1
        try:
            number = channel.number
            yield channel.since(-1)
            while not channel.feed.over:
                wake = channel.wake
                if channel.number == number:
                    await wake.wait()
                if channel.number != number:
                    message, number = channel.since(number), channel.number
                    yield message
        finally:
            channel.listeners -= 1
            channel.left_at = time.monotonic()

    def close(self) -> None:
        """End all streams."""
        for feed in list(self._feeds.values()):
            feed.stop()

    def _heard(self, campus: CampusId | None = None) -> None:
        """Let the feeds of a campus, or all, look again."""
        for feed in list(self._feeds.values()):
            feed.dirty |= campus in (None, feed.campus)


def part_of(state: TwinState, ordinal: float | None) -> TwinState:
    """Return the part of a state that belongs to the levels of one ordinal, and to what is around them."""
    if ordinal is None:
        return state
    places = tuple(p for p in state.places if p.kind in AROUND or p.ordinal == ordinal)
    shown = {place.id for place in places if place.ordinal == ordinal or place.ordinal is None}
    return replace(state, places=places, devices=tuple(d for d in state.devices if d.place in shown))


def delta_of(before: TwinState, after: TwinState) -> TwinState | None:
    """Return the quantities and devices that changed, and the alarms; None where nothing has."""
    old = {place.id: place.values for place in before.places}
    places = tuple(
        replace(place, values=changed)
        for place in after.places
        if (changed := _changed(old.get(place.id, {}), place.values))
    )
    known = {device.id: device for device in before.devices}
    devices = tuple(d for d in after.devices if known.get(d.id) != d)
    if not places and not devices and before.alarms == after.alarms:
        return None
    return replace(after, places=places, devices=devices)


def _changed(
    old: Mapping[TwinQuantity, TwinValue], new: Mapping[TwinQuantity, TwinValue]
) -> dict[TwinQuantity, TwinValue]:
    found = {
        quantity: value
        for quantity, value in new.items()
        if (was := old.get(quantity)) is None
        or (was.value, was.at, was.quality) != (value.value, value.at, value.quality)
    }
    return found | {quantity: TwinValue() for quantity in old.keys() - new.keys()}


def _event(name: str, state: TwinState) -> bytes:
    return format_sse_event(
        event=name, data_str=to_json(state, exclude_none=True, inf_nan_mode="null").decode()
    )
