"""The page of energy, with meters that count and meters that are silent, in both languages and sizes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from .conftest import DESK, PHONE, SHOTS, Profiles, Site

pytestmark = pytest.mark.browser
KEY = re.compile(r"\b(?:nav|energy)\.[a-z]\w+\b")
Opened = Callable[[str, ViewportSize], Page]


@pytest.fixture
def energy(profiles: Profiles, furnished: Site, furnished_cookie: str) -> Iterator[Opened]:
    """Open the page of energy of a week: `energy("zh", PHONE)`."""
    with profiles.visits() as visit:

        def make(language: str, size: ViewportSize) -> Page:
            page = visit(furnished.url, language, furnished_cookie)
            page.set_viewport_size(size)
            page.goto("/energy?length=week")
            return page

        yield make


@pytest.mark.parametrize(("language", "size"), [("zh", PHONE), ("en", DESK)])
def test_energy_is_told_drawn_ranked_and_entered(energy: Opened, language: str, size: ViewportSize) -> None:
    page = energy(language, size)
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


def pointed_at(page: Page, chart: str, x: float, y: float) -> str:
    """Return what a chart tells of itself at a place of its box, from 0 to 1 from its left upper corner."""
    picture = page.get_by_role("img", name=chart, exact=True)
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x * box["width"] + 3, box["y"] + y * box["height"])
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    told = picture.locator("div").last
    expect(told).to_be_visible()
    return str(told.inner_text())


def test_flows_ranking_and_calendar_tell_what_the_meters_counted(energy: Opened) -> None:
    page = energy("en", DESK)
    with page.expect_response(re.compile("/energy/ranking"), timeout=60_000) as answered:
        page.reload()
    ranked = [row for row in answered.value.json()["rows"] if row["rank"] is not None]
    expect(page.locator("[data-test=chart]:has(canvas)")).to_have_count(3, timeout=60_000)
    rows = page.locator("[data-test=ranking] tbody tr")
    expect(rows).to_have_count(len(ranked))
    assert len(ranked) > 5
    for at, row in enumerate(ranked):
        cells = rows.nth(at).locator("td").all_inner_texts()
        assert row["place"]["name"]["en"] in cells[1]
        assert abs(float(cells[2].replace(",", "")) - row["value"]) <= 1
    assert re.search(r"Grid.*kWh", pointed_at(page, "Energy flows", 0.01, 0.4))
    assert re.search(
        r"\d{4}-\d\d-\d\d \d\d:00 · [\d.]+ kWh", pointed_at(page, "Heat calendar (day × hour)", 0.3, 0.1)
    )
    page.locator(".el-switch").first.click()
    expect(page.locator("[data-test=ranking] thead")).to_contain_text("m²")


def test_what_no_meter_tells_is_said(energy: Opened) -> None:
    page = energy("en", DESK)
    page.locator("[data-test=medium]").get_by_text("Gas").click()
    expect(page.locator("[data-test=note]")).to_contain_text(re.compile("gas"), timeout=60_000)
    expect(page.locator("[data-test=tile-span]")).to_contain_text("–")
