"""Anomalies and savings in the browser, in both languages, on desks and phones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import Open, Site

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
DAYS = 130


@pytest.fixture(scope="module")
def meter(browser: Browser, site: Site, admin_cookie: str) -> Iterator[str]:
    """Push 130 days of a building's power, left on over the last three nights; return the point's id."""
    context = browser.new_context(base_url=site.url)
    context.add_cookies([{"name": "yuanli_session", "value": admin_cookie, "url": site.url}])
    points = context.request.get("/v1/campuses/demo/points").json()["points"]
    found = next(
        one["id"] for one in points if one["quantity"] == "power" and one["id"].startswith("building")
    )
    now, rng = datetime.now(UTC).replace(minute=0, second=0, microsecond=0), random.Random(0)
    rows: list[dict[str, Any]] = []
    for i in range(DAYS * 24):
        at = now - timedelta(hours=i)
        local = at + timedelta(hours=8)
        work = local.weekday() < 5 and 8 <= local.hour < 18
        value = (90 if work else 70 if i < 72 else 25) * (0.8 if i < 30 * 24 else 1)
        rows.append({"point": found, "ts": at.isoformat(), "value": round(value + rng.gauss(0, 1.5), 2)})
    reply = context.request.post(
        "/v1/campuses/demo/readings", data=rows, headers={"Origin": site.url}, timeout=60_000
    )
    assert reply.ok, reply.text()
    yield found
    context.close()


@LANGUAGES
def test_an_anomaly_shows_its_evidence_cost_and_causes(reader: Open, meter: str, language: str) -> None:
    own = reader(language, admin=True)
    page = own.open("/anomalies")
    card = page.locator("[data-test=anomaly]").first
    expect(card).to_be_visible(timeout=60_000)
    own.shot("anomalies")
    card.locator("button").first.click()
    evidence = card.locator("[data-test=evidence]")
    expect(evidence.locator("[data-test=span-chart] canvas")).to_be_visible()
    expect(evidence.locator(f"a[href='/points/{meter}']")).to_be_visible()
    page.locator("[data-test=volume] summary").click()
    page.wait_for_timeout(500)
    own.shot("anomaly")
    assert own.complaints == []


@LANGUAGES
def test_savings_are_refused_with_a_reason_or_measured(reader: Open, meter: str, language: str) -> None:
    del meter
    own = reader(language, admin=True)
    page = own.open("/anomalies")
    page.locator("#tab-savings").click()
    page.locator("[data-test=meter]").wait_for()
    page.locator("[data-test=measure]").click()
    expect(page.locator("[data-test=no-savings]")).to_be_visible(timeout=30_000)
    own.shot("no-savings")

    today = datetime.now(UTC)
    spans = [(125, 30), (30, 1)]
    for place, days in enumerate(day for span in spans for day in span):
        field = page.locator(".el-range-input").nth(place)
        field.fill((today - timedelta(days=days)).strftime("%Y-%m-%d"))
        field.press("Enter")
    page.keyboard.press("Escape")
    page.locator("[data-test=measure]").click()
    measured = page.locator("[data-test=savings]")
    expect(measured.locator("[data-test=span-chart] canvas")).to_be_visible(timeout=30_000)
    page.locator("h1").click()
    page.wait_for_timeout(800)
    own.shot("savings")
    assert not [one for one in own.complaints if "409" not in one and "422" not in one]


def test_the_page_fits_a_phone(reader: Open, meter: str) -> None:
    del meter
    own = reader("zh", admin=True, phone=True)
    page = own.open("/anomalies")
    expect(page.locator("[data-test=anomaly]").first).to_be_visible(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    own.shot("anomalies-phone")
    assert own.complaints == []
