"""The port suites of `StandingStore` and `ReportStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yuanli.campus import CampusId, DeviceId, FeatureId
from yuanli.errors import Text
from yuanli.operations import (
    CommandAction,
    CommandRequest,
    OrderState,
    ReportDefinition,
    ReportFormat,
    ReportPeriod,
    ReportRun,
    ReportSection,
    StandingOrder,
)
from yuanli.storage import Database, SqlReportStore, SqlStandingStore, open_database

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
PARK = CampusId("park")
ORDER = StandingOrder(
    id="op/talk/1", campus_id=PARK, place=FeatureId("level-1"), who="op", at=AT, until=AT + timedelta(hours=16),
    request=CommandRequest(action=CommandAction.OFF, device_ids=(DeviceId(FeatureId("lamp")),)),
)  # fmt: skip
REPORT = ReportDefinition(
    id="r1", campus_id=PARK, name="每周", language="zh", period=ReportPeriod.WEEK, hour=7, who="op",
    sections=(ReportSection.COST, ReportSection.ENERGY), formats=(ReportFormat.PDF, ReportFormat.CSV),
    place=FeatureId("block-a"),
)  # fmt: skip
RUN = ReportRun(id="x1", report_id="r1", campus_id=PARK, at=AT, start=AT, end=AT, files=(ReportFormat.PDF,))


@pytest.fixture
def opened(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    yield database
    database.close()


def test_an_order_is_kept_once_by_its_id(opened: Database) -> None:
    store = SqlStandingStore(opened)
    assert store.add_order(ORDER) == ORDER
    assert store.add_order(replace(ORDER, who="other")) == ORDER
    assert store.list_orders(PARK) == store.list_orders(waiting=True) == (ORDER,)
    assert store.list_orders(CampusId("other")) == ()


def test_an_order_moves_only_from_the_state_it_was_in(opened: Database) -> None:
    store = SqlStandingStore(opened)
    store.add_order(ORDER)
    done = replace(ORDER, state=OrderState.DONE, empty_since=AT, message=Text("好", "fine"))
    assert store.move_order(done, OrderState.WAITING)
    assert not store.move_order(replace(ORDER, state=OrderState.CANCELLED), OrderState.WAITING)
    assert (store.list_orders(PARK), store.list_orders(waiting=True)) == ((done,), ())


def test_reports_and_their_runs_are_kept(opened: Database) -> None:
    store = SqlReportStore(opened)
    store.put_report(REPORT)
    changed = replace(REPORT, name="每月", period=ReportPeriod.MONTH, hour=None, place=None)
    store.put_report(changed)
    failed = replace(RUN, id="x2", at=AT + timedelta(days=1), files=(), error=Text("满了", "full"))
    store.add_run(RUN)
    store.add_run(failed)
    assert store.list_reports(PARK) == store.list_reports() == (changed,)
    assert store.list_runs(PARK, "r1") == (failed, RUN)
    store.remove_run("x1")
    assert store.list_runs(PARK, "r1") == (failed,)
    assert (store.remove_report(CampusId("other"), "r1"), store.remove_report(PARK, "r1")) == (False, True)
    assert (store.list_reports(), store.list_runs(PARK, "r1")) == ((), ())


def test_ids_that_no_database_can_hold_are_nowhere(opened: Database) -> None:
    orders, reports = SqlStandingStore(opened), SqlReportStore(opened)
    strange = CampusId("a\x00b")
    assert (
        orders.list_orders(strange),
        reports.list_reports(strange),
        reports.list_runs(PARK, "a\x00b"),
    ) == ((), (), ())
    assert not reports.remove_report(PARK, "a\x00b")
