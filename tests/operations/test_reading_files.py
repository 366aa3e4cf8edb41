"""Files of readings: read in batches, compared with what is kept, and kept in the same way however they are cut."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from threading import Event

import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.commanding import fitted_campus

from yuanli.bootstrap import House
from yuanli.campus import DataPoint, Imported
from yuanli.errors import Text
from yuanli.operations import (
    FileTooLongError,
    Intake,
    IntakeParams,
    PointBooks,
    ReadingFileParams,
    ReadingFiles,
)
from yuanli.telemetry import Readings, Row, RowFault, UnknownPoints, convert

MINUTE = 60_000_000
START = 1_777_593_600_000_000
MONTH = 30 * 86_400_000_000


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = small_house(tmp_path_factory.mktemp("files"), Clock())
    opened.places.add(Imported(campus=fitted_campus()), who="test", why="devices", replace=True)
    yield opened
    opened.close()


def files_of(house: House, **params: int) -> ReadingFiles:
    books = PointBooks(house.places, unknown=UnknownPoints.ASIDE)
    return ReadingFiles(house.intake, house.readings, house.places, books, params=ReadingFileParams(**params))


def keep(files: ReadingFiles, rows: list[Row | RowFault]) -> tuple[int, int, int, int]:
    receipt = files.keep(CAMPUS, rows, gateway="file", expected=1, wait=lambda _: None)
    return receipt.kept, receipt.duplicates, receipt.conflicts, receipt.left_out


def test_what_is_new_is_what_will_be_kept_however_the_rows_are_mixed_and_cut(house: House) -> None:
    points = [point.id for point in house.places.campus(CAMPUS).of(DataPoint)]
    random = Random(7)
    times = [START + random.randrange(100) * MINUTE + random.choice((0, MONTH)) for _ in range(400)]
    rows: list[Row | RowFault] = [
        Row(random.choice(points), at, float(random.randrange(3)), number=i + 2) for i, at in enumerate(times)
    ]
    files = files_of(house, batch=37)
    first = files.check(CAMPUS, rows[:250])
    assert (first.there, first.contradicting, first.readings) == (0, 0, 250)
    assert keep(files, rows[:250])[0] == first.new
    whole = files.check(CAMPUS, rows)
    assert whole.new + whole.there + whole.contradicting + whole.repeated == 400
    assert keep(files, rows)[0] == whole.new
    again = files.check(CAMPUS, rows)
    assert (again.new, again.there + again.contradicting) == (0, first.new + whole.new)


def test_faults_are_told_in_the_order_of_rows_up_to_a_limit_and_all_are_counted(house: House) -> None:
    point = house.places.campus(CAMPUS).of(DataPoint)[0].id
    bad = [RowFault(row=i, field="value", value="x", message=Text("错", "wrong")) for i in range(2, 12)]
    files = files_of(house, batch=4, most_faults=3)
    report = files.check(CAMPUS, [*bad, Row(point, START, 1.0, number=12), Row("who", START, 1.0, number=13)])
    assert ([fault.row for fault in report.faults], report.faulty, report.wrong) == ([2, 3, 4], 10, 11)
    assert [(one.name, one.readings, one.row) for one in report.unknown] == [("who", 1, 13)]
    assert (report.readings, report.new, report.points[0].point) == (1, 1, point)


def test_a_file_with_too_many_readings_is_refused_as_soon_as_that_is_known(house: House) -> None:
    point = house.places.campus(CAMPUS).of(DataPoint)[0].id
    endless = (Row(point, START + i * MINUTE, 1.0) for i in iter(int, 1))
    with pytest.raises(FileTooLongError):
        files_of(house, batch=2, most_readings=5).check(CAMPUS, endless)


def test_a_busy_intake_is_waited_for(house: House) -> None:
    """Another file is being written, which takes all the room there is, until somebody has waited for it."""
    points = house.places.campus(CAMPUS).of(DataPoint)
    writing, written = Event(), Event()
    books = PointBooks(house.places, unknown=UnknownPoints.ASIDE)
    intake = Intake(
        house.readings, books, clock=Clock(), convert=convert, params=IntakeParams(most_rows=1, wait_s=7)
    )
    files = ReadingFiles(intake, house.readings, house.places, books)

    @contextmanager
    def slowly(_: Readings) -> Iterator[None]:
        writing.set()
        assert written.wait(60)
        yield

    intake.guard_by(slowly)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        written.set()
        other.result(60)

    with ThreadPoolExecutor() as pool:
        other = pool.submit(keep, files, [Row(points[0].id, START, 1.0)])
        assert writing.wait(60)
        receipt = files.keep(CAMPUS, [Row(points[1].id, START, 1.0)], gateway="file", expected=1, wait=wait)
    assert (receipt.kept, waited, other.result()[0]) == (1, [7], 1)
