"""Rules learn from overrules: proposed by held-out words, adopted by a person, taken back."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.api.apps import app_of
from tests.api.house import CAMPUS, PASSWORD, Clock, small_house
from tests.operations.test_telemetry import METER, take
from tests.operations.test_telemetry import START as WEEK

from yuanli.bootstrap import House
from yuanli.operations import NotBetterError, NoTuningError, ReadingVerdict, UnknownRuleError
from yuanli.telemetry import Quality, Row

START = WEEK - timedelta(days=7)
MINUTES = 5
DAY = 288
BURSTS = tuple(day * DAY + 150 for day in range(1, 9))
"""A pump that starts for one reading a day: it looks like a spike, and is none."""


@pytest.fixture
def house(tmp_path: Path) -> House:
    clock = Clock()
    clock.now = WEEK + timedelta(days=20)
    found = small_house(tmp_path, clock)
    rng = np.random.default_rng(1)
    value = 50 + 10 * np.sin(np.arange(10 * DAY) * 2 * np.pi / DAY) + rng.normal(0, 0.5, 10 * DAY)
    for burst in BURSTS:
        value[burst] += 8
    rows = [
        Row(point=METER, at=round((START + timedelta(minutes=MINUTES * i)).timestamp() * 1e6),
            value=float(one), number=i + 1)
        for i, one in enumerate(value)
    ]  # fmt: skip
    take(found, rows)
    found.telemetry.clean(CAMPUS)
    return found


def flagged(house: House) -> int:
    at = [START + timedelta(minutes=MINUTES * burst) for burst in BURSTS]
    found = [house.telemetry.series(CAMPUS, METER, one, one + timedelta(minutes=1))[0] for one in at]
    return sum(one.quality is Quality.BAD for one in found)


def test_words_that_spikes_are_real_make_the_rule_milder_when_somebody_adopts_it(house: House) -> None:
    assert flagged(house) == len(BURSTS)
    assert house.rule_tuner.propose(CAMPUS) == ()
    for burst in BURSTS[:6]:
        at = START + timedelta(minutes=MINUTES * burst)
        house.overruling.overrule(CAMPUS, METER, at, at, verdict=ReadingVerdict.GOOD, who="li")
    (proposal,) = house.rule_tuner.propose(CAMPUS)
    found = proposal.calibration
    assert found is not None
    assert (proposal.quantity, proposal.rule, proposal.words, proposal.better) == ("power", "spike", 6, True)
    assert (found.before.wrong, found.after.wrong, found.groups) == (6, 0, 6)
    assert found.factor > 1
    assert found.injected_after.f1 >= found.injected_before.f1 - 0.02
    house.telemetry.clean(CAMPUS)
    assert flagged(house) == 2
    adopted = house.rule_tuner.adopt(CAMPUS, "power", "spike", who="li")
    house.telemetry.clean(CAMPUS)
    assert (adopted.version, flagged(house)) == (1, 0)
    at = START + timedelta(minutes=MINUTES * BURSTS[7])
    later = house.overruling.overrule(CAMPUS, METER, at, at, verdict=ReadingVerdict.GOOD, who="li")
    assert later.flags is not None
    assert later.flags.tunings == (1,)
    assert [one.flags.tunings for one in house.overruling.list(CAMPUS, METER) if one.flags] == [
        (1,),
        *[()] * 6,
    ]
    assert [json.loads(row)["tunings"] for row in house.overruling.export(CAMPUS)] == [[]] * 6 + [[1]]
    house.overruling.undo(CAMPUS, METER, later.number, who="li")
    assert not house.rule_tuner.propose(CAMPUS)[0].better
    assert house.rule_tuner.undo(CAMPUS, 1, who="wang").undone_by == "wang"
    house.telemetry.clean(CAMPUS)
    assert flagged(house) == 2
    assert [(one.version, one.holds) for one in house.rule_tuner.changes(CAMPUS)] == [(1, False)]
    with pytest.raises(NoTuningError):
        house.rule_tuner.undo(CAMPUS, 1, who="wang")


def test_rules_learn_nothing_from_words_that_a_second_person_disputes(house: House) -> None:
    for burst in BURSTS[:6]:
        at = START + timedelta(minutes=MINUTES * burst)
        kept = house.overruling.overrule(CAMPUS, METER, at, at, verdict=ReadingVerdict.GOOD, who="li")
        house.overruling.review(CAMPUS, METER, kept.number, agreed=False, who="wang")
    assert house.rule_tuner.propose(CAMPUS) == ()


def test_too_few_words_or_a_rule_without_a_threshold_change_nothing(house: House) -> None:
    at = START + timedelta(minutes=MINUTES * BURSTS[0])
    house.overruling.overrule(CAMPUS, METER, at, at, verdict=ReadingVerdict.GOOD, who="li")
    assert house.rule_tuner.propose(CAMPUS)[0].calibration is None
    with pytest.raises(NotBetterError, match="1 words"):
        house.rule_tuner.adopt(CAMPUS, "power", "spike", who="li")
    with pytest.raises(UnknownRuleError, match="'gap'"):
        house.rule_tuner.adopt(CAMPUS, "power", "gap", who="li")


def test_proposals_are_worked_out_beside_the_requests_and_adopted_over_http(house: House) -> None:
    for burst in BURSTS[:6]:
        at = START + timedelta(minutes=MINUTES * burst)
        house.overruling.overrule(CAMPUS, METER, at, at, verdict=ReadingVerdict.GOOD, who="li")
    url = f"/v1/campuses/{CAMPUS}/rule-tunings"
    with TestClient(app_of(house)) as client:
        client.post("/v1/session", json={"username": "member", "password": PASSWORD})
        assert client.post(f"{url}/proposals").status_code == 403
        client.post("/v1/session", json={"username": "operator", "password": PASSWORD})
        begun = client.post(f"{url}/proposals")
        assert (begun.status_code, begun.json()["proposals"]) == (202, [])
        assert client.get(f"{url}/proposals/other").status_code == 404
        for _ in range(1200):
            job = client.get(f"{url}/proposals/{begun.json()['id']}").json()
            if job["state"] != "running":
                break
            time.sleep(0.05)
        (proposal,) = job["proposals"]
        assert (job["state"], proposal["rule"], proposal["better"]) == ("done", "spike", True)
        told = proposal["calibration"]
        assert (told["before"]["wrong"], told["after"]["wrong"]) == (6, 0)
        assert client.get(url).json() == {"tunings": []}
        made = client.post(url, json={"quantity": "power", "rule": "spike"})
        assert (made.status_code, made.json()["who"]) == (201, "operator")
        assert client.delete(f"{url}/1").json()["undone_by"] == "operator"
