"""What was told to devices, by whom, and what they said: the words of the log, and the port that keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

from yuanli.campus import CampusId, DeviceId, FeatureId, PointId
from yuanli.errors import InfeasibleError, NotFoundError, Text
from yuanli.operations.command_rules import CommandAction

CommandId = NewType("CommandId", str)


class CommandNotFoundError(NotFoundError):
    """No preview of that id is kept, or it has run out."""


class CommandDoneError(InfeasibleError):
    """The preview was carried out already: a command is sent once."""


class LockNotFoundError(NotFoundError):
    """The device is not locked."""


class WriteState(StrEnum):
    """What became of a write.

    `PENDING` is on disk and not answered yet; `FAILED` could not be sent, so that nothing was changed;
    of `UNKNOWN` nobody knows whether the device did it.
    """

    PENDING = "pending"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


class LockKind(StrEnum):
    """Why a device is not to be commanded."""

    MANUAL = "manual"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRequest:
    """What somebody wants of devices.

    Parameters
    ----------
    device_ids
        These devices; all of the place where it is empty.
    space_id
        Devices in this room, level, building, area or section; the whole campus where None.
    kind
        Only devices of this kind: a name of the table (`lighting`), a Brick class, or a pattern of one.
    point_id
        Exactly this point, for `set`.
    attribute
        What to set, by its name in the table, such as `temperature`.
    value, unit
        What to set it to, in this unit, else in the point's own; where `relative`, by how much to change it.
    """

    action: CommandAction
    device_ids: tuple[DeviceId, ...] = ()
    space_id: FeatureId | None = None
    kind: str | None = None
    point_id: PointId | None = None
    attribute: str | None = None
    value: float | None = None
    relative: bool = False
    unit: str | None = None
    scene: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A command that was shown and waits to be confirmed: what was asked, and what would be written."""

    id: CommandId
    campus_id: CampusId
    at: datetime
    who: str
    request: CommandRequest
    writes: tuple[tuple[PointId, float | None], ...]
    text: Text
    begun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandWrite:
    """One write of the log; values are in the unit of the point, `new` is None where it was given back."""

    command_id: CommandId
    position: int
    campus_id: CampusId
    at: datetime
    who: str
    device_id: DeviceId | None
    point_id: PointId
    gateway: str
    address: str
    old: float | None
    new: float | None
    unit: str | None
    state: WriteState = WriteState.PENDING
    answered_at: datetime | None = None
    message: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLock:
    """A device that nobody commands from here; `until` is None until somebody takes the lock off."""

    campus_id: CampusId
    device_id: DeviceId
    kind: LockKind
    reason: str
    who: str
    at: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Return whether it is still on."""
        return self.until is None or now < self.until


class CommandStore(Protocol):
    """Commands and locks. Each call is one transaction, on disk when it returns."""

    def add_proposal(self, proposal: Proposal) -> None:
        """Keep a command that waits to be confirmed."""

    def find_proposal(self, command_id: CommandId) -> Proposal | None:
        """Return a command that was shown, or None."""

    def remove_proposals_before(self, at: datetime) -> int:
        """Forget commands that were shown before and never confirmed; return how many."""

    def begin(self, command_id: CommandId, writes: Sequence[CommandWrite]) -> None:
        """Keep the writes of a command before they are sent; of several that try, one wins.

        `CommandNotFoundError` where it was never shown, `CommandDoneError` where it has begun already.
        """

    def finish(
        self,
        command_id: CommandId,
        position: int,
        state: WriteState,
        *,
        at: datetime,
        message: Text | None = None,
    ) -> None:
        """Keep what became of a write."""

    def list_writes(
        self,
        campus_id: CampusId,
        *,
        device_id: DeviceId | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = 100,
    ) -> tuple[CommandWrite, ...]:
        """Return writes in `[start, end)`, of a device or of all, newest first."""

    def put_lock(self, lock: DeviceLock) -> None:
        """Keep the lock of a device in place of the one it has."""

    def remove_lock(self, campus_id: CampusId, device_id: DeviceId) -> bool:
        """Take the lock of a device off; return whether there was one."""

    def list_locks(self, campus_id: CampusId) -> tuple[DeviceLock, ...]:
        """Return the locks of a campus, by device; also those that have run out."""


def done_already() -> CommandDoneError:
    """Return the error of a command that is sent a second time."""
    return CommandDoneError(
        Text("这个指令已经执行过。", "The command was carried out already."),
        field="preview",
        hint=Text(
            "结果见指令记录；要再做一次请重新预览。", "See the log; to do it again, look at a new preview."
        ),
    )


def never_shown() -> CommandNotFoundError:
    """Return the error of a command that was never shown, or too long ago."""
    return CommandNotFoundError(
        Text("没有这个预览，或它已过期。", "There is no such preview, or it has run out."),
        field="preview",
        hint=Text("请重新预览。", "Look at a new preview."),
    )
