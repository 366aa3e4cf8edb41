"""The schema the console's client is made from is that of the code."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi import FastAPI

from yuanli.api import endpoint_table

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "web" / "openapi.json"


def test_the_committed_schema_is_that_of_the_code(app: FastAPI) -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json.loads(json.dumps(app.openapi()))


def test_every_operation_is_described_and_has_a_name_of_its_own(app: FastAPI) -> None:
    operations = [operation for item in app.openapi()["paths"].values() for operation in item.values()]
    assert all(operation["description"] for operation in operations)
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))


def test_the_page_of_the_api_holds_the_table_made_from_the_code(app: FastAPI) -> None:
    assert endpoint_table(app) in (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
