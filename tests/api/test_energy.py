"""Energy over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from tests.operations.metered import SHANGHAI, counting

from yuanli.bootstrap import House

PATH = "/v1/campuses/small/energy"
SPAN = {"from": "2026-02-27T00:00:00+08:00", "to": "2026-02-28T00:00:00+08:00"}
PARTS = ("summary", "curve", "ranking", "calendar", "sankey")


@pytest.fixture
def metered(house: House) -> House:
    start = datetime(2026, 2, 24, tzinfo=SHANGHAI)
    counting(house, "meter", start, start + timedelta(days=5), 0)
    return house


@pytest.mark.parametrize("part", PARTS)
def test_members_see_totals_and_visitors_do_not(
    metered: House, member: TestClient, visitor: TestClient, part: str
) -> None:
    assert metered.energy is not None
    assert member.get(f"{PATH}/{part}", params=SPAN).status_code == 200
    assert visitor.get(f"{PATH}/{part}", params=SPAN).status_code == 401


def test_costs_are_for_those_who_see_reports(
    metered: House, member: TestClient, operator: TestClient
) -> None:
    assert metered.energy is not None
    assert member.get(f"{PATH}/cost", params=SPAN).status_code == 403
    told = operator.get(f"{PATH}/cost", params=SPAN).json()
    assert (told["currency"], told["example"]) == ("CNY", True)


def test_tariffs_are_replaced_and_reset_by_operators(operator: TestClient, member: TestClient) -> None:
    own = {"currency": "EUR", "tariffs": {"water": [{"valid_from": "2026-01-01", "price": 2.5}]}}
    assert member.put(f"{PATH}/tariff", json=own).status_code == 403
    told = operator.put(f"{PATH}/tariff", json=own).json()
    assert (told["own"], told["document"], told["changed_by"]) == (True, own, "operator")
    wrong = operator.put(f"{PATH}/tariff", json=own | {"currency": "money"})
    assert (wrong.status_code, wrong.json()["error"], wrong.json()["field"]) == (422, "tariff", "currency")
    assert operator.get(f"{PATH}/tariff").json()["document"] == own
    assert operator.delete(f"{PATH}/tariff").json()["own"] is False


@pytest.mark.parametrize("part", PARTS)
def test_bad_questions_are_told(member: TestClient, part: str) -> None:
    backwards = {"from": SPAN["to"], "to": SPAN["from"]}
    reply = member.get(f"{PATH}/{part}", params=backwards)
    assert (reply.status_code, reply.json()["error"]) == (422, "span")
    reply = member.get(f"{PATH}/{part}", params=SPAN | {"place": "attic"})
    assert (reply.status_code, reply.json()["error"]) == (404, "energy_place_not_found")
    assert member.get(f"{PATH}/{part}", params=SPAN | {"medium": "steam"}).status_code == 422
    assert member.get(f"{PATH}/{part}", params=SPAN | {"from": "2026-02-27T00:00:00"}).status_code == 422
    assert member.get(f"/v1/campuses/nowhere/energy/{part}", params=SPAN).status_code == 404
