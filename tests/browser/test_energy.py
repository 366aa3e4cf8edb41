"""The page of energy, with meters that count and meters that are silent, in both languages and sizes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import LOCALES, SHOTS, Site

pytestmark = pytest.mark.browser
DESK, PHONE = (1280, 800), (390, 780)
KEY = re.compile(r"\b(?:nav|energy)\.[a-z]\w+\b")


def opened(browser: Browser, furnished: Site, language: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(
        locale=LOCALES[language], viewport={"width": size[0], "height": size[1]}, base_url=furnished.url
    )
    origin = {"Origin": furnished.url}
    body = {"username": "admin", "password": furnished.password}
    assert context.request.post("/v1/session", data=body, headers=origin).status == 200
    page = context.new_page()
    page.goto("/energy?length=week")
    return page


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", LOCALES)
def test_energy_is_told_drawn_ranked_and_entered(
    browser: Browser, furnished: Site, language: str, size: tuple[int, int]
) -> None:
    page = opened(browser, furnished, language, size)
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


def test_what_no_meter_tells_is_said(browser: Browser, furnished: Site) -> None:
    page = opened(browser, furnished, "en", DESK)
    page.locator("[data-test=medium]").get_by_text("Gas").click()
    expect(page.locator("[data-test=note]")).to_contain_text(re.compile("gas"), timeout=60_000)
    expect(page.locator("[data-test=tile-span]")).to_contain_text("–")
    page.context.close()
