"""The common ground of all answers: the meters of a place, what they counted, and what that leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from yuanli.campus import CampusId, FeatureId, name_in
from yuanli.errors import Text
from yuanli.operations.energy.answers import Part
from yuanli.operations.energy.grounds import EnergyPlace, EnergyPlaceKind, Grounds
from yuanli.operations.energy.measuring import Gauges, microseconds
from yuanli.operations.energy.media import Medium, Use, name_of
from yuanli.operations.energy.meters import Meter
from yuanli.operations.readings import Every, ReadingStore
from yuanli.telemetry import Amounts, Times, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What meters of a place counted in buckets, together."""

    meters: tuple[Meter, ...]
    amounts: Amounts

    @property
    def known(self) -> bool:
        """Whether anything is known at all."""
        return bool(self.amounts.covered.any())

    @property
    def total(self) -> float | None:
        """The sum of the buckets; None where nothing is known."""
        return float(self.amounts.amount.sum()) if self.known else None


class Asked:
    """One question to one campus: what has been measured for it is kept until it is answered."""

    def __init__(self, store: ReadingStore, campus_id: CampusId, grounds: Grounds, now: datetime) -> None:
        self.campus_id, self.grounds, self.now, self.store = campus_id, grounds, now, store
        self.zone = ZoneInfo(grounds.campus.time_zone)
        self.gauges = Gauges(store, campus_id, self.zone)
        self._known: dict[tuple[bytes, Every | None], dict[FeatureId, Amounts]] = {}

    def measure(
        self, meters: Sequence[Meter], edges: Times, fine: Every | None = None
    ) -> Mapping[FeatureId, Amounts]:
        """Return what meters counted between edges that are not to come; each is asked for once."""
        key = (edges.tobytes(), fine)
        known = self._known.setdefault(key, {})
        wanted = {meter.id: meter for meter in meters}
        fresh = [meter for meter in wanted.values() if meter.id not in known]
        if fresh:
            known |= self.gauges.measure(fresh, np.minimum(edges, microseconds(self.now)), fine=fine)
        return {meter_id: known[meter_id] for meter_id in wanted}

    def told(self, place: FeatureId, medium: Medium, edges: Times, fine: Every | None = None) -> Told:
        """Return what a place used in buckets."""
        meters = self.grounds.metering.covering(place, medium)
        return Told(
            meters=meters, amounts=summed(list(self.measure(meters, edges, fine).values()), len(edges) - 1)
        )

    def whole(self, place: FeatureId, medium: Medium) -> bool:
        """Tell whether a place is covered as a whole, by its own meters or by those of all its parts."""
        return self.grounds.metering.find_whole(place, medium) or not self.uncovered(place, medium)

    def uncovered(self, place: FeatureId, medium: Medium) -> tuple[FeatureId, ...]:
        """Return the buildings of a site, or the levels of a building, that no meter covers though others are."""
        metering = self.grounds.metering
        if metering.find_whole(place, medium) or medium is Medium.PV:
            return ()
        kind = EnergyPlaceKind.BUILDING if place == metering.site else EnergyPlaceKind.LEVEL
        parts = self.grounds.within(place, kind)
        return tuple(part for part in parts if not metering.find_whole(part, medium)) if parts else (place,)

    def note(self, place: EnergyPlace, medium: Medium, told: Told) -> Text | None:
        """Return why nothing is told of a place, or what the figures do not hold."""
        named, what = place.name, name_of(medium)
        zh, en = name_in(named, "zh") or place.id, name_in(named, "en") or place.id
        if not told.meters:
            wider = self.grounds.metering.find_wider(place.id, medium)
            if wider is not None:
                z, e = name_in(wider.name, "zh") or wider.thing, name_in(wider.name, "en") or wider.thing
                return Text(
                    f"“{zh}”没有单独的{what.zh}表，只随“{z}”一并计量。",
                    f"No {what.en} meter covers {en} by itself; {e} measures it along with others.",
                )
            return Text(f"没有{what.zh}表覆盖“{zh}”。", f"No {what.en} meter covers {en}.")
        if not told.known:
            return Text(
                f"这段时间“{zh}”的{what.zh}表没有读数。",
                f"The {what.en} meters of {en} sent nothing then.",
            )
        left = self.uncovered(place.id, medium)
        if left and left != (place.id,):
            return Text(
                f"有 {len(left)} 处没有{what.zh}表，未计入。",
                f"{len(left)} parts have no {what.en} meter: not counted.",
            )
        if left:
            return Text(
                f"“{zh}”没有总表，只计入了其中有表的设备。",
                f"{en} has no meter of its own: only metered devices in it are counted.",
            )
        return None

    def parts(self, place: EnergyPlace, medium: Medium) -> tuple[EnergyPlace, ...]:
        """Return the parts of a place that meters tell of."""
        metering = self.grounds.metering
        return tuple(
            self.grounds.place(one) for one in self.grounds.parts(place) if metering.covering(one, medium)
        )


def summed(rows: Sequence[Amounts], count: int) -> Amounts:
    """Return the sum of what several meters counted; shares of time are their means."""
    if not rows:
        return Amounts(amount=np.zeros(count), covered=np.zeros(count), estimated=np.zeros(count))
    return Amounts(
        amount=np.sum([row.amount for row in rows], axis=0),
        covered=np.mean([row.covered for row in rows], axis=0),
        estimated=np.mean([row.estimated for row in rows], axis=0),
    )


def share_of_time(shares: Values, edges: Times, now: int) -> float:
    """Return the mean of shares of buckets over the time that is over."""
    width = np.diff(np.minimum(edges, now)).astype(float)
    return round(float(np.clip((shares * width).sum() / width.sum(), 0, 1)), 6) if width.sum() > 0 else 0.0


def as_parts(rows: Sequence[tuple[str, Mapping[str, str], float]], most: int = 6) -> tuple[Part, ...]:
    """Return the largest of parts with their share of the sum."""
    total = sum(amount for *_, amount in rows)
    ordered = sorted((row for row in rows if row[2] > 0), key=lambda row: (-row[2], row[0]))
    return tuple(
        Part(id=str(one), name=name, amount=amount, share=amount / total)
        for one, name, amount in ordered[:most]
    )


def split(main: float, parts: Mapping[Use, float]) -> tuple[dict[Use, float], bool]:
    """Return what uses took of a main meter's amount, the rest as `OTHER`, and whether they had to be scaled down."""
    told = {use: max(amount, 0.0) for use, amount in parts.items() if amount > 0}
    total = sum(told.values())
    if total > main:
        scale = main / total if total > 0 else 0.0
        scaled = total > main * 1.005 + 1e-9
        return {use: amount * scale for use, amount in told.items() if amount * scale > 0}, scaled
    left = main - total
    if left > max(main, 1.0) * 1e-9:
        told[Use.OTHER] = told.get(Use.OTHER, 0.0) + left
    return told, False
