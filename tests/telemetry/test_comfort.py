"""How warm people feel: by the cases of the standard, and by another implementation of it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.telemetry import ComfortError, ComfortParams, comfort, usual_clothing

OTHERS = Path(__file__).with_name("comfort.csv")
TABLE_D1 = [
    # °C, m/s, %, met, clo, vote, dissatisfied %
    (22, 0.1, 60, 1.2, 0.5, -0.75, 17),
    (27, 0.1, 60, 1.2, 0.5, 0.77, 17),
    (27, 0.3, 60, 1.2, 0.5, 0.44, 9),
    (19, 0.1, 40, 1.2, 1.0, -0.60, 13),
    (22, 0.1, 60, 1.6, 0.5, 0.05, 5),
    (27, 0.1, 60, 1.6, 0.5, 1.17, 34),
    (27, 0.3, 60, 1.6, 0.5, 0.95, 24),
]


@pytest.mark.parametrize(("temp_c", "speed", "humidity", "met", "clo", "vote", "dissatisfied"), TABLE_D1)
def test_the_cases_of_iso_7730_come_out(
    temp_c: float, speed: float, humidity: float, met: float, clo: float, vote: float, dissatisfied: float
) -> None:
    params = ComfortParams(clothing_clo=clo, metabolism_met=met, air_speed_ms=speed)
    votes, shares = comfort(np.array([temp_c]), np.array([humidity]), params)
    assert votes[0] == pytest.approx(vote, abs=0.03)
    assert shares[0] * 100 == pytest.approx(dissatisfied, abs=1)


def test_another_implementation_says_the_same() -> None:
    with OTHERS.open(encoding="utf-8") as file:
        rows = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    for row in rows:
        params = ComfortParams(
            clothing_clo=row["clo"], metabolism_met=row["met"], air_speed_ms=row["speed_ms"]
        )
        votes, shares = comfort(np.array([row["temp_c"]]), np.array([row["humidity"]]), params)
        assert votes[0] == pytest.approx(np.clip(row["pmv"], -3, 3), abs=0.011)
        if abs(row["pmv"]) < 2.9:
            assert shares[0] * 100 == pytest.approx(row["ppd"], abs=0.6)


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=20),
    st.floats(allow_nan=True, allow_infinity=True),
)
def test_no_reading_makes_anything_but_a_vote_or_nothing(temps: list[float], humidity: float) -> None:
    votes, shares = comfort(np.array(temps), np.full(len(temps), humidity))
    known = np.isfinite(np.array(temps))
    assert np.isnan(votes[~known]).all()
    assert (np.abs(votes[known]) <= 3).all()
    assert ((shares[known] >= 0.05) & (shares[known] <= 1)).all()


@given(st.floats(15, 30), st.floats(0.1, 8))
def test_warmer_air_is_never_felt_colder(temp_c: float, more: float) -> None:
    votes, _ = comfort(np.array([temp_c, temp_c + more]), np.array([50.0, 50.0]))
    assert votes[1] >= votes[0] - 1e-6


def test_clothing_follows_the_season_of_the_hemisphere() -> None:
    assert (usual_clothing(7), usual_clothing(1), usual_clothing(4)) == (0.5, 1.0, 0.75)
    assert (usual_clothing(7, northern=False), usual_clothing(1, northern=False)) == (1.0, 0.5)


def test_nobody_wears_five_coats() -> None:
    with pytest.raises(ComfortError):
        ComfortParams(clothing_clo=5)
    with pytest.raises(ComfortError):
        ComfortParams(air_speed_ms=float("nan"))
