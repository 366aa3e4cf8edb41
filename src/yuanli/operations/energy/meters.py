"""Which meters cover which place, so that nothing is counted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from yuanli.campus import (
    Building,
    Campus,
    DataPoint,
    Device,
    FeatureId,
    Geofence,
    LanguageMap,
    Level,
    Unit,
    Venue,
    level_of,
)
from yuanli.operations.energy.media import (
    EVERYTHING,
    Measured,
    Medium,
    Use,
    distributes,
    find_measured,
    is_upstream,
    uses_of,
)

SITE = FeatureId("site")
"""Stands for the whole campus where it has no venue."""
SERVICE = frozenset(
    {"nonpublic", "mechanical", "electrical", "utility", "technical", "serviceroom", "service"}
)
"""Rooms in which a distribution board stands for the whole level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A device, or a point by itself, that measures a medium.

    Parameters
    ----------
    thing
        The device or the point.
    scope
        Places or devices that it covers.
    uses
        What is used behind it.
    main
        Whether it is the place's own main meter, above others of the same scope.
    below
        Meters that it is told to be behind.
    """

    id: FeatureId
    thing: FeatureId
    name: LanguageMap
    medium: Medium
    scope: frozenset[FeatureId]
    uses: frozenset[Use] = EVERYTHING
    main: bool = False
    below: frozenset[FeatureId] = frozenset()
    register: Measured | None = None
    rate: Measured | None = None

    @property
    def use(self) -> Use | None:
        """The only use behind it, where there is one."""
        return next(iter(self.uses)) if len(self.uses) == 1 else None


@dataclass(frozen=True, kw_only=True)
class Metering:
    """The meters of a campus, and where things are in each other."""

    meters: Mapping[FeatureId, Meter]
    above: Mapping[FeatureId, FeatureId] = field(default_factory=dict)
    """Of each place and device the place that it is in."""
    site: FeatureId = SITE

    def covering(self, place: FeatureId, medium: Medium) -> tuple[Meter, ...]:
        """Return the fewest meters that tell all that is measured within a place, nothing twice."""
        found = self._covered.get((place, medium))
        if found is None:
            own = tuple(meter for meter in self._of(medium) if meter.thing == place)
            found = own or self._apart(self._within.get((place, medium), ()), self._widest_first)
            self._covered[place, medium] = found
        return found

    def of_uses(self, total: Sequence[Meter]) -> tuple[tuple[Meter, ...], ...]:
        """Return, for each meter of a total, those behind it that have one use, nothing twice."""
        return tuple(self._behind(meter) for meter in total)

    def find_whole(self, place: FeatureId, medium: Medium) -> bool:
        """Tell whether meters cover a place as a whole, not only things in it."""
        if any(meter.thing == place for meter in self._of(medium)):
            return True
        found = self._within.get((place, medium), ())
        return any(place in meter.scope and len(meter.uses) > 1 for meter in found)

    def find_wider(self, place: FeatureId, medium: Medium) -> Meter | None:
        """Return the narrowest meter that covers a place along with others, or None."""
        chain = set(self.chain(place)) - {place}
        wider = [meter for meter in self._of(medium) if meter.scope & chain]
        return max(wider, key=lambda m: (self._depth(m), m.id), default=None)

    def chain(self, node: FeatureId) -> tuple[FeatureId, ...]:
        """Return a place or device and all that it is in, the site last."""
        found = self._chains.get(node)
        if found is None:
            seen = [node]
            while (upper := self.above.get(seen[-1])) is not None and upper not in seen:
                seen.append(upper)
            found = self._chains[node] = tuple(seen)
        return found

    @cached_property
    def _chains(self) -> dict[FeatureId, tuple[FeatureId, ...]]:
        """The chains that were asked for."""
        return {}

    @cached_property
    def _by_medium(self) -> Mapping[Medium, tuple[Meter, ...]]:
        found: dict[Medium, list[Meter]] = defaultdict(list)
        for meter in self.meters.values():
            found[meter.medium].append(meter)
        return {medium: tuple(meters) for medium, meters in found.items()}

    @cached_property
    def _covered(self) -> dict[tuple[FeatureId, Medium], tuple[Meter, ...]]:
        """The places that were asked for, and what covers them."""
        return {}

    @cached_property
    def _within(self) -> Mapping[tuple[FeatureId, Medium], tuple[Meter, ...]]:
        """Of each place the meters of which all that they cover lies within it."""
        found: dict[tuple[FeatureId, Medium], list[Meter]] = defaultdict(list)
        for meter in self.meters.values():
            for place in set[FeatureId].intersection(*(set(self.chain(node)) for node in meter.scope)):
                found[place, meter.medium].append(meter)
        return {key: tuple(meters) for key, meters in found.items()}

    def _of(self, medium: Medium) -> tuple[Meter, ...]:
        return self._by_medium.get(medium, ())

    def _depth(self, meter: Meter) -> int:
        return min(len(self.chain(node)) for node in meter.scope)

    def _widest_first(self, meter: Meter) -> tuple[int, int, bool, int, str]:
        return len(self._told_above(meter)), self._depth(meter), not meter.main, -len(meter.uses), meter.id

    def _behind(self, meter: Meter) -> tuple[Meter, ...]:
        if meter.use is not None:
            return ()
        single = [m for m in self._of(meter.medium) if m.use is not None and self._under(m, meter)]
        return self._apart(single, lambda m: (self._depth(m), m.id))

    def _under(self, lower: Meter, upper: Meter) -> bool:
        """Tell whether what a meter measures went through another before."""
        if lower.id == upper.id or upper.id in self._told_above(lower):
            return lower.id != upper.id
        if lower.id in self._told_above(upper) or not lower.uses <= upper.uses:
            return False
        if lower.scope == upper.scope:
            return (upper.main, len(upper.uses)) > (lower.main, len(lower.uses))
        return all(upper.scope & set(self.chain(node)) for node in lower.scope)

    def _told_above(self, meter: Meter) -> set[FeatureId]:
        found: set[FeatureId] = set()
        waiting = list(meter.below)
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.meters[one].below if one in self.meters else ()
        return found

    def _overlap(self, a: Meter, b: Meter) -> bool:
        if self._under(a, b) or self._under(b, a):
            return True
        if not a.uses & b.uses or a.scope == b.scope:
            return a.scope == b.scope and bool(a.uses & b.uses) and (a.uses, a.main) != (b.uses, b.main)
        nested = any(b.scope & set(self.chain(node)) for node in a.scope)
        return nested or any(a.scope & set(self.chain(node)) for node in b.scope)

    def _apart(self, meters: Iterable[Meter], order: Callable[[Meter], object]) -> tuple[Meter, ...]:
        """Return meters that overlap no other, in an order; only what lies in or around each other is compared."""
        chosen: list[Meter] = []
        near: dict[tuple[str, FeatureId], list[Meter]] = defaultdict(list)
        for meter in sorted(meters, key=order):  # type: ignore[arg-type]
            around = {upper for node in meter.scope for upper in self.chain(node)}
            told = self._told_above(meter)
            keys = [*(("covers", node) for node in around), *(("lies in", node) for node in meter.scope),
                    *(("is", above) for above in told), ("is behind", meter.id)]  # fmt: skip
            if any(self._overlap(meter, other) for key in keys for other in near.get(key, ())):
                continue
            chosen.append(meter)
            own = [*(("covers", node) for node in meter.scope), *(("lies in", node) for node in around),
                   *(("is behind", above) for above in told), ("is", meter.id)]  # fmt: skip
            for key in own:
                near[key].append(meter)
        return tuple(chosen)


def metering_of(campus: Campus) -> Metering:
    """Return the meters of a campus by what its devices and points are, feed and say."""
    above = dict(_above(campus))
    site = campus.venue.id if campus.venue is not None else SITE
    for node in list(above.values()):
        if node not in above and node != site:
            above[node] = site
    meters = dict(_meters(campus, site))
    fed: dict[FeatureId, set[FeatureId]] = defaultdict(set)
    for device in campus.of(Device):
        if device.id in meters and distributes(device):
            for other in device.feeds:
                if other in meters:
                    fed[other].add(device.id)
        told = device.extra.get("submeter_of")
        for upper in [told] if isinstance(told, str) else told if isinstance(told, list | tuple) else ():
            if device.id in meters and upper in meters:
                fed[device.id].add(FeatureId(upper))
    named = {
        meter.id: replace(meter, below=frozenset(fed[meter.id])) if meter.id in fed else meter
        for meter in meters.values()
    }
    return Metering(meters=named, above=above, site=site)


def _above(campus: Campus) -> Iterator[tuple[FeatureId, FeatureId]]:
    site = campus.venue.id if campus.venue is not None else SITE
    for building in campus.of(Building):
        yield building.id, site
    for level in campus.of(Level):
        yield level.id, level.building_ids[0] if level.building_ids else site
    for unit in campus.of(Unit):
        yield unit.id, unit.level_id
    for zone in campus.of(Geofence):
        yield zone.id, zone.building_ids[0] if zone.building_ids else site
    things: list[Device | DataPoint] = [*campus.of(Device), *campus.of(DataPoint)]
    for thing in things:
        yield FeatureId(thing.id), _place(campus, thing) or site


def _place(campus: Campus, thing: Device | DataPoint) -> FeatureId | None:
    """Return the space, level, building or zone that something stands in."""
    space_id = thing.space_id
    if space_id is None and isinstance(thing, DataPoint) and thing.device_id is not None:
        device = campus.find(thing.device_id)
        space_id = device.space_id if isinstance(device, Device) else None
    place = campus.find(space_id) if space_id is not None else None
    if isinstance(place, Venue | Building | Level | Unit | Geofence):
        return FeatureId(place.id)
    return level_of(place) if place is not None else None


def _meters(campus: Campus, site: FeatureId) -> Iterator[tuple[FeatureId, Meter]]:
    found: dict[tuple[FeatureId, Medium], list[Measured]] = defaultdict(list)
    for point in campus.of(DataPoint):
        device = campus.find(point.device_id) if point.device_id is not None else None
        told = find_measured(point, device if isinstance(device, Device) else None)
        if told is not None:
            owner = FeatureId(device.id if isinstance(device, Device) else point.id)
            found[owner, told.medium].append(told)
    seen: set[FeatureId] = set()
    for (owner, medium), measured in sorted(found.items(), key=lambda one: list(Medium).index(one[0][1])):
        thing = campus.features[owner]
        assert isinstance(thing, Device | DataPoint)
        scope = _scope(campus, thing, site)
        if scope is None:
            continue
        device = thing if isinstance(thing, Device) else None
        key = FeatureId(f"{owner}:{medium}") if owner in seen else owner
        seen.add(owner)
        yield (
            key,
            Meter(
                id=key, thing=owner, name=thing.name, medium=medium, scope=scope, uses=_uses(thing, medium),
                main=device is not None and "Building" in device.brick_class,
                register=next((m for m in measured if m.counts), None),
                rate=next((m for m in measured if not m.counts), None),
            ),
        )  # fmt: skip


def _uses(thing: Device | DataPoint, medium: Medium) -> frozenset[Use]:
    if medium is Medium.PV:
        return EVERYTHING
    return uses_of(thing if isinstance(thing, Device) else None, thing.extra)


def _scope(campus: Campus, thing: Device | DataPoint, site: FeatureId) -> frozenset[FeatureId] | None:
    """Return what a meter covers: what it feeds; else, of a meter, the place it stands for; else itself."""
    if isinstance(thing, DataPoint):
        return frozenset({_place(campus, thing) or site})
    if not distributes(thing):
        return None if is_upstream(thing) else frozenset({FeatureId(thing.id)})
    fed = frozenset(other for other in thing.feeds if campus.find(other) is not None)
    if fed:
        return fed
    if is_upstream(thing):
        return None
    place = _place(campus, thing) or site
    unit = campus.find(place)
    if "Building" in thing.brick_class:
        building = campus.building_of(level_of(unit)) if unit is not None else None
        return frozenset({building or place})
    if isinstance(unit, Unit) and unit.category.lower() in SERVICE:
        return frozenset({FeatureId(unit.level_id)})
    return frozenset({place})
