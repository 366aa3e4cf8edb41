"""The page of energy, with meters that count and meters that are silent, in both languages and sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from yuanli.bootstrap import open_house
from yuanli.campus import DataPoint
from yuanli.settings import load_settings
from yuanli.telemetry import Readings

from .conftest import LOCALES, SHOTS, Site, serving

pytestmark = pytest.mark.browser
DESK, PHONE = (1280, 800), (390, 780)
KEY = re.compile(r"\b(?:nav|energy)\.[a-z]\w+\b")
MAIN = "Building_Electrical_Meter"


def fill(folder: Path) -> None:
    """Keep three weeks of the demo park's main electricity meters."""
    house = open_house(load_settings(data_dir=folder))
    house.ensure_demo()
    campus = house.places.campus(house.places.summaries()[-1].id)
    devices = {f.id for f in campus.features.values() if getattr(f, "brick_class", "") == MAIN}
    points = [
        p for p in campus.of(DataPoint) if p.device_id in devices and p.brick_class.endswith("Energy_Sensor")
    ]
    end = int(datetime.now(UTC).timestamp()) // 3600 * 3600
    at = (end - np.arange(21 * 24, -1, -1, dtype=np.int64) * 3600) * 1_000_000
    for kw, number in enumerate(house.readings.number_points(campus.id, [p.id for p in points]), start=50):
        value = 1000.0 + kw * np.arange(len(at), dtype=np.float64)
        house.readings.write(
            Readings(point=np.full(len(at), number, np.int32), at=at, value=value, received=at)
        )
    house.close()


@pytest.fixture(scope="module")
def place(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    del browser
    folder = tmp_path_factory.mktemp("energy")
    fill(folder / "data")
    with serving(folder) as served:
        yield served


def opened(browser: Browser, place: Site, language: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(
        locale=LOCALES[language], viewport={"width": size[0], "height": size[1]}, base_url=place.url
    )
    origin = {"Origin": place.url}
    body = {"username": "admin", "password": place.password}
    assert context.request.post("/v1/session", data=body, headers=origin).status == 200
    page = context.new_page()
    page.goto("/energy?length=week")
    return page


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", LOCALES)
def test_energy_is_told_drawn_ranked_and_entered(
    browser: Browser, place: Site, language: str, size: tuple[int, int]
) -> None:
    page = opened(browser, place, language, size)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    expect(page.locator("[data-test=cost]")).to_be_visible(timeout=60_000)
    expect(page.locator("[data-test=tile-span]")).to_contain_text("kWh")
    expect(page.locator("[data-test=tile-cost]")).to_contain_text("¥")
    expect(page.locator("[data-test=chart]:has(canvas)")).to_have_count(3, timeout=30_000)
    text = page.locator("main").inner_text()
    assert KEY.search(text) is None
    page.screenshot(path=str(SHOTS / f"energy-{language}-{'desk' if size is DESK else 'phone'}.png"))
    with page.expect_download() as told:
        page.locator("[data-test=export]").click()
    assert Path(told.value.path()).read_text("utf-8-sig").count("\n") > 7 * 24
    page.locator("[data-test=ranking]").locator("tbody tr").first.locator("button").click()
    page.wait_for_url(re.compile("place="))
    expect(page.locator(".path button")).to_have_count(2, timeout=30_000)
    assert not faults
    page.context.close()


def test_what_no_meter_tells_is_said(browser: Browser, place: Site) -> None:
    page = opened(browser, place, "en", DESK)
    page.locator("[data-test=medium]").get_by_text("Gas").click()
    expect(page.locator("[data-test=note]")).to_contain_text(re.compile("gas"), timeout=60_000)
    expect(page.locator("[data-test=tile-span]")).to_contain_text("–")
    page.context.close()
