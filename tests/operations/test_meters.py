"""Which meters cover a place: the quick way against comparing each meter with each other."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from yuanli.campus import FeatureId
from yuanli.operations.energy.media import EVERYTHING, Medium, Use
from yuanli.operations.energy.meters import SITE, Meter, Metering


def drawn(rng: Random) -> tuple[list[FeatureId], Metering]:
    """Return places in a tree, and meters of one or two of them, some behind others, some of one use."""
    places, above = [SITE], dict[FeatureId, FeatureId]()
    for number in range(rng.randint(3, 15)):
        above[FeatureId(f"place-{number}")] = rng.choice(places)
        places.append(FeatureId(f"place-{number}"))
    meters = dict[FeatureId, Meter]()
    for number in range(rng.randint(2, 20)):
        name = FeatureId(f"meter-{number}")
        below = rng.sample(list(meters), 1) if meters and rng.random() < 0.2 else []
        meters[name] = Meter(
            id=name, thing=name, name={}, medium=Medium.ELECTRICITY,
            scope=frozenset(rng.sample(places, rng.choice((1, 1, 2)))),
            uses=EVERYTHING if rng.random() < 0.5 else frozenset(rng.sample(list(Use), rng.randint(1, 2))),
            main=rng.random() < 0.2, below=frozenset(below),
        )  # fmt: skip
    return places, Metering(meters=meters, above=above)


def compared_with_each(metering: Metering, meters: Sequence[Meter]) -> tuple[Meter, ...]:
    chosen: list[Meter] = []
    for meter in sorted(meters, key=metering._widest_first):
        if not any(metering._overlap(meter, other) for other in chosen):
            chosen.append(meter)
    return tuple(chosen)


def test_what_covers_a_place_is_what_comparing_each_meter_with_each_finds() -> None:
    several = 0
    for seed in range(30):
        places, metering = drawn(Random(seed))
        for place in places:
            within = [
                meter for meter in metering.meters.values()
                if all(place in metering.chain(node) for node in meter.scope)
            ]  # fmt: skip
            expected = compared_with_each(metering, within)
            assert metering.covering(place, Medium.ELECTRICITY) == expected
            several += 1 < len(expected) < len(within)
    assert several > 20
