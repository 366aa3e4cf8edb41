"""The way in for readings: what a receipt promises is on disk, and what can't be taken is told."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Event, Thread

import numpy as np
import pytest
from tests.telemetry.memory import MemoryReadingStore

from yuanli.campus import CampusId, DataPoint, FeatureId, PointId
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import (
    Delivery,
    GatewayParams,
    Intake,
    IntakeBusyError,
    IntakeParams,
    Receipt,
    StoreUnavailableError,
    Written,
)
from yuanli.telemetry import (
    Decoded,
    PointBook,
    Quality,
    Readings,
    RefusedRowsError,
    Row,
    UnknownPoints,
    decode_json,
    make_book,
)

CAMPUS = CampusId("park")
NOW = datetime(2026, 5, 1, tzinfo=UTC)
NOW_US = 1_777_593_600_000_000
POINTS = [
    DataPoint(id=PointId(FeatureId("ahu1/t")), brick_class="Temperature", unit="°C"),
    DataPoint(id=PointId(FeatureId("m1")), brick_class="Energy", unit="kWh"),
]


def convert(value: float, sent: str, unit: str) -> float:
    if (sent, unit) == ("Wh", "kWh"):
        return value / 1000
    raise InvalidInputError(Text(f"无法从 {sent} 换算到 {unit}", f"{sent} can't become {unit}"))


def intake_of(
    store: MemoryReadingStore,
    *,
    unknown: UnknownPoints = UnknownPoints.REFUSE,
    params: IntakeParams = IntakeParams(),
    books: list[PointBook] | None = None,
) -> Intake:
    kept = books or [make_book(POINTS, unknown=unknown)]
    return Intake(store, lambda _: kept[-1], clock=lambda: NOW, convert=convert, params=params)


def delivery(
    *rows: Row, gateway: str = "g1", received: int | None = None, device: str | None = None
) -> Delivery:
    return Delivery(
        campus_id=CAMPUS, decoded=Decoded(rows=rows), gateway=gateway, received=received, device=device
    )


@pytest.fixture
def store() -> MemoryReadingStore:
    return MemoryReadingStore()


def test_rows_are_named_converted_and_kept(store: MemoryReadingStore) -> None:
    rows = (
        Row("t", NOW_US - 5, 21.5, quality=Quality.BAD),
        Row("m1", None, 1500.0, unit="Wh", number=2),
        Row("m1", 7, math.nan, number=3),
    )
    receipt = intake_of(store).take([delivery(*rows, device="ahu1")])
    assert receipt == Receipt(kept=3)
    point, meter = (store.numbers[CAMPUS, PointId(FeatureId(name))] for name in ("ahu1/t", "m1"))
    assert store.kept[point, NOW_US - 5] == (21.5, NOW_US, Quality.BAD)
    assert store.kept[meter, NOW_US] == (1.5, NOW_US, Quality.GOOD)
    assert math.isnan(store.kept[meter, 7][0])


def test_the_same_readings_again_change_nothing(store: MemoryReadingStore) -> None:
    intake = intake_of(store)
    rows = [Row("m1", at, float(at)) for at in range(10)]
    assert intake.take([delivery(*rows)]).kept == 10
    before = dict(store.kept)
    assert intake.take([delivery(*reversed(rows))]) == Receipt(duplicates=10)
    assert intake.take([delivery(Row("m1", 3, 99.0))]) == Receipt(conflicts=1)
    assert store.kept == before


def test_one_wrong_row_refuses_all(store: MemoryReadingStore) -> None:
    decoded = decode_json('[{"point": "m1", "ts": 1, "value": 1}, {"point": "m1", "ts": 2, "value": "x"}]')
    with pytest.raises(RefusedRowsError) as refused:
        intake_of(store).take([Delivery(campus_id=CAMPUS, decoded=decoded)])
    assert [(fault.row, fault.field) for fault in refused.value.faults] == [(2, "value")]
    assert "第 2 行" in refused.value.message.zh
    assert store.kept == {}


def test_in_part_the_good_rows_are_kept_and_the_others_told(store: MemoryReadingStore) -> None:
    wrong = [Row("nowhere", 1, 1.0, number=1), Row("m1", 2, 1.0, unit="m³", number=2)]
    receipt = intake_of(store).take(
        [delivery(Row("m1", 1, 1.0)), delivery(*wrong, Row("m1", 3, 1.0, number=3))], partial=True
    )
    assert receipt.kept == 2
    assert [(row.delivery, row.row, row.field) for row in receipt.refused] == [
        (1, 1, "point"),
        (1, 2, "unit"),
    ]


def test_unknown_points_are_kept_aside_where_the_policy_says_so(store: MemoryReadingStore) -> None:
    intake = intake_of(store, unknown=UnknownPoints.ASIDE)
    assert intake.take([delivery(Row("x", 1, 1.0), device="new")]) == Receipt(kept=1, aside=1)
    assert (CAMPUS, "aside:new/x") in store.numbers


def test_the_points_kept_aside_are_bounded(store: MemoryReadingStore) -> None:
    book = PointBook(by_name={}, unknown=UnknownPoints.ASIDE, most_aside=2)
    receipt = intake_of(store, books=[book]).take(
        [delivery(*(Row(f"x{i}", 1, 1.0, number=i) for i in range(5)))], partial=True
    )
    assert (receipt.aside, len(receipt.refused)) == (2, 3)


def test_a_point_that_is_made_later_is_found(store: MemoryReadingStore) -> None:
    books = [make_book(POINTS)]
    intake = intake_of(store, books=books)
    with pytest.raises(RefusedRowsError):
        intake.take([delivery(Row("new", 1, 1.0))])
    books.append(make_book([*POINTS, DataPoint(id=PointId(FeatureId("new")), brick_class="Point")]))
    assert intake.take([delivery(Row("new", 1, 1.0))]).kept == 1


def test_listeners_hear_what_is_on_disk_and_break_nothing(store: MemoryReadingStore) -> None:
    intake = intake_of(store)
    heard: list[Readings] = []

    def broken(readings: Readings) -> None:
        raise RuntimeError(len(readings))

    intake.on_readings(broken)
    intake.on_readings(heard.append)
    intake.take([delivery(Row("m1", 1, 1.0)), delivery(Row("m1", 2, 2.0))])
    assert [readings.value.tolist() for readings in heard] == [[1.0, 2.0]]


class SlowStore(MemoryReadingStore):
    """Waits in a write until it is let go, or fails."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go = Event(), Event()
        self.broken = False

    def write(self, readings: Readings) -> Written:
        self.begun.set()
        self.go.wait(10)
        if self.broken:
            raise StoreUnavailableError(Text("磁盘已满", "the disk is full"))
        return super().write(readings)


def test_too_much_waiting_is_refused_and_room_comes_back() -> None:
    store = SlowStore()
    intake = intake_of(store, params=IntakeParams(most_rows=10, wait_s=3))
    receipts: list[Receipt] = []
    first = Thread(
        target=lambda: receipts.append(intake.take([delivery(*(Row("m1", i, 1.0) for i in range(8)))]))
    )
    first.start()
    assert store.begun.wait(10)
    assert intake.waiting() == (8, 0)
    assert receipts == [], "acknowledged before it was written"
    with pytest.raises(IntakeBusyError) as refused:
        intake.take([delivery(*(Row("m1", i, 1.0) for i in range(8, 12)))])
    assert (refused.value.status, refused.value.wait_s) == (503, 3)
    store.go.set()
    first.join(10)
    assert receipts == [Receipt(kept=8)]
    assert intake.waiting() == (0, 0)
    assert intake.take([delivery(*(Row("m1", i, 1.0) for i in range(8, 30)))]).kept == 22


def test_a_flood_by_one_gateway_does_not_shut_out_another() -> None:
    store = SlowStore()
    intake = intake_of(store, params=IntakeParams(most_rows=10))
    kept: list[int] = []

    def send(gateway: str, first: int, end: int) -> None:
        kept.append(
            intake.take([delivery(*(Row("m1", i, 1.0) for i in range(first, end)), gateway=gateway)]).kept
        )

    threads = [Thread(target=send, args=("flood", 0, 9))]
    threads[0].start()
    assert store.begun.wait(10)
    with pytest.raises(IntakeBusyError):
        send("flood", 9, 10)
    threads.append(Thread(target=send, args=("quiet", 10, 11)))
    threads[1].start()
    deadline = time.monotonic() + 10
    while intake.waiting() != (10, 0):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    store.go.set()
    for thread in threads:
        thread.join(10)
    assert sorted(kept) == [1, 9]
    send("flood", 11, 21)


def test_what_the_store_does_not_take_is_not_acknowledged() -> None:
    store = SlowStore()
    store.broken = True
    store.go.set()
    intake = intake_of(store)
    heard: list[Readings] = []
    intake.on_readings(heard.append)
    with pytest.raises(StoreUnavailableError):
        intake.take([delivery(Row("m1", 1, 1.0))])
    assert (heard, intake.waiting(), intake.gateways()) == ([], (0, 0), ())


def skewed(store: MemoryReadingStore, skew_s: float, late: Sequence[int] = ()) -> Intake:
    """Send 200 deliveries of a gateway whose clock is `skew_s` behind, with network delays and some that were kept."""
    rng = np.random.default_rng(4)
    intake = intake_of(store, params=IntakeParams(gateways=GatewayParams()))
    for number in range(200):
        received = NOW_US + number * 10_000_000
        delay_s = float(rng.exponential(0.5)) + (3600 if number in late else 0)
        at = received - int((delay_s + skew_s) * 1e6)
        intake.take([delivery(Row("m1", at, 1.0), received=received)])
    return intake


@pytest.mark.parametrize("skew_s", [0.0, 3600.0, -3600.0])
def test_the_skew_of_a_clock_is_found_among_delays(store: MemoryReadingStore, skew_s: float) -> None:
    (state,) = skewed(store, skew_s, late=range(50, 150)).gateways()
    assert state.skew_s == pytest.approx(skew_s, abs=0.5)
    assert state.readings == 200


def test_the_watermark_never_goes_back_nor_into_the_future(store: MemoryReadingStore) -> None:
    intake = intake_of(store)
    times = [NOW_US, NOW_US - 10**9, NOW_US + 86_400_000_000, NOW_US + 60_000_000]
    marks = []
    for at in times:
        intake.take([delivery(Row("m1", at, 1.0))])
        marks.append(intake.gateways()[0].watermark)
    assert marks == [NOW_US, NOW_US, NOW_US, NOW_US + 60_000_000]


DAY_US = 86_400_000_000


def mark_after(store: MemoryReadingStore, told: Sequence[Sequence[int]]) -> int | None:
    """Return the watermark after deliveries, ten seconds apart, of times that differ so from when they came."""
    intake = intake_of(store)
    for number, off in enumerate(told):
        received = NOW_US + number * 10_000_000
        rows = [Row("m1", received + ahead, 1.0) for ahead in off]
        intake.take([delivery(*rows, received=received)])
    return intake.gateways()[0].watermark


@pytest.mark.parametrize("jump", [3, 7, 8, 9, 30])
def test_a_clock_that_jumps_once_does_not_move_the_watermark(store: MemoryReadingStore, jump: int) -> None:
    told = [[0] if number != jump else [DAY_US] for number in range(jump + 1)]
    assert mark_after(store, told) == NOW_US + (jump - 1) * 10_000_000


def test_one_row_far_ahead_holds_up_no_other_of_its_delivery(store: MemoryReadingStore) -> None:
    assert mark_after(store, [[0], [0, DAY_US, -5]]) == NOW_US + 10_000_000


def test_a_watermark_falls_back_where_a_clock_was_ahead_and_is_set_right(store: MemoryReadingStore) -> None:
    ahead = [[DAY_US]] * 20
    assert mark_after(store, ahead) == NOW_US + 190_000_000 + DAY_US
    assert mark_after(store, ahead + [[0]] * 300) == NOW_US + 3_190_000_000


def test_refused_rows_are_counted_for_their_gateway(store: MemoryReadingStore) -> None:
    intake = intake_of(store)
    intake.take([delivery(Row("x", 1, 1.0), gateway="bad"), delivery(Row("m1", 1, 1.0))], partial=True)
    assert {state.gateway: (state.readings, state.refused) for state in intake.gateways()} == {
        "bad": (0, 1),
        "g1": (1, 0),
    }


def test_gateways_are_forgotten_where_there_are_too_many(store: MemoryReadingStore) -> None:
    intake = intake_of(store, params=IntakeParams(gateways=GatewayParams(most_gateways=3)))
    for name in "abcde":
        intake.take([delivery(Row("m1", 1, 1.0), gateway=name)])
    assert [state.gateway for state in intake.gateways()] == ["c", "d", "e"]


def test_nothing_is_taken_from_nothing(store: MemoryReadingStore) -> None:
    assert intake_of(store).take([]) == Receipt()
    assert store.writes == 0
