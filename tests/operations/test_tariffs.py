"""What energy costs, to the cent."""

from __future__ import annotations

import copy
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.house import CAMPUS
from tests.operations.metered import (
    BUILDING,
    SHANGHAI,
    counting,
    meter,
    metered_campus,
    metered_house,
    send,
    stamps,
)

from yuanli.operations import Band, Medium, TariffError, example_document, parse_tariffs, read_document
from yuanli.operations.energy.costs import month_shares, price_amounts, total_of

DAY = datetime(2026, 5, 7, tzinfo=SHANGHAI)
NEXT = DAY + timedelta(days=1)


def document(**electricity: Any) -> dict[str, Any]:
    return {"currency": "CNY", "tariffs": {"electricity": [{"valid_from": "2026-01-01", **electricity}]}}


def test_the_examples_are_readable_and_say_what_they_are() -> None:
    tariffs = parse_tariffs(example_document())
    assert tariffs.example
    july = tariffs.find(Medium.ELECTRICITY, date(2026, 7, 1))
    assert july is not None
    bands = [july.band(datetime(2026, 7, 1, hour)) for hour in range(24)]
    assert (bands[13], bands[9], bands[16], bands[23], bands[3]) == (
        Band.SHARP, Band.PEAK, Band.FLAT, Band.VALLEY, Band.VALLEY,
    )  # fmt: skip
    assert july.band(datetime(2026, 5, 1, 13)) is Band.FLAT
    assert all(factor.source and factor.year for factor in tariffs.carbon.values())


def test_a_day_by_hand(tmp_path: Path) -> None:
    house = metered_house(tmp_path, metered_campus(*meter("main", BUILDING)))
    counting(house, "main-e", DAY - timedelta(days=8), NEXT + timedelta(days=1), 10)
    told = house.energy.replace_tariffs(
        CAMPUS,
        document(
            prices={"peak": 1.0, "flat": 0.6, "valley": 0.3}, demand=31,
            schedule=[{"hours": {"peak": ["08:00-11:00", "18:00-21:00"], "valley": ["22:00-06:00"]}}],
        ),
        "someone",
    )  # fmt: skip
    assert (told.own, told.example, told.changed_by) == (True, False, "someone")
    cost = house.energy.cost(CAMPUS, DAY, NEXT, media=[Medium.ELECTRICITY])
    lines = [(line.band, round(line.amount, 6), line.cost) for line in cost.media[0].lines]
    assert lines == [
        (Band.PEAK, 60, Decimal("60.00")), (Band.FLAT, 100, Decimal("60.00")), (Band.VALLEY, 80, Decimal("24.00")),
        (None, 10, Decimal("10.00")),
    ]  # fmt: skip
    assert (cost.total, cost.currency, cost.example) == (Decimal("154.00"), "CNY", False)
    assert not house.energy.reset_tariffs(CAMPUS).own


def test_pv_is_used_on_the_spot_and_the_rest_is_paid_for(tmp_path: Path) -> None:
    campus = metered_campus(
        *meter("main", BUILDING, brick="Building_Electrical_Meter"), *meter("pv", BUILDING, brick="PV_Array")
    )
    house = metered_house(tmp_path, campus)
    counting(house, "main-e", DAY - timedelta(days=8), NEXT, 10)
    at = stamps(DAY - timedelta(days=8), NEXT, 60)
    hour = (np.arange(len(at)) - 8 * 24) % 24
    send(
        house,
        "pv-e",
        at,
        np.concatenate(([0], np.cumsum(np.where((hour >= 10) & (hour < 14), 25.0, 0))[:-1])),
    )
    own = document(price=1) | {}
    own["tariffs"]["pv"] = [{"valid_from": "2026-01-01", "price": 0.5}]
    house.energy.replace_tariffs(CAMPUS, own, "someone")
    cost = house.energy.cost(CAMPUS, DAY, NEXT).media[0]
    assert cost.amount == pytest.approx(200)
    assert (cost.cost, cost.saved) == (Decimal("170.00"), Decimal("40.00"))
    house.energy.replace_tariffs(CAMPUS, own | {"pv_behind_main": True}, "someone")
    assert house.energy.cost(CAMPUS, DAY, NEXT).media[0].cost == Decimal("240.00")


def test_a_price_that_changes_within_a_span_makes_two_lines() -> None:
    own = document(price="0.5")
    own["tariffs"]["electricity"].append({"valid_from": "2026-05-08", "price": "0.7"})
    starts = [DAY + timedelta(hours=hour) for hour in range(48)]
    lines = price_amounts(starts, [1.0] * 48, Medium.ELECTRICITY, parse_tariffs(own))
    assert [(line.price, line.cost) for line in lines] == [
        (Decimal("0.5"), Decimal("12.00")), (Decimal("0.7"), Decimal("16.80")),
    ]  # fmt: skip


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=48))
def test_lines_add_up_to_their_total(amounts: list[float]) -> None:
    starts = [DAY + timedelta(hours=hour) for hour in range(len(amounts))]
    lines = price_amounts(starts, amounts, Medium.ELECTRICITY, parse_tariffs(example_document()))
    assert total_of(lines) == sum(line.cost for line in lines)
    assert sum(line.amount for line in lines) == pytest.approx(sum(amounts))


def test_shares_of_months() -> None:
    shares = month_shares(datetime(2026, 4, 16, tzinfo=SHANGHAI), datetime(2026, 5, 1, tzinfo=SHANGHAI))
    assert shares == {(2026, 4): Decimal("0.5")}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda d: d.update(currency="yuan"), "currency"),
        (lambda d: d.update(surprise=1), "document"),
        (lambda d: d["tariffs"].update(steam=[]), "tariffs.steam"),
        (lambda d: d["tariffs"].update(water=[]), "tariffs.water"),
        (lambda d: d["tariffs"].update(water=[{"valid_from": "soon", "price": 1}]), "tariffs.water[0].valid_from"),
        (lambda d: d["tariffs"].update(water=[{"valid_from": "2026-01-01", "price": -1}]), "tariffs.water[0].price"),
        (lambda d: d["tariffs"].update(water=[{"valid_from": "2026-01-01", "price": "nan"}]), "tariffs.water[0].price"),
        (lambda d: d["tariffs"].update(water=[{"valid_from": "2026-01-01"}]), "tariffs.water[0]"),
        (lambda d: d["tariffs"]["electricity"][0]["prices"].pop("valley"), "tariffs.electricity[0].prices"),
        (
            lambda d: d["tariffs"]["electricity"][0]["schedule"][0]["hours"].update(peak="12:30-13:00"),
            "tariffs.electricity[0].schedule[0].hours.peak",
        ),
        (
            lambda d: d["tariffs"]["electricity"][0]["schedule"][0]["hours"].update(flat="09:05-10:00"),
            "tariffs.electricity[0].schedule[0].hours.flat",
        ),
        (
            lambda d: d["tariffs"]["electricity"][0]["schedule"][0].update(months=[13]),
            "tariffs.electricity[0].schedule[0].months",
        ),
        (lambda d: d["carbon"]["gas"].pop("source"), "carbon.gas"),
    ],
)  # fmt: skip
def test_a_document_that_breaks_a_rule_is_told_where(change: Any, field: str) -> None:
    own = copy.deepcopy(dict(example_document()))
    change(own)
    with pytest.raises(TariffError) as told:
        parse_tariffs(own)
    assert told.value.field == field


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["tariffs", "electricity", "price", "valid_from", "schedule", "carbon"]), inner),
    max_leaves=12,
))  # fmt: skip
def test_any_document_is_read_or_refused(found: Any) -> None:
    with suppress(TariffError):
        parse_tariffs(found if isinstance(found, dict) else {"tariffs": found})


def test_text_that_is_no_document_is_refused() -> None:
    for text in ("[", "just text", "- 1", "\x00", "a: &a [*a]" * 3):
        with pytest.raises(TariffError):
            read_document(text)
    assert read_document("{currency: CNY}") == {"currency": "CNY"}
