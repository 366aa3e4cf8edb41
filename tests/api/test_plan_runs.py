"""Plans of devices over the API and the shell: drafted, solved, approved, stopped, told; policies; who may."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.api.house import CAMPUS
from tests.operations.commanding import Loopback, fitted_campus

from yuanli.bootstrap import House
from yuanli.campus import Imported

BASE = "/v1/campuses/small"


@pytest.fixture(autouse=True)
def bus(house: House) -> Iterator[Loopback]:
    house.places.add(Imported(campus=fitted_campus()), who="test", why="devices", replace=True)
    gateway = Loopback()
    house.device_gateways.add("bus", gateway, campus_id=CAMPUS)
    closing = Event()
    thread = Thread(target=house.solving.run, args=(closing,))
    thread.start()
    yield gateway
    closing.set()
    thread.join(10)


def solved(client: TestClient, document: Any) -> str:
    form = {"kind": "devices", "name": "明天", "time_s": "5", "gap": "0.01"}
    reply = client.post(f"{BASE}/plans", data=form, files={"file": ("d.json", json.dumps(document).encode())})
    assert reply.status_code == 202, reply.text
    job_id: str = reply.json()["id"]
    deadline = time.monotonic() + 300  # the first search compiles
    while client.get(f"{BASE}/plans/{job_id}").json()["summary"]["ended_at"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return job_id


def test_the_whole_way_over_the_api(operator: TestClient, bus: Loopback, house: House) -> None:
    draft = operator.post(
        f"{BASE}/plan-drafts/devices", json={"day": "today", "place": "room0-0", "language": "en"}
    ).json()
    assert draft["devices"] == 1
    assert draft["assumptions"][0]["zh"]
    job_id = solved(operator, draft["document"])
    shown = operator.get(f"{BASE}/plans/{job_id}/approval").json()
    assert (shown["against"], shown["devices"], shown["switches"][0]["on"] + shown["switches"][0]["off"]) == (
        [],
        1,
        1,
    )
    run = operator.post(f"{BASE}/plans/{job_id}/approval", json={"fingerprint": shown["fingerprint"]})
    assert (run.status_code, run.json()["approved_by"]) == (201, "operator")
    house.plan_runs.look()
    assert [address for address, _ in bus.sent] == ["fcu-0-sw"]
    run_id = run.json()["id"]
    assert operator.get(f"{BASE}/plan-runs").json()["runs"][0]["id"] == run_id
    told = operator.get(f"{BASE}/plan-runs/{run_id}/record", params={"adjusted": True}).json()
    assert (told["counts"]["done"], told["adjusted"], told["devices"][0]["planned"]) == (1, None, "")
    assert told["adjusted_note"]["en"].startswith("The plan has covered no whole day")
    assert operator.post(f"{BASE}/plan-runs/{run_id}/replan").json()["next_job"]
    stopped = operator.post(f"{BASE}/plan-runs/{run_id}/stop").json()
    assert (stopped["outcome"], bus.sent[-1]) == ("stopped", ("fcu-0-sw", None))
    assert operator.get(f"{BASE}/plan-runs/nothing").status_code == 404


def test_policies_are_set_listed_and_taken_back(operator: TestClient) -> None:
    made = operator.post(f"{BASE}/plan-policies", json={"devices": ["fcu-0"], "end": "20:00"})
    assert (made.status_code, made.json()["who"]) == (201, "operator")
    assert [one["end"] for one in operator.get(f"{BASE}/plan-policies").json()["policies"]] == ["20:00"]
    assert operator.post(f"{BASE}/plan-policies", json={"devices": ["nothing"]}).status_code == 404
    assert (
        operator.post(f"{BASE}/plan-policies", json={"devices": ["fcu-0"], "start": "9"}).status_code == 422
    )
    assert operator.delete(f"{BASE}/plan-policies/{made.json()['id']}").status_code == 204
    assert operator.delete(f"{BASE}/plan-policies/{made.json()['id']}").status_code == 404


def test_a_policy_may_name_a_place_and_a_kind(operator: TestClient) -> None:
    made = operator.post(
        f"{BASE}/plan-policies", json={"kind": "hvac", "place": "room0-0", "devices": ["fcu-0"]}
    )
    assert (made.status_code, made.json()["device_ids"]) == (201, ["fcu-0"])
    for wrong, status, field in (
        ({"kind": "charging"}, 422, "place"), ({}, 422, "devices"),
        ({"kind": "hvac", "place": "nowhere"}, 404, "nowhere"), ({"kind": "hvac", "end": "7"}, 422, "end"),
    ):  # fmt: skip
        reply = operator.post(f"{BASE}/plan-policies", json=wrong)
        assert (reply.status_code, reply.json()["field"]) == (status, field)


def test_the_shell_sets_lists_and_takes_policies_back(
    operator: TestClient, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    from yuanli.cli import main

    def said(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["policies", *words, "--data-dir", str(house.settings.data_dir)])
        return f"{ended.value.code or 0} {capsys.readouterr().out}"

    made = json.loads(said("add", "--kind", "hvac", "--place", "room0-0", "--days", "1-3,6", "--json")[2:])
    assert (made["device_ids"], made["weekdays"]) == (["fcu-0"], [1, 2, 3, 6])
    told = operator.get(f"{BASE}/plan-policies").json()["policies"]
    assert [one["id"] for one in told] == [json.loads(said("list", "--json")[2:])["id"]] == [made["id"]]
    assert "00:00–24:00" in said("list")
    assert said("add", "--device", "fcu-0", "--days", "x", "--json").startswith('2 {"error": "policy_option"')
    assert said("add", "--device", "fcu-0", "--until", "2020-01-01", "--json").startswith("2 ")
    assert said("remove", made["id"], "--yes", "--json").startswith("0 ")
    assert operator.get(f"{BASE}/plan-policies").json()["policies"] == []


def test_members_neither_draft_nor_approve(member: TestClient) -> None:
    assert member.post(f"{BASE}/plan-drafts/devices", json={}).status_code == 403
    assert member.post(f"{BASE}/plans/x/approval", json={"fingerprint": "x"}).status_code == 403
    assert member.post(f"{BASE}/plans/x/under-policy").status_code == 403


def test_a_plan_is_handed_in_under_a_policy_over_the_api_and_the_shell(
    operator: TestClient, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    from yuanli.cli import main

    def said(*words: str) -> tuple[Any, str]:
        with pytest.raises(SystemExit) as ended:
            main(["carry", "hand-in", *words, "--data-dir", str(house.settings.data_dir)])
        return ended.value.code or 0, capsys.readouterr().out

    document = operator.post(f"{BASE}/plan-drafts/devices", json={"day": "today"}).json()["document"]
    tomorrow = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    job_id = solved(operator, document | {"begins_at": tomorrow.isoformat()})  # the shell has the true time
    operator.post(f"{BASE}/plan-policies", json={"devices": ["fcu-0"], "least_saving": 1})
    refused = operator.post(f"{BASE}/plans/{job_id}/under-policy").json()
    assert (refused["run"], "100% are needed" in refused["refusals"][0]["why"][-1]["en"]) == (None, True)
    code, told = said(job_id, "--yes")
    assert (code, "operator" in told, "00:00–24:00" in told) == (1, True, True)
    assert said("nothing", "--yes")[0] == 1
    made = operator.post(f"{BASE}/plan-policies", json={"kind": "hvac", "least_service": 0}).json()
    code, told = said(job_id, "--yes", "--json")
    assert (code, json.loads(told)["run"]["policy_id"]) == (0, made["id"])
    again = operator.post(f"{BASE}/plans/{job_id}/under-policy")
    assert (again.status_code, "carried out already" in again.text) == (409, True)
    assert operator.post(f"{BASE}/plans/nothing/under-policy").status_code == 404
    [run] = operator.get(f"{BASE}/plan-runs").json()["runs"]
    assert "policy" in run["policy"]["en"]


def test_a_device_is_given_back_by_a_command_too(operator: TestClient, bus: Loopback) -> None:
    shown = operator.post(f"{BASE}/commands/preview", json={"action": "release", "devices": ["fcu-0"]}).json()
    assert (shown["allowed"], shown["writes"][0]["new"]) == (True, None)
    done = operator.post(f"{BASE}/commands", json={"preview": shown["id"]})
    assert (done.json()["writes"][0]["state"], bus.sent) == ("acknowledged", [("fcu-0-sw", None)])
    log = operator.get(f"{BASE}/commands").json()
    assert next(iter(log.values()))[0]["new"] is None


def test_the_shell_drafts_lists_tells_and_stops(
    operator: TestClient, house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from yuanli.cli import main

    draft = operator.post(f"{BASE}/plan-drafts/devices", json={"day": "today"}).json()
    job_id = solved(operator, draft["document"])
    shown = operator.get(f"{BASE}/plans/{job_id}/approval").json()
    run = operator.post(f"{BASE}/plans/{job_id}/approval", json={"fingerprint": shown["fingerprint"]}).json()
    folder, file = str(house.settings.data_dir), tmp_path / "d.json"

    def said(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["carry", *words, "--data-dir", folder])
        assert ended.value.code in (0, None)
        return capsys.readouterr().out

    assert "1" in said("draft", "-o", str(file))
    assert json.loads(file.read_text())["kind"] == "devices"
    assert json.loads(said("list", "--json"))["id"] == run["id"]
    assert json.loads(said("record", run["id"], "--json"))["run_id"] == run["id"]
    assert said("record", run["id"])
    assert json.loads(said("stop", run["id"], "--json"))["outcome"] == "stopped"
