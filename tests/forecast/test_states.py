"""States of rooms and devices: learnt from days, told without looking ahead, and measured against plain answers."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanli.forecast import (
    InvalidStatesError,
    Place,
    StateParams,
    evaluate_states,
    fit_states,
    load_states,
    place_of,
    save_states,
    say_states,
)
from yuanli.forecast.states.choosing import copied_days, lean_to_change, leant
from yuanli.forecast.states.features import known_of, look_of
from yuanli.forecast.states.floors import fit_floors
from yuanli.forecast.states.scoring import score_states
from yuanli.learning import BrokenModelError

MINUTE = 60_000_000
STEP = 10 * MINUTE
STEPS = 144
SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "telemetry"
LINES = StateParams(candidates=("line:now",))


def office(days: int = 8, *, seed: int = 0, name: str = "office") -> Place:
    """Return a room in use from about nine to five: CO₂ rises while it is; a fan signal is sent on change only."""
    rng = np.random.default_rng(seed)
    truth = np.zeros(days * STEPS)
    for day in range(days):
        first, last = 54 + rng.integers(-3, 4), 102 + rng.integers(-3, 4)
        truth[day * STEPS + first : day * STEPS + last] = 1
    co2 = np.full(len(truth), 420.0)
    for i in range(1, len(truth)):
        co2[i] = co2[i - 1] + 0.2 * (420 + 500 * truth[i] - co2[i - 1])
    fan = np.where(np.diff(truth, prepend=-1) != 0, truth, np.nan)
    at = np.arange(len(truth), dtype=np.int64) * STEP
    values = {"co2": co2 + rng.normal(0, 5, len(truth)), "fan": fan, "noise": rng.normal(0, 1, len(truth))}
    return place_of(name, {key: (at, row) for key, row in values.items()}, (at, truth), step=STEP)


def test_occupancy_is_told_from_signals_alone_and_noise_counts_little() -> None:
    model = fit_states([office()], ("empty", "used"), ahead=0, params=LINES)
    scores = evaluate_states(model, [office(seed=1)])
    assert scores["model"].accuracy > 0.97
    assert "persistence" not in scores
    assert list(model.weights())[-1] == "noise"


def test_what_comes_next_is_told_better_than_no_change_and_changes_are_foreseen() -> None:
    model = fit_states([office(12)], ("empty", "used"), ahead=3, params=LINES)
    scores = evaluate_states(model, [office(6, seed=1)])
    assert scores["model"].accuracy > scores["persistence"].accuracy
    assert scores["persistence"].change_recall == 0
    assert scores["model"].change_recall > 0.4
    assert model.better_than_floors()
    assert "no change" in model.verdict().en or "last week" in model.verdict().en


def test_a_coin_is_not_said_to_be_told_better_than_the_plain_answers() -> None:
    rng = np.random.default_rng(3)
    place = office()
    coin = replace(place, truth=rng.integers(0, 2, len(place.truth)).astype(float))
    model = fit_states([coin], ("head", "tail"), ahead=0, params=LINES)
    assert model.validation["model"].accuracy < 0.6
    assert model.validation["model"].accuracy_low < 0.55


@settings(max_examples=8, deadline=None)
@given(moment=st.integers(1, 8 * STEPS - 2), seed=st.integers(0, 99), ahead=st.sampled_from((0, 3, 200)))
def test_what_comes_later_changes_nothing_that_is_known(moment: int, seed: int, ahead: int) -> None:
    place = office()
    look = look_of([place], ahead=ahead, own=ahead > 0)
    rng = np.random.default_rng(seed)
    values, truth = place.history.values.copy(), place.truth.copy()
    values[:, moment + 1 :] = rng.permuted(values[:, moment + 1 :], axis=1) * 7 + 1
    truth[moment + 1 :] = rng.permutation(truth[moment + 1 :])
    other = replace(place, history=replace(place.history, values=values), truth=truth)
    before, after = known_of([place], look), known_of([other], look)
    np.testing.assert_array_equal(before.features[: moment + 1], after.features[: moment + 1])
    asked = moment + 1 - ahead
    if asked > 0:
        np.testing.assert_array_equal(before.truth[:asked], after.truth[:asked])


def test_a_signal_sent_on_change_holds_until_the_next_and_tells_its_age() -> None:
    place = office()
    look = look_of([place], ahead=0, own=False)
    assert look.steady == ("fan",)
    known = known_of([place], look)
    fan = known.features[:, known.names.index("fan")]
    np.testing.assert_array_equal(fan, place.truth)
    age = known.features[:, known.names.index("fan age")]
    assert age[STEPS // 4] == STEPS // 4 * 10


def test_a_model_is_the_same_after_it_was_kept_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm")
    params = StateParams(candidates=("trees:recent", "line:now", "threshold:now"))
    place = office()
    for ahead in (0, 3):
        folder = tmp_path / str(ahead)
        model = fit_states([place], ("empty", "used"), ahead=ahead, params=params)
        save_states(folder, model, name="use", data="d" * 64, code="c", seed=0)
        again = load_states(folder)
        np.testing.assert_array_equal(
            say_states(again, [place]).probabilities, say_states(model, [place]).probabilities
        )
        assert again.validation["model"].accuracy == model.validation["model"].accuracy
        assert "accuracy" in (folder / "card.md").read_text("utf-8")
    (tmp_path / "0" / "states.json").write_text("{}", "utf-8")
    with pytest.raises(BrokenModelError, match=r"states\.json"):
        load_states(tmp_path / "0")


def test_a_network_learns_the_same_and_is_served_without_torch(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from yuanli.forecast import StateLearning
    from yuanli.learning import WindowParams

    learning = StateLearning(network=WindowParams(epochs=4, width=16, heads=2, layers=1, batch=64))
    params = StateParams(candidates=("network:now",), learning=learning)
    place = office(4)
    model = fit_states([place], ("empty", "used"), ahead=0, params=params)
    assert evaluate_states(model, [office(3, seed=1)])["model"].accuracy > 0.9
    save_states(tmp_path, model, name="use", data="d" * 64, code="c", seed=0)
    np.testing.assert_allclose(
        say_states(load_states(tmp_path), [place]).probabilities, say_states(model, [place]).probabilities
    )


def test_days_that_were_copied_are_found_and_stay_together() -> None:
    place = office()
    truth = place.truth.copy()
    truth[STEPS : 2 * STEPS : 20] = 1 - truth[STEPS : 2 * STEPS : 20]
    truth[5 * STEPS : 6 * STEPS] = truth[STEPS : 2 * STEPS]
    assert copied_days([replace(place, truth=truth)]) == ((1, 5),)
    assert copied_days([office(8, seed=4)]) == ()


def test_leaning_to_a_change_stops_where_it_costs_too_much() -> None:
    rng = np.random.default_rng(0)
    now = np.zeros(1000)
    truth = (rng.random(1000) < 0.1).astype(np.int64)
    useless = np.tile([0.9, 0.1], (1000, 1))
    assert lean_to_change(useless, truth, now, least_recall=0.5, most_cost=0.01) < 2.2
    blurred = np.where((rng.random(1000) < 0.1 + 0.5 * truth)[:, None], [0.48, 0.52], [0.9, 0.1])
    lean = lean_to_change(blurred, truth, now, least_recall=0.9, most_cost=1.0)
    assert (leant(blurred, now, lean).argmax(axis=1) == truth).mean() >= (truth == 0).mean()
    useful = np.where(truth[:, None] == 1, [0.6, 0.4], [0.9, 0.1])
    assert lean_to_change(useful, truth, now, least_recall=0.5, most_cost=0.01) > 0.3


def test_one_threshold_answers_where_nothing_is_better_beyond_chance() -> None:
    place = office()
    rng = np.random.default_rng(5)
    dark = place.of(("co2", "noise"))
    lamp = np.where(place.truth > 0, 400.0, 5.0) + rng.normal(0, 3, len(place.truth))
    lamp[3 * STEPS + 70 : 3 * STEPS + 90] = 5
    values = np.concatenate([dark.history.values, [lamp]])
    lit = replace(dark, signals=(*dark.signals, "lamp"), history=replace(place.history, values=values))
    params = StateParams(candidates=("threshold:now", "line:now", "line:recent"))
    assert fit_states([lit], ("empty", "used"), ahead=0, params=params).method == "threshold:now"
    assert fit_states([dark], ("empty", "used"), ahead=0, params=params).method != "threshold:now"


def test_a_cut_lies_midway_between_the_classes() -> None:
    known = known_of([office(2)], look_of([office(2)], ahead=0, own=False))
    level = np.where(known.truth > 0, 300.0, 100.0)
    features = known.features.copy()
    features[:, known.names.index("co2")] = level
    floors = fit_floors(replace(known, features=features), ("co2", "noise"), 2)
    assert floors.threshold is not None
    assert (floors.threshold.feature, floors.threshold.cut) == ("co2", 200.0)


def test_what_was_before_is_known_and_not_scored() -> None:
    place = office(12)
    model = fit_states([place], ("empty", "used"), ahead=3, params=LINES)
    start = place.history.start + 10 * STEPS * STEP
    scores = evaluate_states(model, [place], since=start)
    assert scores["model"].count == 2 * STEPS
    assert scores["last_week"].accuracy > evaluate_states(model, [office(2)])["last_week"].accuracy


def test_scores_are_as_worked_by_hand() -> None:
    truth, now = np.array([0, 0, 1, 1, 0, 1.0]), np.array([0, 0, 0, 1, 1, 1.0])
    said = np.array([0, 1, 1, 1, 1, 1])
    scores = score_states(said, truth, now, np.array([0, 0, 0, 1, 1, 1]))
    assert scores.accuracy == pytest.approx(4 / 6)
    assert scores.change_recall == 0.5
    assert scores.false_changes == 0.25
    assert scores.days == 2


def test_what_cannot_be_learnt_is_refused() -> None:
    place = office()
    with pytest.raises(InvalidStatesError, match="There are 1 states"):
        fit_states([place], ("only",), ahead=0)
    with pytest.raises(InvalidStatesError, match="There are 2 states"):
        fit_states([place], ("a", "a"), ahead=0)
    unknown = replace(place, truth=np.full(len(place.truth), np.nan))
    with pytest.raises(InvalidStatesError, match="known at 0 moments"):
        fit_states([unknown], ("a", "b"), ahead=0)
    with pytest.raises(InvalidStatesError, match="no candidate 'oracle'"):
        StateParams(candidates=("oracle",))
    with pytest.raises(InvalidStatesError, match="Nothing was measured"):
        place_of("p", {}, (np.zeros(0, np.int64), np.zeros(0)), step=MINUTE)
    model = fit_states([place], ("empty", "used"), ahead=0, params=LINES)
    with pytest.raises(InvalidStatesError, match="steps of"):
        say_states(model, [replace(place, history=replace(place.history, step=MINUTE))])


def test_a_place_that_lacks_signals_is_still_told() -> None:
    model = fit_states([office()], ("empty", "used"), ahead=0, params=LINES)
    bare = office(seed=2).of(("co2",))
    assert evaluate_states(model, [bare])["model"].accuracy > 0.6


@pytest.mark.skipif(not (SHARED / "uci_occupancy").is_dir(), reason="../shared/data is not here")
def test_occupancy_of_a_real_room_is_told_without_its_light() -> None:
    def room(name: str) -> Place:
        with gzip.open(SHARED / "uci_occupancy" / f"{name}.csv.gz", "rt") as file:
            rows = list(csv.reader(file))[1:]
        at = np.array([round(datetime.fromisoformat(row[1]).timestamp() / 60) * MINUTE for row in rows])
        column = {"temp": 2, "humidity": 3, "co2": 5}
        readings = {key: (at, np.array([float(row[i]) for row in rows])) for key, i in column.items()}
        return place_of(name, readings, (at, np.array([float(row[7]) for row in rows])), step=MINUTE)

    model = fit_states([room("datatraining")], ("empty", "used"), ahead=0,
                       params=StateParams(candidates=("line:recent",)))  # fmt: skip
    assert model.validation["model"].accuracy > 0.85
