"""Commands to devices: shown first, confirmed by a person, kept before they are sent, and answered for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from yuanli.campus import Campus, CampusId, DataPoint, Device, DeviceId, PointId
from yuanli.errors import InfeasibleError, Text, UnavailableError, YuanliError
from yuanli.operations.command_checks import (
    CommandParams,
    CommandRule,
    Obstacle,
    PlannedWrite,
    Situation,
    is_switch,
    plan_writes,
)
from yuanli.operations.command_log import (
    CommandId,
    CommandRequest,
    CommandStore,
    CommandWrite,
    DeviceLock,
    LockKind,
    LockNotFoundError,
    Proposal,
    WriteState,
    done_already,
    never_shown,
)
from yuanli.operations.command_rules import CommandRules, command_rules, fits
from yuanli.operations.command_targets import Aim, BadCommandError, aims_of
from yuanli.operations.command_wording import free_of, say_command, warnings_of
from yuanli.operations.device_gateways import DeviceGateways, NoAnswerError, PointRoute
from yuanli.operations.places import Places
from yuanli.operations.telemetry import PointValue

log = logging.getLogger(__name__)
KEPT_PROPOSALS = timedelta(days=1)
MOST_WRITES_LISTED = 1_000
MOST_HISTORY = 100_000


class CommandBlockedError(InfeasibleError):
    """Something stands against every write of the command."""


class NoGatewayError(CommandBlockedError):
    """No gateway reaches the points of the command."""


class CommandChangedError(InfeasibleError):
    """What would be written is no longer what was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPreview:
    """What a command would do: which points get which values, which are left out and why.

    `id` confirms it until `expires_at`; where nothing can be written, or nothing would change, `allowed` is False.
    """

    id: CommandId
    text: Text
    allowed: bool
    writes: tuple[PlannedWrite, ...]
    left_out: tuple[PlannedWrite, ...]
    warnings: tuple[Text, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOutcome:
    """What became of a command, write by write."""

    id: CommandId
    text: Text
    writes: tuple[CommandWrite, ...]
    left_out: tuple[PlannedWrite, ...]


class Newest(Protocol):
    """Tells the newest readings of points; `Telemetry` does."""

    def latest(self, campus_id: CampusId, point_ids: Sequence[PointId]) -> tuple[PointValue, ...]:
        """Return the newest readings of points; those without any are left out."""


class Commands:
    """Shows, sends and answers for commands. Safe for threads.

    Parameters
    ----------
    new_id
        Returns a fresh id.
    """

    def __init__(
        self,
        store: CommandStore,
        gateways: DeviceGateways,
        places: Places,
        telemetry: Newest,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        rules: CommandRules | None = None,
        params: CommandParams = CommandParams(),
    ) -> None:
        self._store, self._gateways, self._places, self._telemetry = store, gateways, places, telemetry
        self._clock, self._new_id, self._params = clock, new_id, params
        self._rules = rules or command_rules()
        self._lock = Lock()

    @property
    def rules(self) -> CommandRules:
        """The kinds, attributes and scenes that can be named, and the rules that hold."""
        return self._rules

    def preview(self, campus_id: CampusId, request: CommandRequest, *, who: str) -> CommandPreview:
        """Say exactly what a command would write; nothing is sent.

        Raises
        ------
        BadCommandError, UnknownNameError, UnitError
            The request lacks something, or names what is not known.
        CampusNotFoundError, FeatureNotFoundError, PointNotFoundError
            There is no such campus, device, place or point.
        NothingToCommandError
            Nothing there takes the command.
        """
        planned, _ = self._plan(campus_id, request)
        now, writes = self._clock(), free_of(planned)
        text = say_command(request, planned, self._rules)
        proposal = Proposal(
            id=CommandId(self._new_id()), campus_id=campus_id, at=now, who=who, request=request,
            writes=_values(writes), text=text,
        )  # fmt: skip
        self._store.remove_proposals_before(now - KEPT_PROPOSALS)
        self._store.add_proposal(proposal)
        return CommandPreview(
            id=proposal.id,
            text=text,
            allowed=any(one.changes for one in writes),
            writes=writes,
            left_out=tuple(one for one in planned if one.obstacles),
            warnings=warnings_of(planned, now, self._params),
            expires_at=now + timedelta(seconds=self._params.preview_s),
        )

    def execute(
        self,
        campus_id: CampusId,
        what: CommandId | CommandRequest,
        *,
        who: str,
        key: CommandId | None = None,
    ) -> CommandOutcome:
        """Carry out a command that was shown, once, or one that a person confirmed elsewhere.

        Each write is in the log before it is sent, and what became of it after.

        Parameters
        ----------
        key
            The id that a command confirmed elsewhere gets: it is sent once by it, whoever tries again.

        Raises
        ------
        CommandNotFoundError, CommandDoneError
            No such preview is kept, or it has run out; it was carried out already.
        CommandChangedError
            The points, values or rules are no longer those that were shown.
        CommandBlockedError, NoGatewayError
            Nothing can be written; the first obstacle is told.
        """
        shown = what if isinstance(what, CommandRequest) else self._shown(campus_id, what)
        request = shown.request if isinstance(shown, Proposal) else shown
        with self._lock:
            planned, routes = self._plan(campus_id, request)
            writes = free_of(planned)
            if isinstance(shown, Proposal) and _values(writes) != shown.writes:
                raise CommandChangedError(
                    Text("情况已变，要写的点位或值与预览不同。", "The points or values are no longer those shown."),
                    field="preview", hint=Text("请重新预览。", "Look at a new preview."),
                )  # fmt: skip
            if not writes:
                raise _blocked(planned)
            if isinstance(shown, CommandRequest):
                shown = Proposal(
                    id=key or CommandId(self._new_id()), campus_id=campus_id, at=self._clock(), who=who,
                    request=request, writes=_values(writes), text=say_command(request, planned, self._rules),
                )  # fmt: skip
                if key is None or self._store.find_proposal(key) is None:
                    self._store.add_proposal(shown)
            rows = self._rows(campus_id, shown.id, writes, routes, who)
            self._store.begin(shown.id, rows)
        log.info("%s sends command %s: %s", who, shown.id, shown.text.en)
        return CommandOutcome(
            id=shown.id,
            text=shown.text,
            writes=self._send(rows),
            left_out=tuple(one for one in planned if one.obstacles),
        )

    def switches(self, campus_id: CampusId, point_ids: Iterable[PointId]) -> tuple[PointId, ...]:
        """Return which points take 0 for off and 1 for on; those that the campus has no more are none."""
        campus = self._places.campus(campus_id)
        found = (campus.find(one) for one in dict.fromkeys(point_ids))
        return tuple(point.id for point in found if isinstance(point, DataPoint) and is_switch(point))

    def log(
        self,
        campus_id: CampusId,
        *,
        device_id: DeviceId | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = 100,
    ) -> tuple[CommandWrite, ...]:
        """Return the writes in `[start, end)`, newest first; of those without an answer for long nobody knows."""
        self._places.campus(campus_id)
        limit = max(1, min(limit, MOST_WRITES_LISTED))
        late = self._clock() - timedelta(seconds=self._params.answer_s)
        return tuple(
            replace(write, state=WriteState.UNKNOWN)
            if write.state is WriteState.PENDING and write.at < late
            else write
            for write in self._store.list_writes(
                campus_id, device_id=device_id, start=start, end=end, limit=limit
            )
        )

    def lock(
        self,
        campus_id: CampusId,
        device_id: DeviceId,
        *,
        who: str,
        kind: LockKind = LockKind.MANUAL,
        reason: str = "",
        until: datetime | None = None,
    ) -> DeviceLock:
        """Let nobody command a device from here, until a time or until the lock is taken off."""
        self._places.campus(campus_id).get(device_id, Device)
        now = self._clock()
        if until is not None and (until.tzinfo is None or until <= now):
            raise BadCommandError(
                Text(f"锁定的结束时间 {until} 无效。", f"The lock can't end at {until}."),
                field="until",
                hint=Text("请给将来的、带时区的时间。", "Give a time to come, with its zone."),
            )
        lock = DeviceLock(
            campus_id=campus_id, device_id=device_id, kind=kind, reason=reason, who=who, at=now, until=until
        )
        self._store.put_lock(lock)
        return lock

    def unlock(self, campus_id: CampusId, device_id: DeviceId) -> None:
        """Take a lock off; `LockNotFoundError` where there is none."""
        self._places.campus(campus_id)
        if not self._store.remove_lock(campus_id, device_id):
            raise LockNotFoundError(
                Text(f"设备 {device_id} 没有锁定。", f"The device {device_id} is not locked."),
                field="device",
                hint=Text("锁定的设备见 locks。", "GET …/locks lists the devices that are."),
            )

    def locks(self, campus_id: CampusId) -> tuple[DeviceLock, ...]:
        """Return the locks that hold, by device."""
        self._places.campus(campus_id)
        now = self._clock()
        return tuple(lock for lock in self._store.list_locks(campus_id) if lock.holds(now))

    def _plan(
        self, campus_id: CampusId, request: CommandRequest
    ) -> tuple[tuple[PlannedWrite, ...], dict[PointId, PointRoute]]:
        campus = self._places.campus(campus_id)
        aims = aims_of(campus, request, self._rules)
        if len(aims) > self._params.most_writes:
            raise BadCommandError(
                Text(
                    f"这个指令涉及 {len(aims)} 个点位，一次最多 {self._params.most_writes} 个。",
                    f"The command means {len(aims)} points; one may mean {self._params.most_writes} at most.",
                ),
                field="device",
                hint=Text("请缩小范围，例如按楼层。", "Name less, such as one level."),
            )
        routes = {
            aim.point.id: route
            for aim in aims
            if (route := self._gateways.find_route(campus, aim.point)) is not None
        }
        situation = self._situation(campus, aims, routes)
        return plan_writes(campus, aims, situation, self._rules, self._params), routes

    def _situation(self, campus: Campus, aims: Sequence[Aim], routes: dict[PointId, PointRoute]) -> Situation:
        now, rules = self._clock(), self._rules
        asked = {aim.point.id for aim in aims}
        asked |= {p.id for p in campus.of(DataPoint) if fits(p.brick_class, rules.writable)}
        values = self._telemetry.latest(campus.id, tuple(asked))
        back = timedelta(seconds=max(self._params.window_s, rules.longest_run_s))
        return Situation(
            now=now,
            values={v.point: (v.value, v.at) for v in values if v.value is not None},
            history=self._store.list_writes(campus.id, start=now - back, limit=MOST_HISTORY),
            locks={lock.device_id: lock for lock in self._store.list_locks(campus.id)},
            routes=routes,
        )

    def _shown(self, campus_id: CampusId, command_id: CommandId) -> Proposal:
        proposal = self._store.find_proposal(command_id)
        late = self._clock() - timedelta(seconds=self._params.preview_s)
        if proposal is not None and proposal.begun:
            raise done_already()
        if proposal is None or proposal.campus_id != campus_id or proposal.at < late:
            raise never_shown()
        return proposal

    def _rows(
        self,
        campus_id: CampusId,
        command_id: CommandId,
        writes: Sequence[PlannedWrite],
        routes: dict[PointId, PointRoute],
        who: str,
    ) -> tuple[CommandWrite, ...]:
        now = self._clock()
        return tuple(
            CommandWrite(
                command_id=command_id, position=position, campus_id=campus_id, at=now, who=who,
                device_id=one.device_id, point_id=one.point_id, gateway=routes[one.point_id].gateway,
                address=routes[one.point_id].address, old=one.old, new=one.new, unit=one.unit,
            )
            for position, one in enumerate(writes)
        )  # fmt: skip

    def _send(self, rows: Sequence[CommandWrite]) -> tuple[CommandWrite, ...]:
        """Send writes in order; those of a gateway that is found to be gone are not tried."""
        gone: dict[str, Text] = {}
        done = []
        for row in rows:
            state, message = self._send_one(row, gone)
            answered_at = self._clock()
            self._store.finish(row.command_id, row.position, state, at=answered_at, message=message)
            done.append(replace(row, state=state, answered_at=answered_at, message=message))
        return tuple(done)

    def _send_one(self, row: CommandWrite, gone: dict[str, Text]) -> tuple[WriteState, Text | None]:
        if row.gateway in gone:
            return WriteState.FAILED, gone[row.gateway]
        gateway = self._gateways.find(row.gateway)
        if gateway is None:
            return WriteState.FAILED, Text("网关已停止。", "The gateway has stopped.")
        try:
            answer = gateway.write(row.address, row.new)
        except NoAnswerError as error:
            return WriteState.UNKNOWN, error.message
        except UnavailableError as error:
            gone[row.gateway] = error.message
            return WriteState.FAILED, error.message
        except YuanliError as error:
            return WriteState.REFUSED, error.message
        return (WriteState.ACKNOWLEDGED if answer.acknowledged else WriteState.REFUSED), answer.message


def _values(writes: Sequence[PlannedWrite]) -> tuple[tuple[PointId, float | None], ...]:
    return tuple((one.point_id, one.new) for one in writes)


def _blocked(planned: Sequence[PlannedWrite]) -> CommandBlockedError:
    """Return the error that tells the obstacle there is most of, a missing gateway only where nothing else is wrong."""
    firsts: list[Obstacle] = [one.obstacles[0] for one in planned]
    rule = next((o for o in firsts if o.rule is not CommandRule.NO_GATEWAY), firsts[0])
    kind = NoGatewayError if rule.rule is CommandRule.NO_GATEWAY else CommandBlockedError
    count = len(planned)
    more = Text(f"（共 {count} 个点位）", f" ({count} points in all)") if count > 1 else Text("", "")
    return kind(
        Text(f"{rule.message.zh}{more.zh}", f"{rule.message.en}{more.en}"),
        field=rule.rule.value,
        hint=rule.hint,
    )
