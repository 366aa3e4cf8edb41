"""The port suite of `AnomalyStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations import AnomalyKind, AnomalySample, FoundAnomaly, KeptSpan
from yuanli.storage import Database, SqlAnomalyStore

AT = datetime(2026, 5, 1, tzinfo=UTC)
PARK = CampusId("small")
DAY = timedelta(days=1)


def anomaly(name: str, start: float, end: float, **more: float) -> FoundAnomaly:
    return FoundAnomaly(
        id=name, kind=AnomalyKind.ENERGY, rule="energy", title=Text("多", "more"), place=None, place_name={},
        device="main", points=("power",), point_name={"zh": "总表"}, unit="kW", start=AT + start * DAY,
        end=AT + end * DAY, ongoing=False, severity=2, score=3.5, evidence=Text("证", "why"), figures=more,
        causes=(Text("因", "cause"),), excess_kwh=12.0,
        series=(AnomalySample(at=AT, value=None), AnomalySample(at=AT + DAY, value=1.5, expected=1.0)),
    )  # fmt: skip


def span(start: float, end: float, campus: CampusId = PARK) -> KeptSpan:
    return KeptSpan(
        campus_id=campus, start=AT + start * DAY, end=AT + end * DAY, checked=frozenset({"power", "电"})
    )


def test_what_was_found_again_takes_the_place_of_what_ended_in_its_span(database: Database) -> None:
    store = SqlAnomalyStore(database)
    assert store.find_kept_span(PARK) is None
    early, late, other = anomaly("a", 0, 1, used=2.5), anomaly("b", 4, 6), anomaly("c", 4, 6)
    store.put_anomalies(span(0, 7), AT, AT + 7 * DAY, [early, late])
    store.put_anomalies(span(0, 7, CampusId("other")), AT, AT + 7 * DAY, [other])
    assert store.find_kept_span(PARK) == span(0, 7)
    assert store.list_anomalies(PARK, AT, AT + 7 * DAY) == (early, late)
    assert store.list_anomalies(PARK, AT + DAY, AT + 4 * DAY) == ()
    moved = anomaly("b", 4, 7.5)
    store.put_anomalies(span(0, 8), AT + DAY, AT + 8 * DAY, [moved])
    assert store.list_anomalies(PARK, AT, AT + 9 * DAY) == (early, moved)
    store.put_anomalies(span(2, 8), AT + 8 * DAY, AT + 8 * DAY, [])
    assert store.list_anomalies(PARK, AT, AT + 9 * DAY) == (moved,)
    assert store.find_kept_span(PARK) == span(2, 8)
    assert store.list_anomalies(CampusId("other"), AT, AT + 9 * DAY) == (other,)
