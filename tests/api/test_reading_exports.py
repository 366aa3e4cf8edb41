"""Readings as files: with the flags of other standards, and with the rules that judged them, on demand."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from fastapi.testclient import TestClient

from yuanli.bootstrap import House
from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.operations import applied_rules

PATH = "/v1/campuses/small/readings"
SPAN = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-03T00:00:00Z"}
SMALL = CampusId("small")


def kept(operator: TestClient) -> None:
    rows = [
        {"point": "meter", "ts": f"2026-05-0{1 + q // 96}T{q % 96 // 4:02}:{q % 4 * 15:02}:00Z", "value": 5 + q % 7 / 8}
        for q in range(192)
    ]  # fmt: skip
    rows[50]["value"] = -9999.0
    assert operator.post(PATH, json=rows).json()["kept"] == 192


def test_flags_and_lineage_are_columns_on_demand(
    house: House, operator: TestClient, member: TestClient, tmp_path: Path
) -> None:
    kept(operator)
    house.telemetry.clean(SMALL)
    asked: dict[str, str | bool | list[str]] = {
        "point": "meter",
        **SPAN,
        "flags": ["opc_ua", "bacnet", "qartod"],
        "lineage": True,
    }
    reply = member.get(f"{PATH}/export", params=asked)
    assert reply.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert len(rows) >= 192
    assert list(rows[0]) == [
        "point", "time", "raw", "value", "quality", "reasons", "opc_ua_status", "bacnet_reliability",
        "bacnet_status_flags", "qartod_flag", "rules_version", "judged_on", "judgement_run",
    ]  # fmt: skip
    late = ["suspect", "0x40000000", "unreliable-other", "0100", "3"]
    flags = ("quality", "opc_ua_status", "bacnet_reliability", "bacnet_status_flags", "qartod_flag")
    assert [rows[0][name] for name in flags] == late
    (bad,) = [row for row in rows if row["raw"] == "-9999.0"]
    assert bad["time"] == "2026-05-01T12:30:00.000000Z"
    assert [bad[name] for name in flags] == ["bad", "0x808C0000", "no-sensor", "0100", "4"]
    assert {row["rules_version"] for row in rows} == {str(applied_rules().version)}
    parquet = member.get(f"{PATH}/export", params={"point": "meter", **SPAN, "format": "parquet"})
    (tmp_path / "r.parquet").write_bytes(parquet.content)
    told = duckdb.connect().execute(f"SELECT * FROM '{tmp_path}/r.parquet' ORDER BY time")
    assert [name for name, *_ in told.description or ()] == [
        "point",
        "time",
        "raw",
        "value",
        "quality",
        "reasons",
    ]
    assert [row[2] for row in told.fetchall()][50] == -9999.0
    assert member.get(f"{PATH}/export", params={**asked, "flags": "modbus"}).status_code == 422


def test_which_rules_gave_a_flag_is_told_and_late_readings_are_judged_by_those_of_then(
    house: House, operator: TestClient, member: TestClient
) -> None:
    kept(operator)

    def judged_by() -> list[dict[str, object]]:
        told = member.get(PATH, params={"point": "meter", **SPAN}).json()["judged_by"]
        assert isinstance(told, list)
        return told

    assert judged_by() == []
    house.telemetry.clean(SMALL)
    (one,) = judged_by()
    assert (one["start"], one["version"]) == (SPAN["from"], applied_rules().version)
    assert one["parameters"] == dict(applied_rules().parameters)
    late = {"point": "meter", "ts": "2026-05-02T23:55:00Z", "value": 6.0}
    operator.post(PATH, json=late)
    assert [span["end"] for span in judged_by()] == ["2026-05-02T23:45:00.000001Z"]
    point = PointId(FeatureId("meter"))
    house.telemetry.clean(SMALL)
    end = datetime(2026, 5, 3, tzinfo=UTC)
    (span,) = house.telemetry.lineage(SMALL, point, datetime(2026, 5, 1, tzinfo=UTC), end)
    assert span.end.isoformat() == "2026-05-02T23:55:00.000001+00:00"
