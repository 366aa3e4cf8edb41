"""The live layers of the map, in a real browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open

pytestmark = pytest.mark.browser
IDLE = ".map-canvas[data-idle='true']"
ROOM = "a-1f-a115"
"""A meeting room with a temperature sensor."""


def tell(page: Page, url: str, temp_c: float, at: datetime) -> None:
    points = page.request.get(f"/v1/campuses/demo/twin/places/{ROOM}").json()
    point = next(
        point["id"]
        for device in points["devices"]
        for point in device["points"]
        if point["quantity"] == "air_temperature"
    )
    reading = {"point": point, "ts": at.isoformat(), "value": temp_c}
    reply = page.request.post("/v1/campuses/demo/readings", data=reading, headers={"Origin": url})
    assert reply.ok, reply.text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_map_is_coloured_by_what_is_measured_and_follows_it(reader: Open, language: str) -> None:
    admin = reader(language, admin=True)
    page = admin.page
    page.goto("/about")
    url = page.evaluate("location.origin")
    now = datetime.now(UTC)
    tell(page, url, 21.5, now - timedelta(hours=2))
    tell(page, url, 22.5, now)
    admin.open(f"/map?layer=temperature&place={ROOM}")
    page.locator(IDLE).wait_for(timeout=60_000)
    expect(page.locator("[data-test='twin-moment']")).to_have_attribute("data-state", "on")
    expect(page.locator("[data-test='twin-legend']")).to_contain_text("°C")
    card = page.locator("[data-test='twin-card']")
    expect(card).to_contain_text("22.5 °C")
    expect(card.locator("[data-test='sparkline'] canvas")).to_be_visible()
    tell(page, url, 23.5, datetime.now(UTC))
    expect(card).to_contain_text("23.5 °C", timeout=30_000)
    admin.shot("twin")
    page.locator("[data-test='twin-span']").click()
    page.locator(".el-select-dropdown__item:visible").nth(1).click()
    expect(page.locator(".el-select-dropdown__item:visible")).to_have_count(0)
    page.locator("[data-test='twin-play']").click()
    page.locator("[data-test='twin-compare']").click()
    page.locator(".el-select-dropdown__item:visible").nth(1).click()
    expect(page.locator("[data-test='twin-legend']")).to_contain_text("+6")
    admin.shot("twin-compared")
    assert admin.complaints == []


def test_the_slider_goes_back_in_time_and_two_times_stand_side_by_side(reader: Open) -> None:
    admin = reader("en", admin=True)
    page = admin.page
    page.goto("/about")
    url = page.evaluate("location.origin")
    page.goto(f"/map?layer=temperature&place={ROOM}")
    tell(page, url, 18.5, datetime.now(UTC) - timedelta(hours=5))
    page.reload()
    page.locator(IDLE).wait_for(timeout=60_000)
    page.locator("[data-test='twin-span']").click()
    page.locator(".el-select-dropdown__item:visible").nth(1).click()
    slider = page.get_by_role("slider")
    expect(slider).to_be_enabled(timeout=30_000)
    moment = page.locator("[data-test='twin-moment']")
    expect(moment).to_have_attribute("data-state", "on")
    latest = moment.inner_text()
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    expect(moment).not_to_have_text(latest)
    earlier = moment.inner_text()
    page.keyboard.press("Home")
    expect(moment).not_to_have_text(earlier)
    page.locator("[data-test='twin-compare']").click()
    page.locator(".el-select-dropdown__item:visible").nth(1).click()
    page.locator("[data-test='twin-beside']").click()
    expect(page.locator("[data-test='beside'] canvas")).to_be_visible(timeout=60_000)
    expect(page.locator(".map-canvas[data-idle='true']")).to_have_count(2, timeout=60_000)
    admin.shot("twin-beside")
    assert admin.complaints == []


def test_a_visitor_has_no_live_layers(reader: Open) -> None:
    visitor = reader("en")
    page = visitor.open("/map?layer=temperature")
    page.locator(IDLE).wait_for(timeout=60_000)
    expect(page.locator("[data-test='twin']")).to_have_count(0)
    assert visitor.complaints == []
