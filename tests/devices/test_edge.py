"""What gateways read at the edge waits on disk, and means the same when it comes to the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.devices.gateways import CAMPUS, intake_on
from tests.telemetry.memory import MemoryReadingStore

from yuanli.devices import Spool, SpoolFullError, SpoolIntake, SpoolParams
from yuanli.errors import Text
from yuanli.operations import Delivery
from yuanli.telemetry import Decoded, Quality, Row, RowFault, decode_json

NOW = 1_800_000_000_000_000


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool(tmp_path / "spool.db", SpoolParams(most_bytes=1_000_000))
    yield opened
    opened.close()


def edge(spool: Spool) -> SpoolIntake:
    return SpoolIntake(spool, topic=lambda campus: f"{campus}/telemetry", clock=lambda: NOW)


def test_readings_arrive_as_if_the_server_had_read_them_itself(spool: Spool) -> None:
    rows = (Row("t", 5_000_000, 21.5), Row("h", None, float("nan"), quality=Quality.BAD))
    named = (Row("", 7_000_000, 3.0, device="d2"), Row("temp", 8_000_000, 4.0))
    deliveries = [
        Delivery(campus_id=CAMPUS, decoded=Decoded(rows=rows), site="north", device="d1"),
        Delivery(campus_id=CAMPUS, decoded=Decoded(rows=named[:1]), point="t"),
        Delivery(campus_id=CAMPUS, decoded=Decoded(rows=named[1:]), site="edge1"),
    ]
    assert edge(spool).take(deliveries, partial=True).kept == 4
    (parcel,) = spool.oldest(9)
    assert parcel.topic == f"{CAMPUS}/telemetry"
    here, there = MemoryReadingStore(), MemoryReadingStore()
    intake_on(here).take([Delivery(campus_id=CAMPUS, decoded=decode_json(parcel.payload))])
    intake_on(there).take([*deliveries[:1], *deliveries[1:]])
    times = sorted(at for _, at in here.kept)
    assert times == [5_000_000, 7_000_000, 8_000_000, NOW]
    known = {number: point for (_, point), number in here.numbers.items()}
    assert sorted(known[number] for number, _ in here.kept) == ["d1/h", "d1/t", "d2/t", "edge1/temp"]
    assert set(here.numbers) == set(there.numbers)


def test_what_can_t_be_read_is_told_and_many_readings_are_several_parcels(spool: Spool) -> None:
    fault = RowFault(row=3, field="value", value="warm", message=Text("不是数", "no number"))
    rows = tuple(Row("t", at * 1_000_000, 1.0, device="d1") for at in range(7_000))
    receipt = edge(spool).take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=rows, faults=(fault,)))])
    assert (receipt.kept, receipt.refused[0].row, receipt.refused[0].value) == (7_000, 3, "warm")
    assert [len(decode_json(parcel.payload).rows) for parcel in spool.oldest(9)] == [5_000, 2_000]


def test_a_full_spool_takes_nothing(spool: Spool) -> None:
    spool.add(b"x" * 999_990)
    with pytest.raises(SpoolFullError):
        edge(spool).take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=(Row("t", 1, 1.0),)))])
