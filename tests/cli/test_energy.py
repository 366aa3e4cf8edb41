"""Energy from the shell."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.test_commands import run
from tests.operations.metered import BUILDING, SHANGHAI, counting, meter, metered_campus, metered_house

DAY = datetime(2026, 5, 7, tzinfo=SHANGHAI)


def test_a_place_is_told_by_its_name_as_a_table_and_as_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    house = metered_house(tmp_path, metered_campus(*meter("main", BUILDING)))
    counting(house, "main-e", DAY - timedelta(days=2), DAY + timedelta(days=2), 10)
    house.close()
    store = ("--data-dir", str(tmp_path))
    span = ("--from", "2026-05-07", "--to", "2026-05-08")
    code, out, _ = run(capsys, "energy", "A座", *span, "--json", *store)
    told = json.loads(out)
    assert (code, told["place"]["id"], round(told["media"][0]["amount"])) == (0, BUILDING, 240)
    code, out, _ = run(capsys, "energy", *span, *store)
    assert (code, "240.0 kWh" in out) == (0, True)
    code, out, _ = run(capsys, "energy", *span, "--every", "hour", "--medium", "electricity", *store)
    assert (code, out.count("10.00")) == (0, 24)
    code, _, err = run(capsys, "energy", "--from", "soon", *store)
    assert (code, "soon" in err) == (2, True)
    assert run(capsys, "energy", "--medium", "steam", *store)[0] == 2
    assert run(capsys, "energy", "attic-of-nowhere", *span, *store)[0] == 1
