"""The devices of a campus as a person looks through them: what each is, where, and how it is now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from yuanli.campus import Campus, DataPoint, Device, DeviceId, FeatureId, LanguageMap, label_of
from yuanli.operations.command_rules import CommandRules, fits
from yuanli.operations.twin_state import DeviceState, TwinState


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A device with its state.

    Parameters
    ----------
    kind
        Its name in the table of commands, such as `lighting`; None where it is of no kind there.
    switchable, settable
        Whether it has a point that switches it, and the attributes that can be set.
    """

    id: DeviceId
    name: LanguageMap
    brick_class: str
    kind: str | None
    place: FeatureId | None
    place_name: LanguageMap
    state: DeviceState | None
    switchable: bool
    settable: tuple[str, ...]


def device_rows(campus: Campus, state: TwinState, rules: CommandRules) -> tuple[DeviceRow, ...]:
    """Return the devices of a campus with their states, in the order of the map."""
    states = {one.id: one for one in state.devices}
    classes: dict[DeviceId, list[str]] = defaultdict(list)
    for point in campus.of(DataPoint):
        if point.device_id is not None:
            classes[point.device_id].append(point.brick_class)
    names: dict[FeatureId, LanguageMap] = {}
    rows = []
    for device in campus.of(Device):
        place = device.space_id
        if place is not None and place not in names:
            names[place] = label_of(campus, place)
        writable = [c for c in classes[device.id] if fits(c, rules.writable)]
        protected = fits(device.brick_class, rules.protected_devices)
        if protected:
            writable = []
        rows.append(
            DeviceRow(
                id=device.id,
                name=device.name,
                brick_class=device.brick_class,
                kind=next(
                    (k.name for k in rules.kinds.values() if fits(device.brick_class, k.classes)), None
                ),
                place=place,
                place_name=names[place] if place is not None else {},
                state=states.get(device.id),
                switchable=any(fits(c, (*rules.switches, *rules.levels)) for c in writable),
                settable=tuple(
                    a.name for a in rules.attributes.values() if any(fits(c, a.points) for c in writable)
                ),
            )
        )
    return tuple(rows)
