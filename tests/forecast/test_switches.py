"""Signals that are switched, and people counted by how they stand."""

from __future__ import annotations

import numpy as np

from yuanli.forecast.states.switches import find_cut, fit_switches

RNG = np.random.default_rng(7)
DAYLIGHT = 60 * np.clip(np.sin(np.linspace(0, 12 * np.pi, 6000)), 0, None) + RNG.normal(0, 1, 6000)


def _lamp(
    on: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], lux: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return (DAYLIGHT + lux * on).astype(np.float32)


def test_a_lamp_parts_into_off_and_on_and_daylight_does_not() -> None:
    on = np.arange(6000) % 600 > 450
    assert 65 < find_cut(_lamp(on, 200)) < 200
    assert np.isnan(find_cut(DAYLIGHT.astype(np.float32)))
    assert np.isnan(find_cut(np.full(100, 3, np.float32)))
    assert np.isnan(find_cut(np.full(100, np.nan, np.float32)))


def test_one_odd_reading_makes_no_switch() -> None:
    values = np.zeros(6000, np.float32)
    values[17] = 1000
    assert np.isnan(find_cut(values))


def test_people_are_counted_by_their_lamps_whatever_the_daylight() -> None:
    states = RNG.random((3, 6000)) < 0.4
    truth = states.sum(axis=0)
    rows = np.stack([*(_lamp(one, 180) for one in states), DAYLIGHT.astype(np.float32)], axis=1)
    learnt = fit_switches(rows, truth, classes=4, penalty=1.0)
    assert np.isnan(learnt.cuts[3])
    assert np.isfinite(learnt.cuts[:3]).all()
    brighter = rows + np.float32(20)
    assert (learnt.predict(brighter).argmax(axis=1) == truth).mean() > 0.99


def test_what_is_not_known_counts_for_nothing() -> None:
    rows = np.stack([_lamp(np.arange(6000) % 2 == 0, 180)], axis=1)
    learnt = fit_switches(rows, (np.arange(6000) % 2 == 0).astype(int), classes=2, penalty=1.0)
    said = learnt.predict(np.full((1, 1), np.nan, np.float32))
    assert np.isfinite(said).all()
    assert abs(said[0, 0] - 0.5) < 0.2
