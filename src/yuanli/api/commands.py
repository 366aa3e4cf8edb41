"""Commands to devices: previewed, confirmed, logged; and locks that keep devices from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, Field

from yuanli.api.bodies import Body, Line, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.campus import DeviceId, FeatureId, PointId
from yuanli.errors import Text
from yuanli.operations import (
    BadCommandError,
    CommandAction,
    CommandId,
    CommandOutcome,
    CommandPreview,
    CommandRequest,
    CommandWrite,
    DeviceLock,
    LockKind,
    Right,
    StandingOrder,
)

router = APIRouter(tags=["commands"])
Number = Annotated[float, Field(allow_inf_nan=False)]
OrderPath = Annotated[str, Path(max_length=300)]
DevicePath = Annotated[DeviceId, Path(alias="device_id", max_length=200)]


class CommandBody(Body):
    """What is wanted of which devices: those named, those in a place, those of a kind, or one point."""

    action: CommandAction
    devices: Annotated[tuple[Name, ...], Field(max_length=1000)] = ()
    space: Name | None = None
    kind: Name | None = None
    point: Name | None = None
    attribute: Name | None = None
    value: Number | None = None
    relative: bool = False
    unit: Name | None = None
    scene: Name | None = None

    def request(self) -> CommandRequest:
        """Return the command that is asked for."""
        return CommandRequest(
            action=self.action,
            device_ids=tuple(DeviceId(FeatureId(name)) for name in self.devices),
            space_id=None if self.space is None else FeatureId(self.space),
            kind=self.kind,
            point_id=None if self.point is None else PointId(FeatureId(self.point)),
            attribute=self.attribute,
            value=self.value,
            relative=self.relative,
            unit=self.unit,
            scene=self.scene,
        )


class ConfirmBody(Body):
    """The id of a preview that somebody has seen; or the command itself, `confirmed` by a person elsewhere."""

    preview: Name | None = None
    command: CommandBody | None = None
    confirmed: bool = False


class LockBody(Body):
    """Why a device is not to be commanded, and until when; without a time until the lock is taken off."""

    kind: LockKind = LockKind.MANUAL
    reason: Line = ""
    until: AwareDatetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOption:
    """Something that a command can name, and what it is called."""

    name: str
    text: Text
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOptions:
    """What commands can name: kinds of device, what can be set, scenes."""

    kinds: tuple[NamedOption, ...]
    attributes: tuple[NamedOption, ...]
    scenes: tuple[NamedOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLog:
    """Writes to devices, newest first; values of `switches` are 0, off, and 1, on."""

    writes: tuple[CommandWrite, ...]
    switches: tuple[PointId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLocks:
    """The locks that hold, by device."""

    locks: tuple[DeviceLock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOrderList:
    """Commands that wait, or waited, until a place is empty."""

    orders: tuple[StandingOrder, ...]


@router.get("/campuses/{campus}/commands/options", dependencies=[needs(Right.COMMAND_DEVICES)])
def list_command_options(campus: CampusPath, house: HouseDep) -> CommandOptions:
    """Return the kinds of device, the attributes and the scenes that a command can name."""
    house.places.campus(campus)
    rules = house.commands.rules
    return CommandOptions(
        kinds=tuple(NamedOption(name=one.name, text=one.text) for one in rules.kinds.values()),
        attributes=tuple(
            NamedOption(name=one.name, text=one.text, unit=one.unit) for one in rules.attributes.values()
        ),
        scenes=tuple(NamedOption(name=one.name, text=one.text) for one in rules.scenes.values()),
    )


@router.post("/campuses/{campus}/commands/preview", dependencies=[needs(Right.COMMAND_DEVICES)])
def preview_command(
    campus: CampusPath, body: CommandBody, house: HouseDep, caller: CallerDep
) -> CommandPreview:
    """Say exactly which points a command would write, old value and new, and what stands against it; send nothing."""
    return house.commands.preview(campus, body.request(), who=caller.name)


@router.post("/campuses/{campus}/commands", dependencies=[needs(Right.COMMAND_DEVICES)])
def execute_command(
    campus: CampusPath, body: ConfirmBody, house: HouseDep, caller: CallerDep
) -> CommandOutcome:
    """Carry out a command that was previewed, once; the answer says what each device answered."""
    if (body.preview is None) == (body.command is None):
        raise BadCommandError(
            Text("请给出 preview 或 command 之一。", "Give preview or command, one of them."),
            field="preview",
            hint=Text("先调用 commands/preview。", "Call commands/preview first."),
        )
    if body.preview is not None:
        return house.commands.execute(campus, CommandId(body.preview), who=caller.name)
    if body.command is None or not body.confirmed:
        raise BadCommandError(
            Text("这个指令还没有人确认。", "Nobody has confirmed the command."),
            field="confirmed",
            hint=Text("先预览，让人确认。", "Preview it and let a person confirm, then set confirmed."),
        )
    return house.commands.execute(campus, body.command.request(), who=caller.name)


@router.get("/campuses/{campus}/commands", dependencies=[needs(Right.SEE_REPORTS)])
def list_commands(
    campus: CampusPath,
    house: HouseDep,
    device: Name | None = None,
    start: Annotated[AwareDatetime | None, Query(alias="from", description="With a zone")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Not included")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> CommandLog:
    """Return what was written to devices, by whom, and what they answered; newest first."""
    device_id = None if device is None else DeviceId(FeatureId(device))
    writes = house.commands.log(campus, device_id=device_id, start=start, end=end, limit=limit)
    return CommandLog(
        writes=writes, switches=house.commands.switches(campus, (one.point_id for one in writes))
    )


@router.get("/campuses/{campus}/standing-orders", dependencies=[needs(Right.SEE_REPORTS)])
def list_standing_orders(campus: CampusPath, house: HouseDep) -> StandingOrderList:
    """Return the commands that wait until a place is empty, and what became of earlier ones; newest first."""
    house.places.campus(campus)
    return StandingOrderList(orders=house.standing.list(campus))


@router.delete("/campuses/{campus}/standing-orders/{order:path}", dependencies=[needs(Right.COMMAND_DEVICES)])
def cancel_standing_order(campus: CampusPath, order: OrderPath, house: HouseDep) -> StandingOrder:
    """Give up a command that waits."""
    return house.standing.cancel(campus, order)


@router.get("/campuses/{campus}/locks", dependencies=[needs(Right.SEE_REPORTS)])
def list_locks(campus: CampusPath, house: HouseDep) -> DeviceLocks:
    """Return the devices that nobody commands from here, and why."""
    return DeviceLocks(locks=house.commands.locks(campus))


@router.put("/campuses/{campus}/devices/{device_id:path}/lock", dependencies=[needs(Right.COMMAND_DEVICES)])
def lock_device(
    campus: CampusPath, device_id: DevicePath, body: LockBody, house: HouseDep, caller: CallerDep
) -> DeviceLock:
    """Lock a device: no command reaches it until the lock is taken off or ends."""
    return house.commands.lock(
        campus, device_id, who=caller.name, kind=body.kind, reason=body.reason, until=body.until
    )


@router.delete(
    "/campuses/{campus}/devices/{device_id:path}/lock",
    dependencies=[needs(Right.COMMAND_DEVICES)],
    status_code=204,
)
def unlock_device(campus: CampusPath, device_id: DevicePath, house: HouseDep) -> None:
    """Take the lock of a device off."""
    house.commands.unlock(campus, device_id)
