"""What holds of every judgement, whatever came and in which order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.telemetry.series import (
    DAY,
    HOUR,
    METER,
    MINUTE,
    ROOM,
    START,
    judged,
    readings,
    room,
    same,
    taken,
    times,
)

from yuanli.telemetry import (
    BLOCK,
    LINEAGE,
    CleaningParams,
    Overrule,
    PointFacts,
    Quality,
    Readings,
    Reason,
    Window,
    inject_faults,
    judge,
    quantities,
    touched,
)

odd = st.floats(width=64) | st.sampled_from([0.0, 85.0, -999.0, 1e300, -1e300, 5e-324, 22.0, 22.5])
rows = st.lists(st.tuples(st.integers(0, 400), odd, st.integers(-400, 4000)), max_size=120)


def some(found: list[tuple[int, float, int]]) -> Readings:
    at = START + np.array([row[0] for row in found], np.int64) * 5 * MINUTE
    return Readings(
        point=np.ones(len(found), np.int32),
        at=at,
        value=np.array([row[1] for row in found], np.float64),
        received=at + np.array([row[2] for row in found], np.int64) * 10_000_000,
    )


@settings(max_examples=60)
@given(rows, st.sampled_from(sorted(quantities())), st.randoms(use_true_random=False))
def test_any_readings_are_judged_alike_in_any_order_and_any_number_of_times(found, kind, rng) -> None:  # type: ignore[no-untyped-def]
    facts = PointFacts(point=1, quantity=quantities()[kind])
    came = some(found)
    order = list(range(len(came))) * 2
    rng.shuffle(order)
    once = judge(came, (facts,))[0]
    assert same(once, judge(taken(came, np.array(order, np.int64)), (facts,))[0])
    assert (np.diff(once.at) > 0).all()


@settings(max_examples=60)
@given(rows)
def test_what_came_is_never_changed(found) -> None:  # type: ignore[no-untyped-def]
    came = some(found)
    series = judge(came, (ROOM,))[0]
    first: dict[int, float] = {}
    for i in np.lexsort((came.value, came.received)):
        first.setdefault(int(came.at[i]), float(came.value[i]))
    raw = dict(zip(series.at.tolist(), series.raw.tolist(), strict=True))
    assert all(raw[at] == value or (np.isnan(raw[at]) and np.isnan(value)) for at, value in first.items())


@pytest.mark.parametrize(
    "value", [[], [21.0], [np.nan] * 50, [np.inf, -np.inf] * 30, [0.0] * 500, [1e308, -1e308] * 99]
)
def test_nothing_one_reading_or_nonsense_is_judged(value: list[float]) -> None:
    for kind in quantities().values():
        series = judged(np.array(value), PointFacts(point=1, quantity=kind))
        assert np.isfinite(series.value[series.quality <= Quality.ESTIMATED]).all()


def test_a_device_that_says_no_value_is_missing() -> None:
    value = room()
    value[500:700] = np.nan
    series = judged(value)
    assert set(series.quality[500:700]) == {Quality.MISSING}
    assert set(series.reason[500:700]) == {Reason.SOURCE}


def test_a_persons_word_wins_and_the_last_one_most() -> None:
    value = room()
    value[1000] = -999
    at = times()
    words = [
        Overrule(point=1, start=int(at[1000]), end=int(at[1000]), quality=Quality.GOOD, value=21.5),
        Overrule(point=1, start=int(at[10]), end=int(at[12]), quality=Quality.BAD),
        Overrule(point=1, start=int(at[12]), end=int(at[12]), quality=Quality.GOOD),
        Overrule(point=9, start=0, end=int(at[-1]), quality=Quality.BAD),
    ]
    series = judge(readings(at, value), (ROOM,), overrules=words)[0]
    assert (series.value[1000], series.quality[1000], series.raw[1000]) == (21.5, Quality.GOOD, -999)
    assert series.reason[1000] == Reason.SENTINEL | Reason.MANUAL
    assert series.quality[10:14].tolist() == [Quality.BAD, Quality.BAD, Quality.GOOD, Quality.GOOD]
    assert series.value[12] == value[12]


def test_judging_again_what_late_batches_touch_is_as_if_all_had_been_there() -> None:
    rng = np.random.default_rng(5)
    at = START - 20 * DAY + np.arange(90 * 96, dtype=np.int64) * 15 * MINUTE
    value = np.round(22 + 1.5 * np.sin((at % DAY) / DAY * 2 * np.pi) + rng.normal(0, 0.05, len(at)), 2)
    came = inject_faults(at, value, rng, point=1, codes=(85, -127), mixup=(1.8, 32.0)).readings
    whole = judge(came, (ROOM,))[0]
    kept: dict[Window, object] = {}
    have = np.zeros(0, np.int64)
    for batch in np.array_split(rng.permutation(len(came)), 3):
        have = np.concatenate((have, batch))
        for window in touched(came.at[batch]):
            for start in range(window.start, window.end, BLOCK):
                block = Window(start, start + BLOCK)
                near = have[(came.at[have] >= block.context.start) & (came.at[have] < block.context.end)]
                kept[block] = judge(taken(came, near), (ROOM,), window=block)[0]
    for block, part in kept.items():
        inside = (whole.at >= block.start) & (whole.at < block.end)
        assert np.array_equal(whole.at[inside], part.at)  # type: ignore[attr-defined]
        assert np.array_equal(whole.reason[inside], part.reason)  # type: ignore[attr-defined]
        assert np.array_equal(whole.value[inside], part.value, equal_nan=True)  # type: ignore[attr-defined]


def test_a_reading_touches_its_block_and_those_it_is_context_of() -> None:
    (window,) = touched(np.array([START + HOUR]))
    assert (window.start, window.end) == (START - BLOCK, START + BLOCK)
    (window,) = touched(np.array([START + 20 * DAY]))
    assert (window.start, window.end) == (START, START + 2 * BLOCK)
    assert touched(np.zeros(0, np.int64)) == ()


def test_series_come_in_the_order_of_the_facts_and_others_are_left_aside() -> None:
    both = judge(readings(times(1), room(1), point=7), (METER, ROOM))
    assert [(series.point, len(series)) for series in both] == [(2, 0), (1, 0)]


def test_the_lineage_names_every_rule_once() -> None:
    names = [name for name, _ in LINEAGE]
    assert len(set(names)) == len(names)
    assert {"settle", "spikes", "shifts", "gaps"} <= set(names)


def test_params_must_be_positive() -> None:
    with pytest.raises(ValueError, match="spike"):
        CleaningParams(spike=0)
