from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.forecast.parks import PLAIN, QUICK, park

from yuanli.forecast import (
    FAMILIES,
    HOUR,
    REASONS,
    Bookings,
    Calendar,
    Forecast,
    ForecastParams,
    History,
    InvalidForecastError,
    daily,
    explain_forecast,
    explain_reasons,
    family_of,
    forecast,
    grow_trees,
    reason_name,
    rolling_forecasts,
    say_reasons,
)
from yuanli.forecast.reasons import reason_of

LATE = 11 * 7 * 24


@pytest.fixture(scope="module")
def made() -> Forecast:
    return forecast(park(), 24, params=QUICK)


def test_a_forecast_has_times_a_middle_and_intervals_within_each_other(made: Forecast) -> None:
    assert made.mean.shape == made.low.shape == (4, 24)
    assert np.diff(made.at).tolist() == [HOUR] * 23
    assert made.at[0] == park().times(1)[-1]
    narrow, wide = made.intervals
    assert (narrow.level, wide.level) == (0.8, 0.95)
    assert (wide.low <= narrow.low).all()
    assert (narrow.low <= made.mean).all()
    assert (made.mean <= narrow.high).all()
    assert (narrow.high <= wide.high).all()


def test_the_backtest_picks_something_better_than_last_week(made: Forecast) -> None:
    assert not made.no_better_than_last_week().any()
    assert set(made.methods) == {"last_week", "weekday_mean", "ridge", "trees", "blend"}


def test_what_comes_after_the_origin_changes_nothing() -> None:
    history = park()
    changed = history.values.copy()
    changed[:, LATE:] = 1e6
    a, b = (
        rolling_forecasts(replace(history, values=values), [LATE], 24, params=QUICK)[0]
        for values in (history.values, changed)
    )
    cut = forecast(history.until(LATE), 24, params=QUICK)
    for other in (b, cut):
        np.testing.assert_array_equal(a.mean, other.mean)
        np.testing.assert_array_equal(a.intervals[1].high, other.intervals[1].high)
        np.testing.assert_array_equal(a.chosen, other.chosen)


def test_of_origins_in_a_row_none_knows_what_came_after_it_even_days_ahead() -> None:
    history = park()
    origins = [LATE - 48, LATE - 24, LATE]
    changed = history.values.copy()
    changed[:, LATE:] = -50.0
    a, b = (
        rolling_forecasts(replace(history, values=values), origins, 72, params=PLAIN)
        for values in (history.values, changed)
    )
    for one, other in zip(a, b, strict=True):
        np.testing.assert_array_equal(one.low, other.low)
        np.testing.assert_array_equal(one.mean, other.mean)


@pytest.mark.parametrize("params", [PLAIN, QUICK], ids=["plain", "trees"])
def test_holes_closures_and_new_points_leave_no_hole_in_the_forecast(params: ForecastParams) -> None:
    values = park(n_points=6).values.copy()
    rng = np.random.default_rng(1)
    values[0, rng.random(values.shape[1]) < 0.4] = np.nan
    values[1, -3 * 24 :] = np.nan
    values[2, : -5 * 24] = np.nan
    values[3] = 7.0
    values[4, : -35 * 24] = 0.0
    values[4, -35 * 24 :] = np.nan
    values[5, :-3] = np.nan
    made = forecast(replace(park(), values=values), 24, params=params)
    for part in (made.mean, made.low, made.high, made.intervals[1].low):
        assert np.isfinite(part).all()
    np.testing.assert_allclose(made.mean[3], 7.0, atol=0.05)


def test_a_point_that_never_said_anything_is_given_no_number() -> None:
    values = park().values.copy()
    values[2] = np.nan
    made = forecast(replace(park(), values=values), 24, params=PLAIN)
    assert np.isnan(made.mean[2]).all()
    assert np.isfinite(np.delete(made.mean, 2, axis=0)).all()


def test_what_was_never_negative_is_not_forecast_to_be() -> None:
    values = np.random.default_rng(0).poisson(0.4, (3, 8 * 7 * 24)).astype(float)
    made = forecast(replace(park(), values=values), 24, params=PLAIN)
    assert (made.intervals[1].low >= 0).all()
    below = forecast(replace(park(), values=values - 5), 24, params=PLAIN)
    assert (below.low < 0).any()


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    history = park(n_points=30, weeks=14)
    origins = list(range(history.n_times - 28 * 24, history.n_times, 24))
    made = rolling_forecasts(history, origins, 24, params=PLAIN)
    truth = np.stack([history.values[:, o : o + 24] for o in origins])
    for number, wanted in enumerate((0.8, 0.95)):
        low = np.stack([f.intervals[number].low for f in made])
        high = np.stack([f.intervals[number].high for f in made])
        assert ((truth >= low) & (truth <= high)).mean() == pytest.approx(wanted, abs=0.03)


def test_a_week_and_single_days_ahead_are_forecast_too() -> None:
    week = forecast(park(), 7 * 24, params=PLAIN)
    assert np.isfinite(week.high).all()
    days = forecast(daily(park(weeks=20), total=True), 14, params=PLAIN)
    assert days.mean.shape == (4, 14)
    workday = days.mean[:, [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]].mean(1)
    assert (workday > days.mean[:, [5, 6, 12, 13]].mean(1)).all()


def test_a_day_of_history_is_enough_to_say_something() -> None:
    made = forecast(park().until(30), 24, params=QUICK)
    assert np.isfinite(made.low).all()
    assert made.no_better_than_last_week().all()


def test_weather_that_drives_a_load_is_used_when_it_is_forecast() -> None:
    rng = np.random.default_rng(3)
    history = park(n_points=3, weeks=12, noise=1)
    warmth = np.repeat(rng.normal(0, 1, 12 * 7 + 1), 24)
    loads = replace(
        history, values=history.values + 20 * np.arange(1, 4)[:, None] * warmth[: history.n_times]
    )
    warm = forecast(loads, 24, params=PLAIN, weather=warmth[None])
    blind = forecast(loads, 24, params=PLAIN)
    ridge = warm.methods.index("ridge")
    assert (warm.errors[ridge] < 0.5 * blind.errors[ridge]).all()
    assert explain_forecast(warm, 0).shares["weather"] > 0.1
    assert explain_forecast(blind, 0).shares["weather"] == 0


def test_an_explanation_adds_up_to_the_forecast(made: Forecast) -> None:
    for point in range(4):
        told = explain_forecast(made, point)
        assert told.usual + sum(d.adds for d in told.drivers) == pytest.approx(
            made.mean[point].mean(), rel=0.02
        )
        assert sum(told.shares.values()) == pytest.approx(1)
        assert told.better
        assert "%" in told.verdict.en


def test_reasons_of_all_points_are_those_of_each(made: Forecast) -> None:
    for point, reasons in enumerate(explain_reasons(made, most=24)):
        told = explain_forecast(made, point)
        assert reasons == pytest.approx(dict(told.reasons))
        assert list(reasons.values()) == sorted(reasons.values(), reverse=True)
        assert sum(reasons.values()) == pytest.approx(1)
        for family in FAMILIES:
            own = sum(share for reason, share in reasons.items() if family_of(reason) == family)
            assert told.shares[family] == pytest.approx(own)
    assert explain_reasons(made, most=5) != explain_reasons(made, most=24)


def test_each_feature_has_a_reason_with_words(made: Forecast) -> None:
    assert made.models is not None
    spans = ("寒假",)
    for feature in (*made.models.known.features, "span_0", "span_0_before", "weather_1_apart"):
        reason = reason_of(feature, spans)
        assert reason_name(reason).zh
        assert reason_name(reason).en
        assert family_of(reason) in FAMILIES
    assert reason_of("span_0_before", spans) == "span:寒假"
    assert "寒假" in reason_name("span:寒假").zh
    mapped = {feature for kind in REASONS.values() for feature in kind.features}
    plain = {name for name in made.models.known.features if not name.startswith(("weather_", "span_"))}
    assert plain <= mapped


def test_reasons_are_said_in_a_sentence_the_strongest_first() -> None:
    said = say_reasons("ridge", {"temperature": 0.2, "same_week": 0.7, "season": 0.1, "hour": 0.001})
    assert said.zh.index("上周同一时刻（70%）") < said.zh.index("室外气温（20%）")
    assert "the same time last week (70%), outdoor temperature (20%)" in said.en
    assert "last week" in say_reasons("last_week", {"same_week": 1.0}).en
    assert "nothing moves it" in say_reasons("weekday_mean", {}).en


def busy(history: History, lead_d: float) -> tuple[History, Bookings]:
    """Return points that follow what is booked on random days, by bookings made so many days ahead."""
    rng = np.random.default_rng(5)
    days = np.flatnonzero(rng.random(history.n_times // 24 + 1) < 0.4)
    start = history.start + (days * 24 + 9) * HOUR
    bookings = Bookings(
        place=np.zeros(len(days), np.int64), start=start, end=start + 6 * HOUR,
        made_at=(start - lead_d * 24 * HOUR).astype(np.int64), people=np.full(len(days), 40.0),
        of_point=np.array([0, 0, -1]), n_places=1,
    )  # fmt: skip
    there = bookings.ahead(history.start, HOUR, history.n_times) * 0
    there += replace(bookings, made_at=np.zeros(len(days), np.int64)).ahead(
        history.start, HOUR, history.n_times
    )
    moved = np.array([[1.0], [2.0], [0.0]]) * there
    return replace(history, values=history.values + moved), bookings


def test_bookings_that_drive_a_load_are_used_where_they_are_made_in_time() -> None:
    history, early = busy(park(n_points=3, weeks=12, noise=1), 3)
    told = forecast(history, 24, params=PLAIN, bookings=early)
    blind = forecast(history, 24, params=PLAIN)
    ridge = told.methods.index("ridge")
    assert (told.errors[ridge, :2] < 0.6 * blind.errors[ridge, :2]).all()
    assert told.errors[ridge, 2] == pytest.approx(blind.errors[ridge, 2])
    assert explain_forecast(told, 0).reasons["bookings"] > 0.1
    assert explain_forecast(told, 0).shares["bookings"] > 0.1
    _, late = busy(park(n_points=3, weeks=12, noise=1), -0.1)
    unknown = forecast(history, 24, params=PLAIN, bookings=late)
    assert (unknown.errors[ridge, :2] > 0.9 * blind.errors[ridge, :2]).all()


def test_bookings_made_after_an_origin_change_nothing_of_its_forecast() -> None:
    history, known = busy(park(n_points=3, weeks=12, noise=1), 3)
    origin = 10 * 7 * 24
    at = history.start + origin * HOUR
    later = np.where(known.made_at > at, 7.0, known.people)
    before, after = (
        rolling_forecasts(history, [origin], 24, params=PLAIN, bookings=one)[0]
        for one in (known, replace(known, people=later))
    )
    np.testing.assert_array_equal(before.mean, after.mean)
    np.testing.assert_array_equal(before.high, after.high)


def test_days_are_told_by_bookings_too() -> None:
    history, known = busy(park(n_points=3, weeks=16, noise=1), 20)
    days = forecast(daily(history), 7, params=PLAIN, bookings=known.by_clock("UTC"))
    blind = forecast(daily(history), 7, params=PLAIN)
    ridge = days.methods.index("ridge")
    assert days.errors[ridge, 1] < blind.errors[ridge, 1]


def test_trees_grown_before_serve_points_that_they_never_saw(made: Forecast) -> None:
    history = park()
    again = forecast(history, 24, params=QUICK, grown=grow_trees(history, 24, params=QUICK))
    np.testing.assert_array_equal(again.mean, made.mean)
    shorter = replace(history, values=history.values[:, 7 * 24 :], start=history.start + 7 * 24 * HOUR)
    others = replace(shorter, values=3 * shorter.values[:2] + 5)
    lent = forecast(others, 24, params=QUICK, grown=grow_trees(history, 24, params=QUICK))
    assert "trees" in lent.methods
    trees, week = (lent.errors[lent.methods.index(name)] for name in ("trees", "last_week"))
    assert (trees < week).all()


def test_a_forecast_says_when_it_is_no_better_than_last_week() -> None:
    rng = np.random.default_rng(0)
    hours = np.tile(rng.normal(100, 30, 7 * 24), 12)[None]
    made = forecast(History(values=hours, start=park().start, step=HOUR), 24, params=PLAIN)
    assert made.method(0) == "last_week"
    assert made.no_better_than_last_week().all()
    assert "no better" in explain_forecast(made, 0).verdict.en


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda h: forecast(h, 0), "horizon"),
        (lambda h: forecast(h.until(5), 24), "history"),
        (lambda h: rolling_forecasts(h, [], 24), "origins"),
        (lambda h: rolling_forecasts(h, [500, 501], 24), "origins"),
        (lambda h: rolling_forecasts(h, [h.n_times + 24], 24), "origins"),
        (lambda h: forecast(h, 24, weather=np.zeros((1, 7))), "weather"),
        (lambda h: forecast(h, 24, bookings=busy(park(n_points=3), 1)[1]), "bookings"),
        (lambda h: ForecastParams(methods=("oracle",)), "methods"),
        (lambda h: ForecastParams(levels=(0.95, 0.8)), "levels"),
        (lambda h: ForecastParams(backtest_d=0), "backtest_d"),
        (lambda h: explain_forecast(rolling_forecasts(h, [1000, 1024], 24, params=PLAIN)[0], 0), "point"),
    ],
)
def test_a_question_that_can_not_be_asked_says_what_is_wrong(
    ask: Callable[[History], object], field: str
) -> None:
    with pytest.raises(InvalidForecastError) as refused:
        ask(park())
    assert refused.value.field == field
    assert refused.value.hint


def test_a_term_given_in_the_calendar_reaches_the_models() -> None:
    from datetime import date

    calendar = Calendar(spans={"term": ((date(2026, 3, 2), date(2026, 4, 1)),)})
    made = forecast(park(), 24, params=QUICK, calendar=calendar)
    assert made.models is not None
    assert made.models.trees is not None
    assert "span_0" in made.models.trees.names
