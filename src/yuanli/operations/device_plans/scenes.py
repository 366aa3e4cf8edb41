"""What a draft of devices is made of, and how its devices and zones are called."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yuanli.campus import Campus, DeviceId, FeatureId, Unit, name_in
from yuanli.errors import Text
from yuanli.operations.device_plans.equipment import Equipment, place_of_device
from yuanli.operations.device_plans.wishes import DeviceWish
from yuanli.telemetry import Series


@dataclass(slots=True)
class Told:
    """What the draft assumes and leaves out, as it is found."""

    assumptions: list[Text] = field(default_factory=list)
    left_out: list[Text] = field(default_factory=list)

    def assume(self, zh: str, en: str) -> None:
        """Say what is assumed."""
        self.assumptions.append(Text(zh, en))

    def leave(self, zh: str, en: str) -> None:
        """Say what is left out."""
        self.left_out.append(Text(zh, en))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a draft is made of."""

    campus: Campus
    wish: DeviceWish
    now: datetime
    times: tuple[datetime, ...]
    items: tuple[Equipment, ...]
    told: Told
    series: Mapping[Any, Series]


def area_m2(campus: Campus, place_id: FeatureId) -> float:
    """Return the area of a room; 0 where it has none."""
    place = campus.find(place_id)
    shape = getattr(place, "geometry", None)
    return 0.0 if not isinstance(place, Unit) or shape is None else float(campus.frame.metric(shape).area)


def device_names(scene: Scene) -> dict[DeviceId, str]:
    """Return names that differ: those that are there twice get their rooms, and their ids where that is not enough."""
    language, zones = scene.wish.language, zone_names(scene)
    places = {i.device.id: zones[place_of_device(i.device)] for i in scene.items}
    names = {i.device.id: name_in(i.device.name, language) or str(i.device.id) for i in scene.items}
    for beside in (places, {key: str(key) for key in names}):
        often = Counter(names.values())
        names = {k: name if often[name] == 1 else f"{name} ({beside[k]})" for k, name in names.items()}
    return names


def zone_names(scene: Scene) -> dict[FeatureId, str]:
    """Return names of the places that devices serve, which differ."""
    found: dict[FeatureId, str] = {}
    for key in dict.fromkeys(place_of_device(item.device) for item in scene.items):
        place = scene.campus.find(key)
        found[key] = (
            getattr(place, "ref", None)
            or name_in(getattr(place, "name", {}), scene.wish.language)
            or str(key)
        )
    often: Mapping[str, int] = defaultdict(int, Counter(found.values()))
    return {key: name if often[name] == 1 else f"{name} ({key})" for key, name in found.items()}
