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


def test_what_no_meter_tells_is_said(energy: Opened) -> None:
    page = energy("en", DESK)
    page.locator("[data-test=medium]").get_by_text("Gas").click()
    expect(page.locator("[data-test=note]")).to_contain_text(re.compile("gas"), timeout=60_000)
    expect(page.locator("[data-test=tile-span]")).to_contain_text("–")
