"""Points, their quality and labelled intervals in the browser, in both languages, on desks and phones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Open, Reader, Site

POINT_KIND = "air_temperature"


@pytest.fixture(scope="module")
def point(browser: Browser, site: Site, admin_cookie: str) -> Iterator[str]:
    """Push two days of a room's temperature with a wrong number in it; return the point's id."""
    context = browser.new_context(base_url=site.url)
    context.add_cookies([{"name": "yuanli_session", "value": admin_cookie, "url": site.url}])
    points = context.request.get("/v1/campuses/demo/points").json()["points"]
    found = next(one["id"] for one in points if one["quantity"] == POINT_KIND)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    rows: list[dict[str, Any]] = [
        {"point": found, "ts": (now - timedelta(minutes=5 * i)).isoformat(), "value": 21 + (i % 7) / 10}
        for i in range(576)
    ]
    rows[100]["value"] = -999
    reply = context.request.post(
        "/v1/campuses/demo/readings", data=rows, headers={"Origin": site.url}, timeout=60_000
    )
    assert reply.ok, reply.text()
    yield found
    context.close()


def drag(page: Page, start: float, end: float) -> None:
    """Drag over a part of the curve, in shares of its width."""
    box = page.locator("[data-test=curve]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + start * box["width"], box["y"] + 180)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], box["y"] + 190, steps=5)
    page.mouse.up()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_point_is_found_looked_at_and_overruled(reader: Open, point: str, language: str) -> None:
    own: Reader = reader(language, admin=True)
    page = own.open("/points")
    page.locator("[data-test=search]").fill(point)
    page.locator("[data-test=points] .name").first.click()
    page.locator("[data-test=curve]").wait_for()
    page.locator("[data-test=select]").click()
    page.wait_for_timeout(500)
    drag(page, 0.3, 0.5)
    page.locator("[data-test=verdict-bad]").click()
    page.locator("[data-test=overrule-save]").click()
    expect(page.locator("[data-test=undo]").first).to_be_visible()
    own.shot("point")
    page.locator("[data-test=undo]").first.click()
    expect(page.locator("[data-test=undo]")).to_have_count(0)
    assert own.complaints == []


def test_quality_tells_the_points_that_send_first_also_on_a_phone(reader: Open, point: str) -> None:
    own = reader("zh", admin=True, phone=True)
    page = own.open("/quality")
    first = page.locator("[data-test=quality-row] a").first
    expect(first).to_have_attribute("href", f"/points/{point}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    own.shot("quality-phone")
    assert own.complaints == []


def test_an_interval_is_marked_with_keys_and_saved(reader: Open, point: str) -> None:
    own = reader("en", admin=True)
    page = own.open("/intervals")
    now = datetime.now(UTC)
    label = {"name": "on", "title": {"zh": "开", "en": "On"}, "colour": "#2e9e6b"}
    made = page.request.post(
        "/v1/campuses/demo/intervals",
        data={
            "name": "heating", "kind": "device_states", "labels": [label], "points": [point], "reviewers": 1,
            "from": (now - timedelta(days=2)).isoformat(), "to": (now - timedelta(days=1)).isoformat(),
        },
        headers={"Origin": page.url.rsplit("/", 1)[0]},
    )  # fmt: skip
    assert made.ok, made.text()
    page = own.open(f"/intervals/{made.json()['id']}/label")
    page.locator("[data-test=curve]").wait_for()
    page.wait_for_timeout(500)
    page.keyboard.press("1")
    drag(page, 0.3, 0.6)
    expect(page.locator("[data-test=mark]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=mark]")).to_have_count(0)
    page = own.open(f"/intervals/{made.json()['id']}")
    expect(page.locator("[data-test=count-agreed]")).to_contain_text("1")
    own.shot("intervals")
    assert own.complaints == []


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_a_file_of_readings_is_mapped_checked_and_imported(
    reader: Open, point: str, language: str, phone: bool
) -> None:
    own = reader(language, admin=True, phone=phone)
    page = own.open("/points")
    page.locator("[data-test=bring-readings]").click()
    day = "2024-05-01" if language == "zh" else "2024-05-02"
    rows = [f"{day} {hour:02}:00,{20 + hour / 10},{hour}" for hour in range(24)]
    text = "\n".join([f"时间,{point},老表", *rows, f"{day} 25:00,1,2"])
    page.locator("[data-test=file]").set_input_files(
        {"name": "may.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.locator("[data-test=role]").nth(2).click()
    page.get_by_role("option", name="不用" if language == "zh" else "Not used").locator(
        "visible=true"
    ).click()
    page.locator("[data-test=check]").click()
    expect(page.locator("[data-test=figure-fresh]")).to_contain_text("24")
    expect(page.locator("[data-test=faults]")).to_contain_text("25:00")
    expect(page.locator("[data-test=import]")).to_be_disabled()
    own.shot(f"readings-file{'-phone' if phone else ''}")
    page.locator("[data-test=leave-out]").click()
    page.locator("[data-test=import]").click()
    expect(page.locator("[data-test=imported]")).to_contain_text("24")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator(f".el-dialog a[href='/points/{point}']").click()
    page.locator("[data-test=curve]").wait_for()
    assert own.complaints == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_table_of_points_is_told_kept_and_undone(reader: Open, language: str) -> None:
    own = reader(language, admin=True)
    page = own.open("/points")
    page.locator("[data-test=bring-points]").click()
    file = page.locator(".el-dialog [data-test=file]")
    head = "id,name_zh,brick_class,unit\n"
    for rows, told in ((f"new-{language},新测点,Temperature_Sensor,furlong\n", "faults"),
                       (f"new-{language},新测点,Temperature_Sensor,°C\n", "told")):  # fmt: skip
        file.set_input_files({"name": "points.csv", "mimeType": "text/csv", "buffer": (head + rows).encode()})
        page.locator(f"[data-test={told}]").wait_for()
        own.shot(f"points-file-{told}")
    page.locator("[data-test=keep-points]").click()
    page.locator("[data-test=kept]").wait_for(timeout=45_000)
    kept = page.request.get("/v1/campuses/demo/points").json()["points"]
    assert f"new-{language}" in {one["id"] for one in kept}
    page.locator("[data-test=undo-points]").click()
    expect(page.locator("[data-test=kept]")).to_be_hidden()
    left = page.request.get("/v1/campuses/demo/points").json()["points"]
    assert f"new-{language}" not in {one["id"] for one in left}
    assert own.complaints == []
