"""Reports: defined, made of the last span that is over, and written as PDF, Excel and CSV."""

from __future__ import annotations

import base64
import csv
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.test_answering import park, write_weeks

from yuanli.bootstrap import House
from yuanli.campus import FeatureId, Imported, PointId
from yuanli.errors import Text
from yuanli.operations import (
    ReportDefinition,
    ReportError,
    ReportFormat,
    ReportNotFoundError,
    ReportPeriod,
    ReportSection,
)
from yuanli.operations.replies import Chart, Line
from yuanli.operations.reports import (
    Document,
    Picture,
    Sentence,
    Table,
    as_csv,
    as_pdf,
    as_workbook,
    last_span,
)
from yuanli.operations.reports.quality import RULES
from yuanli.telemetry import Readings, Reason

SHANGHAI = ZoneInfo("Asia/Shanghai")
ALL = ReportDefinition(
    id="", campus_id=CAMPUS, name="每周运营报表", language="zh", period=ReportPeriod.WEEK,
    sections=tuple(ReportSection), formats=tuple(ReportFormat), who="op",
)  # fmt: skip


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[House]:
    house = small_house(tmp_path_factory.mktemp("reports"), clock)
    house.places.add(Imported(campus=park()), who="test", why="test", replace=True)
    write_weeks(house, clock.now)
    yield house
    house.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_report_is_made_as_pdf_workbook_and_csv(house: House, language: str) -> None:
    report = house.reports.add(replace(ALL, language=language))
    run = house.reports.make(CAMPUS, report.id)
    assert (run.end - run.start, run.files) == (timedelta(days=7), tuple(ReportFormat))
    pdf, xlsx, text = (
        house.reports.file(CAMPUS, report.id, run.id, form).read_bytes() for form in ReportFormat
    )
    assert pdf.startswith(b"%PDF")
    assert len(load_workbook(io.BytesIO(xlsx)).sheetnames) > 4
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    label = "用量" if language == "zh" else "Amount"
    assert any(label in row for row in rows)
    assert house.reports.runs(CAMPUS, report.id) == (run,)


def test_the_total_of_a_report_is_the_energy_of_its_week(house: House) -> None:
    report = house.reports.add(replace(ALL, sections=(ReportSection.ENERGY,), formats=(ReportFormat.XLSX,)))
    run = house.reports.make(CAMPUS, report.id)
    book = load_workbook(house.reports.file(CAMPUS, report.id, run.id, ReportFormat.XLSX))
    amounts = [row[1] for row in book[book.sheetnames[1]].iter_rows(min_row=2, values_only=True)]
    assert amounts[0] == pytest.approx(7 * 440)


def test_scheduled_reports_are_made_once_when_their_hour_has_come(house: House, clock: Clock) -> None:
    report = house.reports.add(replace(ALL, period=ReportPeriod.DAY, hour=11, formats=(ReportFormat.CSV,)))
    assert clock.now.astimezone(SHANGHAI).hour == 10
    assert house.reports.make_due() == ()
    clock.forward(3600)
    assert [run.report_id for run in house.reports.make_due()] == [report.id]
    assert house.reports.make_due() == ()
    clock.forward(86_400)
    assert len(house.reports.make_due()) == 1
    house.reports.remove(CAMPUS, report.id)
    with pytest.raises(ReportNotFoundError):
        house.reports.runs(CAMPUS, report.id)


def test_a_report_that_breaks_a_rule_is_refused(house: House) -> None:
    for wrong in ({"name": " "}, {"sections": ()}, {"formats": ()}, {"hour": 24}, {"language": "fr"}):
        with pytest.raises(ReportError):
            replace(ALL, **wrong)
    with pytest.raises(ReportNotFoundError):
        house.reports.add(replace(ALL, place=FeatureId("nowhere")))


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [(ReportPeriod.DAY, "2026-03-01", "2026-03-02"), (ReportPeriod.MONTH, "2026-02-01", "2026-03-01")],
)
def test_the_last_span_is_over(period: ReportPeriod, start: str, end: str) -> None:
    found = last_span(period, datetime(2026, 3, 2, 9, tzinfo=SHANGHAI), SHANGHAI)
    assert [str(at.date()) for at in found] == [start, end]


words = st.text(max_size=30)
charts = st.builds(
    lambda values, name: Chart(
        title=Text(name, name), unit="kWh", lines=(Line(name=Text(name, name), values=tuple(values)),),
        times=tuple(datetime(2026, 3, 1, tzinfo=SHANGHAI) + timedelta(hours=i) for i in range(len(values))),
    ),
    st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=30), words,
)  # fmt: skip
tables = st.builds(
    lambda rows, head: Table(title=head, headers=(head, "b"), rows=tuple(rows)),
    st.lists(st.tuples(words, st.none() | st.floats(-1e9, 1e9)), max_size=5), words,
)  # fmt: skip
blocks = st.one_of(
    st.builds(lambda text: Sentence(text=text), words),
    tables,
    st.builds(lambda chart: Picture(chart=chart), charts),
)


@given(st.lists(blocks, max_size=4), words)
def test_whatever_a_report_says_can_be_written(made: list[Sentence | Table | Picture], title: str) -> None:
    document = Document(
        title=title, subtitle=title, language="zh", time_zone="Asia/Shanghai",
        made_at=datetime(2026, 3, 2, tzinfo=SHANGHAI), blocks=tuple(made),
    )  # fmt: skip
    assert as_pdf(document).startswith(b"%PDF")
    load_workbook(io.BytesIO(as_workbook(document)))
    assert as_csv(document).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("columns", [1, 4, 12, 40])
def test_wide_tables_with_long_names_are_cut_by_columns_and_times_stay_on_a_line(columns: int) -> None:
    at = datetime(2026, 3, 2, tzinfo=SHANGHAI)
    name = "星河智慧园区科技研发中心二期A座十二层开放协作办公区"
    row: tuple[str | datetime, ...] = (name, *[at] * (columns - 1))
    document = Document(
        title="宽表", subtitle="", language="zh", time_zone="Asia/Shanghai", made_at=at,
        blocks=(Table(title="安排", headers=tuple(f"列{i}" for i in range(columns)), rows=(row,) * 3),),
    )  # fmt: skip
    streams = re.findall(rb"stream\r?\n(.*?)~>\s*endstream", as_pdf(document), re.S)
    drawn = b"".join(zlib.decompress(base64.a85decode(stream)) for stream in streams)
    assert drawn.count(b"(2026-03-02 00:00)") == 3 * (columns - 1)
    sheet = load_workbook(io.BytesIO(as_workbook(document)))["安排"]
    assert sheet.freeze_panes == ("B2" if columns > 8 else "A2")
    assert sheet.column_dimensions["A"].width == 50
    assert sheet["A2"].alignment.wrap_text


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "-cmd|' /C calc'!A0", "+A1"])
def test_names_are_never_formulas(text: str) -> None:
    document = Document(
        title="x", subtitle="y", language="en", time_zone="UTC", made_at=datetime(2026, 3, 2, tzinfo=SHANGHAI),
        blocks=(Table(title="t", headers=("a",), rows=((text,),)),),
    )  # fmt: skip
    sheet = load_workbook(io.BytesIO(as_workbook(document)))["t"]
    assert str(sheet["A2"].value).startswith("'")
    assert f"'{text}" in as_csv(document).decode("utf-8-sig")


@pytest.mark.parametrize("values", [(0.0, 0.0), (5.0,), (-3.0, -3.0), (1e6, 1e6), (0.0, 1e-300), (-0.0, 0.0)])
def test_a_chart_of_one_level_can_be_drawn(values: tuple[float, ...]) -> None:
    name = Text("一", "one")
    line = Line(name=name, values=values)
    over_time = tuple(datetime(2026, 3, 1 + i, tzinfo=SHANGHAI) for i in range(len(values)))
    for chart in (
        Chart(title=name, unit="", lines=(line,), times=over_time),
        Chart(title=name, unit="", lines=(line,), names=(name,) * len(values)),
    ):
        document = Document(
            title="x",
            subtitle="y",
            language="en",
            time_zone="UTC",
            made_at=over_time[0],
            blocks=(Picture(chart=chart),),
        )
        assert as_pdf(document).startswith(b"%PDF")


def test_a_cell_longer_than_a_page_is_split() -> None:
    document = Document(
        title="x", subtitle="y", language="en", time_zone="UTC", made_at=datetime(2026, 3, 2, tzinfo=SHANGHAI),
        blocks=(Table(title="t", headers=("a", "b"), rows=(("x", "12.5 " * 3000),)),),
    )  # fmt: skip
    assert as_pdf(document).startswith(b"%PDF")


@pytest.fixture(scope="module")
def long_known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A year and a half of hours of a meter that used a third more in the first half of the last week."""
    clock = Clock()
    house = small_house(tmp_path_factory.mktemp("known"), clock)
    house.places.add(Imported(campus=park()), who="test", why="test", replace=True)
    hours = 400 * 24
    start = clock.now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)
    local = (np.arange(hours + 1) + start.hour + 8) % 24
    used = 10 + 20.0 * ((local > 8) & (local < 19)) + np.random.default_rng(0).normal(0, 0.3, hours + 1)
    used[-24 * 7 : -24 * 4] *= 1.35
    number = house.readings.number_points(CAMPUS, [PointId(FeatureId("kwhA"))])[0]
    at = (int(start.timestamp()) + 3600 * np.arange(hours + 1)).astype(np.int64) * 1_000_000
    house.readings.write(
        Readings(
            point=np.full(hours + 1, number, np.int32), at=at, value=1000 + np.cumsum(used), received=at + 1_000_000,
            told=np.zeros(hours + 1, np.uint8),
        )
    )  # fmt: skip
    yield house
    house.close()


def written(house: House, language: str, *sections: ReportSection) -> list[list[str]]:
    made = replace(ALL, language=language, sections=sections, formats=(ReportFormat.CSV,))
    report = house.reports.add(made)
    run = house.reports.make(CAMPUS, report.id)
    text = house.reports.file(CAMPUS, report.id, run.id, ReportFormat.CSV).read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_anomalies_come_with_their_cost_cause_and_alarms_by_point(long_known: House) -> None:
    rows = written(long_known, "en", ReportSection.ANOMALIES)
    worst = rows[rows.index(["The worst anomalies"]) + 2]
    assert (float(worst[4]) > 50, float(worst[5]) > 0, worst[6] != "") == (True, True, True)
    volume = rows[rows.index(["Alarms by point and week"]) + 2]
    assert (volume[1], int(volume[2]) >= 1, float(volume[3]) >= 1) == ("kwhA", True, True)


def test_savings_are_told_against_a_baseline_with_their_interval(long_known: House) -> None:
    rows = written(long_known, "en", ReportSection.SAVINGS)
    told = rows[rows.index(["Saved against the baseline"]) + 2]
    used, expected, saved = (float(one) for one in told[2:5])
    assert expected == pytest.approx(7 * 440, rel=0.05)
    assert saved == pytest.approx(expected - used, abs=1)
    assert saved < 0


def test_tomorrow_is_told_with_its_highest_hour(long_known: House) -> None:
    rows = written(long_known, "zh", ReportSection.FORECAST)
    told = rows[rows.index(["预计用量"]) + 2]
    assert told[0] == "用电"
    assert float(told[1]) == pytest.approx(440, rel=0.1)


def test_quality_tells_shares_and_rules(long_known: House) -> None:
    rows = written(long_known, "zh", ReportSection.QUALITY)
    shares = {row[0]: row[1] for row in rows[rows.index(["按质量的小时"]) + 2 :][:5]}
    assert list(shares) == ["正常", "估计", "可疑", "错误", "缺失"]
    assert set(RULES) == {one.name.lower() for one in Reason if one.name and one is not Reason.NONE}


def test_without_a_baseline_a_report_says_so(house: House) -> None:
    rows = written(house, "zh", ReportSection.SAVINGS)
    assert any("没有可用的基准" in row[0] for row in rows if row)
