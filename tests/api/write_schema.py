"""Write the schema that the console's client is made from: `make client`."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.api.house import Clock, small_house

from yuanli.api import create_app

SCHEMA = Path(__file__).parents[2] / "web" / "openapi.json"

if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        house = small_house(Path(folder), Clock())
        text = json.dumps(create_app(house).openapi(), ensure_ascii=False, indent=1)
        house.close()
    SCHEMA.write_text(text + "\n", encoding="utf-8")
