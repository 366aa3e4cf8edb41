"""Which devices and points a command means."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shapely.geometry import Point

from yuanli.campus import (
    Building,
    Campus,
    DataPoint,
    Device,
    DeviceId,
    Feature,
    FeatureId,
    Level,
    Unit,
    Venue,
    level_of,
    point_of,
)
from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.operations.command_log import CommandRequest
from yuanli.operations.command_rules import CommandAction, CommandRules, fits
from yuanli.operations.telemetry import point_of as find_point
from yuanli.telemetry import Form, conversion, find_quantity, in_unit


class BadCommandError(InvalidInputError):
    """A command lacks what it needs, or names what does not go together."""


class NothingToCommandError(InfeasibleError):
    """No device of the place takes this command."""


class AlreadySoError(NothingToCommandError):
    """All that a command would write is so already."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A point that a command means, and what it asks of it: a value, or a change; None gives it back."""

    point: DataPoint
    device: Device | None
    value: float | None
    relative: bool = False
    switches: bool = False


def aims_of(campus: Campus, request: CommandRequest, rules: CommandRules) -> tuple[Aim, ...]:
    """Return what a command means, each point once; of several steps the last one holds.

    Raises
    ------
    BadCommandError, UnknownNameError, UnitError
        The request lacks something, or names what is not known.
    FeatureNotFoundError, PointNotFoundError
        The campus has no such device, place or point.
    NothingToCommandError
        Nothing there takes it.
    """
    _check(request)
    aims: dict[str, Aim] = {}
    for aim in _all_aims(campus, request, rules):
        aims.pop(aim.point.id, None)
        aims[aim.point.id] = aim
    if not aims:
        raise NothingToCommandError(
            Text("这里没有可以这样控制的设备。", "No device there takes this command."),
            field="device",
            hint=Text(
                "换一个设备、地点或类型；可控的量见设备的点位。",
                "Name another device, place or kind; what can be set are the points of a device.",
            ),
        )
    return tuple(aims.values())


def _check(request: CommandRequest) -> None:
    if request.action is CommandAction.SET:
        if request.value is None or not math.isfinite(request.value):
            raise _bad("value", Text("需要一个数值。", "A number is needed."))
        if (request.attribute is None) == (request.point_id is None):
            raise _bad("attribute", Text("请给出要设的量或点位之一。", "Name what to set, or a point; one."))
    if request.action is CommandAction.SCENE and request.scene is None:
        raise _bad("scene", Text("请给出场景。", "Name the scene."))
    aimed = request.device_ids or request.space_id or request.kind or request.point_id
    if not aimed and request.action is not CommandAction.SCENE:
        raise _bad("device", Text("请给出设备、地点或类型。", "Name a device, a place or a kind."))
    if request.action is CommandAction.SCENE and not (request.space_id or request.device_ids):
        raise _bad("space", Text("请给出场景的地点。", "Name the place of the scene."))


def _all_aims(campus: Campus, request: CommandRequest, rules: CommandRules) -> Iterator[Aim]:
    if request.point_id is not None:
        point = find_point(campus, request.point_id)
        value = in_points_unit(point, request.value or 0.0, request.unit, relative=request.relative)
        yield Aim(point, device_of(campus, point), value, request.relative, _is_state(point))
        return
    points: Mapping[DeviceId, list[DataPoint]] = _points_by_device(campus)
    devices = tuple(_devices(campus, request, rules))
    if request.action is not CommandAction.SCENE:
        for device in devices:
            yield from _of_device(device, points[device.id], request, rules)
        return
    for step in rules.scene(request.scene or "").steps:
        asked = CommandRequest(action=step.action, attribute=step.attribute, value=step.value)
        for device in devices:
            if fits(device.brick_class, rules.classes_of(step.kind)):
                yield from _of_device(device, points[device.id], asked, rules)


def _of_device(
    device: Device, points: list[DataPoint], request: CommandRequest, rules: CommandRules
) -> Iterator[Aim]:
    if request.action is CommandAction.SET:
        settable = rules.attribute(request.attribute or "")
        point = _first(points, settable.points)
        if point is not None:
            unit = request.unit or (settable.unit if point.unit else None)
            value = in_points_unit(point, request.value or 0.0, unit, relative=request.relative)
            yield Aim(point, device, value, request.relative, _is_state(point))
        return
    on, back = request.action is CommandAction.ON, request.action is CommandAction.RELEASE
    switch = _first(points, rules.switches)
    if switch is not None:
        yield Aim(switch, device, None if back else 1.0 if on else 0.0, switches=True)
        return
    level = _first(points, rules.levels)
    if level is not None:
        top = 100.0 if level.high is None else level.high
        yield Aim(level, device, None if back else top if on else 0.0, switches=True)


def _first(points: list[DataPoint], patterns: tuple[str, ...]) -> DataPoint | None:
    """Return the point that fits the earliest of the patterns."""
    for pattern in patterns:
        for point in points:
            if fits(point.brick_class, (pattern,)):
                return point
    return None


def _is_state(point: DataPoint) -> bool:
    return bounds_of(point) == (0.0, 1.0)


def bounds_of(point: DataPoint) -> tuple[float | None, float | None]:
    """Return the lowest and highest value a point may be given: its own, else its quantity's."""
    low, high = point.low, point.high
    quantity = find_quantity(point.brick_class)
    if quantity is None or (low is not None and high is not None):
        return low, high
    try:
        hard, _ = in_unit(quantity, point.unit)
    except InvalidInputError:
        return low, high
    return hard[0] if low is None else low, hard[1] if high is None else high


def takes_whole_numbers(point: DataPoint) -> bool:
    """Return whether a point has states, which are numbered."""
    quantity = find_quantity(point.brick_class)
    return quantity is not None and quantity.form is Form.STATE


def in_points_unit(point: DataPoint, value: float, unit: str | None, *, relative: bool = False) -> float:
    """Return a value, or a difference, in the unit of a point."""
    if unit is None or point.unit is None or unit == point.unit:
        return value
    factor, offset = conversion(unit, point.unit)
    return value * factor if relative else value * factor + offset


def device_of(campus: Campus, point: DataPoint) -> Device | None:
    """Return the device of a point, or None."""
    found = None if point.device_id is None else campus.find(point.device_id)
    return found if isinstance(found, Device) else None


def _points_by_device(campus: Campus) -> Mapping[DeviceId, list[DataPoint]]:
    points: dict[DeviceId, list[DataPoint]] = defaultdict(list)
    for point in campus.of(DataPoint):
        if point.device_id is not None:
            points[point.device_id].append(point)
    return points


def _devices(campus: Campus, request: CommandRequest, rules: CommandRules) -> Iterator[Device]:
    named: Iterable[Device] = (
        [campus.get(device_id, Device) for device_id in dict.fromkeys(request.device_ids)]
        if request.device_ids
        else campus.of(Device)
    )
    place = None if request.space_id is None else _place(campus, request.space_id)
    classes = None if request.kind is None else rules.classes_of(request.kind)
    for device in named:
        if (classes is None or fits(device.brick_class, classes)) and (
            place is None or stands_in(campus, device, place)
        ):
            yield device


def _place(campus: Campus, space_id: FeatureId) -> Feature:
    found = campus.find(space_id)
    return campus.get(space_id, Unit) if found is None else found


def stands_in(campus: Campus, device: Device, place: Feature) -> bool:
    """Return whether a device stands in a room, level, building, section, area or the whole site."""
    if isinstance(place, Venue) or device.space_id == place.id:
        return True
    space = None if device.space_id is None else campus.find(device.space_id)
    level_id = None if space is None else level_of(space)
    if isinstance(place, Level):
        return level_id == place.id
    if isinstance(place, Building):
        level = None if level_id is None else campus.find(level_id)
        return isinstance(level, Level) and place.id in level.building_ids
    shape = getattr(place, "geometry", None)
    if isinstance(place, Unit) or shape is None or shape.is_empty or shape.area == 0:
        return False
    if level_of(place) not in (None, level_id):
        return False
    spot: Point | None = device.geometry or (None if space is None else point_of(space))
    return spot is not None and bool(shape.contains(spot))


def _bad(field: str, message: Text) -> BadCommandError:
    return BadCommandError(
        message,
        field=field,
        hint=Text(
            "例如：关闭某层照明；把某台设备的温度设为 25。",
            "Such as: lighting of a level off; temperature of a device to 25.",
        ),
    )
