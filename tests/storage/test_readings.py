"""The port suite of `ReadingStore`, on SQLite with Parquet and on PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.storage.reading_samples import (
    DAY,
    FOREVER,
    HOUR,
    SECOND,
    START,
    Arrival,
    Model,
    numbers,
    readings,
    regular,
    rows_of,
    same,
    told,
)

from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.errors import InvalidInputError
from yuanli.operations import Every, ReadingStore, StoreNotEmptyError, Written
from yuanli.storage import SqliteReadingStore
from yuanli.telemetry import Quality, Readings, Reason, Series

QUARTER = 900 * SECOND


@pytest.fixture
def store(readings_store: ReadingStore) -> ReadingStore:
    return readings_store


def point_ids(*names: str) -> list[PointId]:
    return [PointId(FeatureId(name)) for name in names]


def judged(series: Series, **changes: dict[int, float]) -> Series:
    """Return a series with some values, qualities or reasons changed by place."""
    columns = {name: getattr(series, name).copy() for name in ("value", "quality", "reason")}
    for name, places in changes.items():
        for place, value in places.items():
            columns[name][place] = value
    return Series(point=series.point, at=series.at, raw=series.raw, **columns)


def filled(point: int, at: list[int], value: float) -> Series:
    n = len(at)
    return Series(
        point=point,
        at=np.array(at, np.int64),
        raw=np.full(n, np.nan),
        value=np.full(n, value),
        quality=np.full(n, Quality.ESTIMATED, np.uint8),
        reason=np.full(n, Reason.GAP, np.uint32),
    )


def test_points_keep_their_numbers(store: ReadingStore) -> None:
    first = store.number_points(CampusId("a"), point_ids("t1", "t2", "t1"))
    assert first[0] == first[2] != first[1]
    other = store.number_points(CampusId("b"), point_ids("t1"))
    assert other[0] not in first
    again = store.number_points(CampusId("a"), point_ids("t3", "t2", "t1"))
    assert again[1:].tolist() == [first[1], first[0]]
    assert len(set(again.tolist())) == 3


def test_what_was_written_is_loaded_by_point_and_time(store: ReadingStore) -> None:
    assert store.write(regular(1, 5)) == Written(kept=5, duplicates=0, conflicts=0)
    store.write(regular(2, 3))
    one, none, two = store.load(numbers(1, 9, 2), START + 60 * SECOND, START + 180 * SECOND)
    assert (one.point, one.at.tolist()) == (1, [START + 60 * SECOND, START + 120 * SECOND])
    assert one.raw.tolist() == one.value.tolist() == [0.25, 0.5]
    assert (len(none), two.raw.tolist()) == (0, [0.25, 0.5])


def test_nothing_is_written_of_nothing(store: ReadingStore) -> None:
    assert store.write(readings([])) == Written(kept=0, duplicates=0, conflicts=0)
    assert len(store.latest(numbers(1))) == 0
    assert len(store.latest(numbers())) == 0
    assert store.load(numbers(), 0, FOREVER) == ()


def test_the_one_received_first_holds_whatever_comes_first(store: ReadingStore) -> None:
    late, early = (1, START, 7.0, START + 9), (1, START, 5.0, START + 3)
    assert store.write(readings([late])).kept == 1
    assert store.write(readings([early])) == Written(kept=0, duplicates=0, conflicts=1)
    assert rows_of(store.load(numbers(1), 0, FOREVER)) == [(1, START, 5.0, 5.0, 0, 0)]
    assert store.latest(numbers(1)).value.tolist() == [5.0]
    assert store.write(readings([late, early])) == Written(kept=0, duplicates=2, conflicts=0)
    came = store.arrivals(numbers(1), 0, FOREVER)
    assert list(zip(came.value.tolist(), came.received.tolist(), strict=True)) == [
        (5.0, START + 3),
        (7.0, START + 9),
    ]


def test_no_value_is_a_value_that_can_come_again(store: ReadingStore) -> None:
    nothing = (1, START, float("nan"), START)
    store.write(readings([nothing]))
    assert store.write(readings([nothing])) == Written(kept=0, duplicates=1, conflicts=0)
    assert rows_of(store.load(numbers(1), 0, FOREVER)) == [(1, START, None, None, 0, 0)]


def test_a_batch_of_numbers_and_no_values_over_midnight_is_kept_as_it_came(store: ReadingStore) -> None:
    at = [START + DAY - 2 * SECOND + second * SECOND for second in range(4)]
    values = [1.5, None, -2.0, None]
    batch = replace(
        readings(
            [
                (1, time, np.nan if value is None else value, time)
                for time, value in zip(at, values, strict=True)
            ]
        ),
        told=np.array([0, 0, 2, 1], np.uint8),
    )
    assert store.write(batch) == Written(kept=4, duplicates=0, conflicts=0)
    (one,) = store.load(numbers(1), 0, FOREVER)
    assert [same(value) for value in one.raw] == [same(value) for value in one.value] == values
    assert one.at.tolist() == at
    assert one.quality.tolist() == [0, 0, 2, 1]
    assert one.reason.tolist() == [0, 0, Reason.SOURCE, Reason.SOURCE]


def test_a_batch_that_is_partly_there_adds_the_rest(store: ReadingStore) -> None:
    store.write(regular(1, 3, start=START + HOUR))
    both = [regular(1, 60, step=HOUR // 12), regular(2, 2)]
    whole = Readings(
        **{
            column: np.concatenate([getattr(part, column) for part in both])
            for column in ("point", "at", "value", "received")
        }
    )
    assert store.write(whole) == Written(kept=61, duplicates=0, conflicts=1)
    assert store.write(whole) == Written(kept=0, duplicates=62, conflicts=0)
    one, two = store.load(numbers(1, 2), 0, FOREVER)
    assert (len(one), len(two)) == (62, 2)
    assert store.latest(numbers(1, 2)).at.tolist() == [START + 59 * HOUR // 12, START + 60 * SECOND]


def test_times_that_no_clock_shows_are_refused(store: ReadingStore) -> None:
    for at in (-1, FOREVER * 2):
        with pytest.raises(ValueError, match="times run"):
            store.write(readings([(1, START, 1.0, 0), (1, at, 1.0, 0)]))
    assert len(store.latest(numbers(1))) == 0


def test_latest_follows_the_readings_own_time(store: ReadingStore) -> None:
    store.write(readings([(1, START + HOUR, 2.0, START), (2, START, 8.0, START)]))
    store.write(readings([(1, START, 1.0, START + HOUR)]))
    latest = store.latest(numbers(2, 1, 5))
    assert sorted(zip(latest.point.tolist(), latest.at.tolist(), latest.value.tolist(), strict=True)) == [
        (1, START + HOUR, 2.0),
        (2, START, 8.0),
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_a_judgement_stands_beside_what_came(store: ReadingStore, packed: bool) -> None:
    store.write(regular(1, 4))
    if packed:
        store.compact(START + 2 * DAY)
    (series,) = store.load(numbers(1), 0, FOREVER)
    store.judge(
        judged(
            series,
            value={1: 9.0, 2: float("nan"), 3: 1.5},
            quality={1: 1, 2: 3, 3: 1},
            reason={1: Reason.SPIKE, 2: Reason.SENTINEL, 3: Reason.UNIT},
        )
    )
    minute = 60 * SECOND
    wanted = [
        (1, START, 0.0, 0.0, 0, 0),
        (1, START + minute, 0.25, 9.0, 1, Reason.SPIKE),
        (1, START + 2 * minute, 0.5, None, 3, Reason.SENTINEL),
        (1, START + 3 * minute, 0.75, 1.5, 1, Reason.UNIT),
    ]
    assert rows_of(store.load(numbers(1), 0, FOREVER)) == wanted
    assert (store.latest(numbers(1)).value[0], store.latest(numbers(1)).quality[0]) == (1.5, 1)
    store.compact(START + 2 * DAY)
    assert rows_of(store.load(numbers(1), 0, FOREVER)) == wanted
    assert store.arrivals(numbers(1), 0, FOREVER).value.tolist() == [0.0, 0.25, 0.5, 0.75]


@pytest.mark.parametrize("packed", [False, True])
def test_a_filled_gap_is_open_again_when_no_longer_filled(store: ReadingStore, packed: bool) -> None:
    gap = [START + HOUR, START + 2 * HOUR]
    store.judge(filled(1, gap, 4.0))
    if packed:
        store.compact(START + 2 * DAY)
    assert [row[1:4] for row in rows_of(store.load(numbers(1), 0, FOREVER))] == [
        (at, None, 4.0) for at in gap
    ]
    assert len(store.arrivals(numbers(1), 0, FOREVER)) == len(store.latest(numbers(1))) == 0
    store.judge(filled(1, gap[:1], 4.0), within=(START, START + DAY))
    assert [row[1] for row in rows_of(store.load(numbers(1), 0, FOREVER))] == gap[:1]
    store.write(readings([(1, gap[0], 3.0, gap[0])]))
    store.compact(START + 2 * DAY)
    assert rows_of(store.load(numbers(1), 0, FOREVER)) == [(1, gap[0], 3.0, 3.0, 0, 0)]


def test_a_judgement_of_another_reading_is_passed_over(store: ReadingStore) -> None:
    store.write(readings([(1, START, 7.0, START + 9)]))
    (series,) = store.load(numbers(1), 0, FOREVER)
    store.write(readings([(1, START, 5.0, START + 3)]))
    store.judge(judged(series, quality={0: 3}))
    store.judge(filled(1, [START], 1.0))
    assert rows_of(store.load(numbers(1), 0, FOREVER)) == [(1, START, 5.0, 5.0, 0, 0)]


def test_a_reading_in_anothers_place_is_judged_anew_save_what_a_person_said(store: ReadingStore) -> None:
    store.write(readings([(1, START, 7.0, START + 9), (1, START + HOUR, 7.0, START + 9)]))
    (series,) = store.load(numbers(1), 0, FOREVER)
    store.judge(
        judged(series, value={1: 6.0}, quality={0: 2, 1: 1}, reason={0: Reason.SPIKE, 1: Reason.MANUAL})
    )
    store.write(readings([(1, START, 5.0, START), (1, START + HOUR, 5.0, START)]))
    assert rows_of(store.load(numbers(1), 0, FOREVER)) == [
        (1, START, 5.0, 5.0, 0, 0),
        (1, START + HOUR, 5.0, 6.0, 1, Reason.MANUAL),
    ]


def test_late_readings_of_a_packed_day_are_found_and_packed(store: ReadingStore) -> None:
    store.write(regular(1, 48, step=HOUR))
    before = START + 2 * DAY
    store.compact(before)
    late = readings([(1, START + HOUR // 2, 1.0, before), (1, START, 99.0, before), (2, START, 2.0, before)])
    assert store.write(late) == Written(kept=2, duplicates=0, conflicts=1)
    assert store.write(late) == Written(kept=0, duplicates=3, conflicts=0)
    found = rows_of(store.load(numbers(1, 2), 0, FOREVER))
    assert len(found) == 50
    store.compact(before)
    assert rows_of(store.load(numbers(1, 2), 0, FOREVER)) == found
    assert store.write(late).duplicates == 3
    assert len(store.arrivals(numbers(1), START, START + SECOND)) == 2


def test_roll_ups_by_hand(store: ReadingStore) -> None:
    store.write(regular(1, 6, step=600 * SECOND))
    store.write(regular(1, 3, start=START + HOUR, step=600 * SECOND))
    (series,) = store.load(numbers(1), 0, FOREVER)
    store.judge(judged(series, value={0: float("nan")}, quality={0: 3, 7: 2}))
    rolled = store.roll_up(numbers(1), START, START + 2 * HOUR, every=Every.HOUR, time_zone=UTC)
    assert rolled.start.tolist() == [START, START + HOUR]
    assert rolled.count.tolist() == [5, 3]
    assert rolled.sum.tolist() == [3.75, 0.75]
    assert (rolled.min.tolist(), rolled.max.tolist()) == ([0.25, 0.0], [1.25, 0.5])
    assert rolled.mean.tolist() == [0.75, 0.25]
    assert rolled.coverage.tolist() == pytest.approx([5 / 6, 3 / 6])
    assert rolled.quality.tolist() == [3, 2]
    given_cadence = store.roll_up(
        numbers(1), START, START + 2 * HOUR, every=Every.HOUR, time_zone=UTC, cadence_s=300
    )
    assert given_cadence.coverage.tolist() == pytest.approx([5 / 12, 3 / 12])


def test_a_bucket_of_nothing_that_holds_counts_none(store: ReadingStore) -> None:
    store.write(readings([(1, START, float("nan"), START)]))
    rolled = store.roll_up(numbers(1, 2), START, START + DAY, every=Every.DAY, time_zone=UTC)
    assert (rolled.count.tolist(), rolled.sum.tolist()) == ([0], [0.0])
    assert np.isnan([rolled.min[0], rolled.max[0], rolled.mean[0], rolled.coverage[0]]).all()
    nothing = store.roll_up(numbers(2), START, START + DAY, every=Every.DAY, time_zone=UTC)
    assert len(nothing) == len(nothing.coverage) == 0


ZONES = ("UTC", "Asia/Shanghai", "Asia/Kathmandu", "Europe/London", "Australia/Lord_Howe")


@pytest.mark.parametrize(("packed", "offset"), [(0, QUARTER), (1, HOUR), (30, QUARTER), (30, 0)])
@pytest.mark.parametrize("zone", ZONES)
def test_roll_ups_follow_the_local_clock(store: ReadingStore, zone: str, packed: int, offset: int) -> None:
    """30 days around the end of summer time, against sums by hand; partly packed, some of it late."""
    time_zone = ZoneInfo(zone)
    data = regular(3, 30 * 48 + 7, start=START + 7 * 60 * SECOND, step=HOUR // 2)
    store.write(data)
    store.compact(START + packed * DAY)
    late = regular(3, 5, start=START + 3 * 60 * SECOND, step=5 * HOUR)
    store.write(late)
    at, value = np.append(data.at, late.at), np.append(data.value, late.value)
    start, end = START + 5 * HOUR, START + 29 * DAY + offset
    for every in Every:
        sums: dict[int, list[float]] = {}
        for moment, reading in zip(at.tolist(), value.tolist(), strict=True):
            if start <= moment < end:
                sums.setdefault(bucket(moment, every, time_zone), []).append(reading)
        rolled = store.roll_up(numbers(3), start, end, every=every, time_zone=time_zone)
        assert rolled.start.tolist() == sorted(sums)
        assert rolled.count.tolist() == [len(sums[begin]) for begin in sorted(sums)]
        assert rolled.sum.tolist() == pytest.approx([sum(sums[begin]) for begin in sorted(sums)])
        assert (rolled.coverage <= 1).all()


def bucket(at: int, every: Every, time_zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(at // SECOND, UTC).astimezone(time_zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    begin = int(midnight.timestamp()) * SECOND
    step = {Every.QUARTER: QUARTER, Every.HOUR: HOUR, Every.DAY: 2 * DAY}[every]
    return begin + (at - begin) // step * step


def test_coverage_is_by_the_points_own_cadence(store: ReadingStore) -> None:
    store.write(regular(1, 24 * 12, step=300 * SECOND))
    store.write(regular(2, 24 * 3, step=1200 * SECOND))
    store.write(regular(3, 3, step=DAY))
    hours = store.roll_up(numbers(1, 2), START, START + DAY, every=Every.HOUR, time_zone=UTC)
    assert hours.coverage.tolist() == pytest.approx([1.0] * 48)
    days = store.roll_up(numbers(1, 3), START, START + 3 * DAY, every=Every.DAY, time_zone=UTC)
    assert days.coverage.tolist() == pytest.approx([1.0] * 4)


def test_what_is_forgotten_is_gone(store: ReadingStore) -> None:
    for point in (1, 2):
        store.write(regular(point, 72, step=HOUR))
    store.compact(START + 2 * DAY)
    store.write(readings([(1, START, 77.0, START + 9 * DAY)]))
    before = START + DAY + HOUR
    store.forget(numbers(1), before)
    one, two = store.load(numbers(1, 2), 0, FOREVER)
    assert (int(one.at[0]), len(one), len(two)) == (before, 47, 72)
    assert len(store.arrivals(numbers(1), 0, before)) == 0
    store.forget(None, START + 4 * DAY)
    assert [len(series) for series in store.load(numbers(1, 2), 0, FOREVER)] == [0, 0]
    assert len(store.latest(numbers(1, 2))) == 0


def test_a_reading_of_another_century_does_not_slow_the_pace_of_the_disk(store: ReadingStore) -> None:
    store.write(regular(1, 3000))
    pace = store.footprint().bytes_a_day
    store.write(readings([(1, 1_800_000, 1.0, START), (1, START + 40 * 365 * DAY, 1.0, START)]))
    assert store.footprint().bytes_a_day > pace / 4


def test_the_footprint_tells_when_a_budget_is_full(store: ReadingStore) -> None:
    store.write(regular(1, 3000))
    store.compact(START + DAY)
    size = store.footprint()
    assert size.rows == 3000
    assert size.bytes_a_day > 0
    now, used = datetime(2026, 1, 1, tzinfo=UTC), size.hot_bytes + size.cold_bytes
    full = size.find_full_at(int(used + 10 * size.bytes_a_day), now)
    assert full is not None
    assert abs(full - now - timedelta(days=10)) < timedelta(hours=1)
    assert size.find_full_at(used, now) == now
    assert size.find_full_at(10**18, now) is None


def test_an_export_is_restored_elsewhere(store: ReadingStore, tmp_path: Path) -> None:
    points = store.number_points(CampusId("a"), point_ids("x", "y"))
    store.write(regular(int(points[0]), 60, step=HOUR))
    store.write(
        readings([(int(points[0]), START, 55.0, START + DAY), (int(points[1]), START, float("nan"), 0)])
    )
    store.compact(START + DAY)
    (series,) = store.load(points[:1], START, START + DAY)
    store.judge(judged(series, quality={3: 2}))
    store.judge(filled(int(points[1]), [START + HOUR], 2.5))
    store.export(tmp_path / "out")
    other = SqliteReadingStore(tmp_path / "other")
    other.restore(tmp_path / "out")
    assert told(other, points.tolist()) == told(store, points.tolist())
    assert other.number_points(CampusId("a"), point_ids("y", "x")).tolist() == points[::-1].tolist()
    with pytest.raises(StoreNotEmptyError):
        other.restore(tmp_path / "out")
    other.close()


@pytest.mark.parametrize("name", ["rows-000000.parquet", "conflicts.parquet", "points.csv"])
@pytest.mark.parametrize("damage", ["missing", "cut", "changed"])
def test_nothing_is_restored_from_a_damaged_export(
    readings_store: ReadingStore, tmp_path: Path, name: str, damage: str
) -> None:
    readings_store.number_points(CampusId("a"), point_ids("x"))
    readings_store.write(regular(1, 60, step=HOUR))
    readings_store.export(tmp_path / "out")
    path = tmp_path / "out" / name
    content = path.read_bytes()
    path.write_bytes(content[:-1] if damage == "cut" else content[:-1] + b"?")
    if damage == "missing":
        path.unlink()
    other = SqliteReadingStore(tmp_path / "other")
    with pytest.raises(InvalidInputError, match=name):
        other.restore(tmp_path / "out")
    assert other.footprint().rows == 0
    other.close()
    with pytest.raises(InvalidInputError, match="out exists"):
        readings_store.export(tmp_path / "out")


def test_an_export_of_before_checksums_is_restored_with_a_warning(
    readings_store: ReadingStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    readings_store.number_points(CampusId("a"), point_ids("x"))
    readings_store.write(regular(1, 60, step=HOUR))
    readings_store.export(tmp_path / "out")
    (tmp_path / "out" / "files.csv").unlink()
    other = SqliteReadingStore(tmp_path / "other")
    other.restore(tmp_path / "out")
    assert (other.footprint().rows, "can't be checked" in caplog.text) == (60, True)
    other.close()


def test_writers_at_once_lose_nothing(store: ReadingStore) -> None:
    """Each writes its own points, and all of them the same contested times; somebody packs meanwhile."""
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            for batch in range(10):
                own = regular(10 + writer, 20, start=START + batch * 20 * 60 * SECOND)
                store.write(own)
                store.write(readings([(1, START + batch * HOUR, float(writer), START + DAY + writer)]))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(6)]
    for thread in threads:
        thread.start()
    for hour in range(1, 4):
        store.compact(START + hour * HOUR)
        store.load(numbers(*range(10, 16)), 0, FOREVER)
    for thread in threads:
        thread.join()
    assert failures == []
    assert [len(series) for series in store.load(numbers(*range(10, 16)), 0, FOREVER)] == [200] * 6
    (contested,) = store.load(numbers(1), 0, FOREVER)
    assert contested.raw.tolist() == [0.0] * 10
    assert len(store.arrivals(numbers(1), 0, FOREVER)) == 60


values = st.sampled_from([0.0, 1.5, -2.0, float("nan")])
arrivals = st.lists(
    st.builds(
        Arrival,
        point=st.integers(1, 3),
        at=st.integers(0, 5).map(lambda k: START + k * 9 * HOUR),
        value=values,
        received=st.integers(0, 3).map(lambda k: START + k * DAY),
    ),
    min_size=1,
    max_size=14,
)


def test_an_hour_of_a_packed_day_is_packed_with_its_day(store: ReadingStore) -> None:
    """Found by hypothesis: the second compaction ended before the day did."""
    store.write(regular(1, 2))
    store.compact(START + DAY)
    store.write(regular(2, 2))
    store.compact(START + HOUR)
    assert [len(series) for series in store.load(numbers(1, 2), 0, FOREVER)] == [2, 2]
    store.compact(START + DAY)
    assert [len(series) for series in store.load(numbers(1, 2), 0, FOREVER)] == [2, 2]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(feed=arrivals, data=st.data())
def test_order_repeats_and_late_batches_change_nothing(
    store: ReadingStore, feed: list[Arrival], data: st.DataObject
) -> None:
    """A shuffled feed with repeats, in batches, packed in between, against a plain dict."""
    store.forget(None, FOREVER)
    repeated = data.draw(st.lists(st.sampled_from(feed), max_size=6))
    shuffled = data.draw(st.permutations([*feed, *repeated]))
    model = Model()
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        batch, shuffled = shuffled[:size], shuffled[size:]
        assert store.write(readings(batch)) == model.write(batch)
        if data.draw(st.booleans()):
            store.compact(START + data.draw(st.integers(0, 50)) * HOUR)
    expected = Model()
    expected.write(feed)
    assert told(store, [1, 2, 3]) == (expected.rows(), expected.arrivals(), expected.latest())


def test_clocks_east_and_west_are_taken(store: ReadingStore) -> None:
    store.write(regular(1, 24, step=HOUR))
    for hours in (-9, 14):
        zone = timezone(timedelta(hours=hours))
        rolled = store.roll_up(numbers(1), START, START + DAY, every=Every.DAY, time_zone=zone)
        assert rolled.count.sum() == 24
        assert len(rolled) == 2
