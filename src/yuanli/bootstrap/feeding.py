"""The demo park's simulator feeds the park over HTTP, as any gateway would: its past once, then each minute."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from yuanli.bootstrap.house import House
from yuanli.campus import CampusId
from yuanli.devices import HttpSender, Parcel, ParcelRefusedError, Send, SendFailedError
from yuanli.errors import YuanliError
from yuanli.operations import Accounts, Caller, CommandWrite, Role, WriteState

if TYPE_CHECKING:
    from yuanli.demo import FeedParams, LiveFeed, Push, Simulator, Stretch

CAMPUS = CampusId("demo")
SIMULATOR = "demo-simulator"
"""The account that the simulator signs in with; disabling it stops the feed."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE_S = 60.0
COMMANDS_KEPT = timedelta(days=1)
"""Simulated devices go by themselves again at night."""
MOST_COMMANDS = 1_000
LATE_S = 1.0
"""How long after a full minute its readings are sent."""
REST = 0.35
"""How long the past pauses after each push, of the time that the push took: others want to be served too."""
TRIES = 8
FOR_GOOD = (401, 403, 404)
"""The account was disabled, or the park removed."""
FIRST_WAIT_S = 0.5
JSON = "application/json"
log = logging.getLogger(__name__)


@dataclass(slots=True)
class FeedState:
    """How far the feed is; `told_until` (µs) is kept in a file, so that a restart tells only what is missing."""

    file: Path
    told_until: int | None = None
    rows: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def load(self) -> None:
        """Read the file, where there is one that can be read."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            self.told_until = int(json.loads(self.file.read_text())["told_until"])

    def keep(self, told_until: int) -> None:
        """Write the file anew."""
        self.told_until = told_until
        self.file.parent.mkdir(parents=True, exist_ok=True)
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps({"told_until": told_until}))
        new.replace(self.file)


async def feed_demo(house: House, url: str, params: FeedParams | None = None) -> None:
    """Feed the demo park until cancelled: what is missing of the past beside the live minutes.

    A refused sign-in, or a park that was removed, ends the feed with a warning; nothing else does.
    """
    try:
        await _feed(house, url, params)
    except asyncio.CancelledError:
        raise
    except YuanliError as error:
        log.warning("The demo park is no longer fed: %s", error)
    except Exception:  # outermost: the server goes on without the simulator
        log.exception("The simulator of the demo park failed")


async def _feed(house: House, url: str, params: FeedParams | None) -> None:
    from yuanli.demo import FeedParams, LiveFeed, SimulatedField

    simulator = await asyncio.to_thread(_simulator_of, house)
    house.device_gateways.add(SIMULATOR, SimulatedField(simulator, clock=house.now), campus_id=CAMPUS)
    token = await asyncio.to_thread(_token_of, house.accounts)
    state = FeedState(file=house.settings.data_dir / "demo" / "feed.json")
    state.load()
    address = f"{url}/v1/campuses/{CAMPUS}/readings?partial=true&gateway={SIMULATOR}"
    async with HttpSender(address, token, timeout_s=120) as send:
        now = _now(house)
        params = params or FeedParams()
        live = LiveFeed(simulator, params)
        for push in await asyncio.to_thread(live.tick, now):
            await _sent(send, push)
        past = asyncio.create_task(_tell_past(house, simulator, send, state, now, params))
        try:
            await _tell_live(house, live, send, state)
        finally:
            past.cancel()
            await asyncio.wait([past])


def _simulator_of(house: House) -> Simulator:
    from yuanli.demo import Simulator

    simulator, now = Simulator(house.places.campus(CAMPUS)), house.now()
    told = house.commands.log(CAMPUS, start=now - COMMANDS_KEPT, end=now, limit=MOST_COMMANDS)
    remember_commands(simulator, told)
    return simulator


def remember_commands(simulator: Simulator, writes: Sequence[CommandWrite]) -> None:
    """Let simulated devices stay as they were told, newest first, before the process ended, as real ones do."""
    for write in reversed(writes):
        if write.state in (WriteState.ACKNOWLEDGED, WriteState.UNKNOWN):
            with suppress(YuanliError):
                simulator.command(write.point_id, write.new, (write.at - EPOCH) // MICROSECOND)


def _token_of(accounts: Accounts) -> str:
    """Return a token of the simulator's own account, made with a password that nobody knows; older ones end."""
    if all(account.username != SIMULATOR for account in accounts.users()):
        accounts.add_user(SIMULATOR, secrets.token_urlsafe(32), Role.OPERATOR)
    caller = Caller(username=SIMULATOR, role=Role.OPERATOR)
    for token in accounts.tokens(caller):
        accounts.remove_token(caller, token.id)
    return accounts.add_token(caller, label="simulator")[0]


async def _tell_past(
    house: House, simulator: Simulator, send: Send, state: FeedState, now: int, params: FeedParams
) -> None:
    from yuanli.demo import past

    stretches = past(state.told_until, now, params)
    log.info("The demo park is told its past: %s stretches", len(stretches))
    tenth = 0
    for number, stretch in enumerate(stretches, start=1):
        for push in await asyncio.to_thread(_pushes, simulator, stretch, params):
            began = asyncio.get_running_loop().time()
            await _sent(send, push)
            state.rows += push.rows
            await asyncio.sleep(REST * (asyncio.get_running_loop().time() - began))
        if number * 10 // len(stretches) > tenth:
            tenth = number * 10 // len(stretches)
            log.info("The demo park's past: %s %% (%s readings)", 10 * tenth, state.rows)
            if state.rows:
                await asyncio.to_thread(house.telemetry.tidy, house.now())
    state.keep(now)
    state.done.set()


def _pushes(simulator: Simulator, stretch: Stretch, params: FeedParams) -> list[Push]:
    from yuanli.demo import pushes

    return list(pushes(simulator, stretch, params))


async def _tell_live(house: House, live: LiveFeed, send: Send, state: FeedState) -> None:
    while True:
        now_s = house.now().timestamp()
        await asyncio.sleep(MINUTE_S - now_s % MINUTE_S + LATE_S)
        now = _now(house)
        for push in await asyncio.to_thread(live.tick, now):
            await _sent(send, push)
        if state.done.is_set():
            await asyncio.to_thread(state.keep, now)


def _now(house: House) -> int:
    return (house.now() - EPOCH) // MICROSECOND


async def _sent(send: Send, push: Push) -> None:
    """Send a push; again with growing pauses while the other side takes nothing, and leave it after some tries."""
    parcel = Parcel(id=0, topic="", kind=JSON, payload=push.payload)
    wait_s = FIRST_WAIT_S
    for _ in range(TRIES):
        try:
            await send(parcel)
        except ParcelRefusedError as error:
            log.warning("Readings of the simulator are refused: %s", error)
            return
        except SendFailedError as error:
            if error.answered in FOR_GOOD:
                raise
            await asyncio.sleep(max(error.wait_s, wait_s))
            wait_s *= 2
        else:
            return
    log.warning("Readings of the simulator were not taken in %s tries", TRIES)
