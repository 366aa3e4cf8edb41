"""Guidance, in a real browser: the way, its floors, and what changes it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, expect

from .conftest import Open, Reader, Site

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
IDLE = ".map-canvas[data-idle='true']"


def _ends(request: APIRequestContext) -> tuple[str, str]:
    """Return the ids of an outdoor gate and of a room above the ground."""
    hits = request.get("/v1/campuses/demo/find?q=北门").json()["hits"]
    rooms = request.get("/v1/campuses/demo/features?type=unit&q=报告厅").json()["items"]
    upper = request.get("/v1/campuses/demo/features?type=unit&limit=500").json()["items"]
    high = [
        r for r in [*rooms, *upper] if r["spot"] and r["spot"]["ordinal"] >= 2 and r["category"] != "stairs"
    ]
    return hits[0]["place_id"], high[0]["id"]


def _open(reader: Reader, **more: str) -> tuple[str, str]:
    start, goal = _ends(reader.page.request)
    extra = "".join(f"&{key}={value}" for key, value in more.items())
    reader.open(f"/go?from={start}&to={goal}{extra}")
    reader.page.locator("[data-test='steps'] li").first.wait_for()
    return start, goal


@LANGUAGES
def test_a_link_shows_the_way_with_its_steps(reader: Open, language: str) -> None:
    visitor = reader(language)
    _open(visitor)
    page = visitor.page
    steps = page.locator("[data-test='steps'] li")
    assert steps.count() >= 3
    chinese = re.search("[\u4e00-\u9fff]", steps.first.inner_text())
    assert bool(chinese) == (language == "zh")
    page.locator(IDLE).wait_for()
    visitor.shot("guidance")
    assert visitor.complaints == []


def test_a_link_may_use_names_and_shows_them_in_the_readers_language(reader: Open) -> None:
    visitor = reader("en")
    page = visitor.open("/go?from=北门&to=报告厅")
    page.locator("[data-test='steps'] li").first.wait_for()
    expect(page.locator("input[data-test='from']")).to_have_value("North Gate")
    expect(page.locator("input[data-test='to']")).to_have_value("Lecture hall")
    assert visitor.complaints == []


def test_on_a_phone_the_form_gives_way_to_the_steps(reader: Open) -> None:
    visitor = reader("zh", phone=True)
    page = visitor.open("/go?from=北门&to=报告厅")
    page.locator("[data-test='steps'] li").first.wait_for()
    expect(page.locator(".ask-form")).to_be_hidden()
    page.get_by_role("button", name="修改起终点").click()
    expect(page.locator(".ask-form")).to_be_visible()
    visitor.shot("phone-guidance")


def test_the_floor_follows_the_step(reader: Open) -> None:
    visitor = reader("zh")
    _open(visitor)
    page = visitor.page
    before = page.locator(".floors [aria-checked='true']").get_attribute("data-ordinal")
    page.locator("[data-test='steps'] li button").last.click()
    expect(page.locator(".floors [aria-checked='true']")).not_to_have_attribute("data-ordinal", before or "")


def test_swapping_turns_the_way_round_and_the_link_follows(reader: Open) -> None:
    visitor = reader("en")
    start, goal = _open(visitor)
    visitor.page.get_by_role("button", name="Swap start and goal").click()
    expect(visitor.page).to_have_url(re.compile(f"from={re.escape(goal)}.*to={re.escape(start)}"))


def test_a_wheelchair_takes_no_stairs(reader: Open) -> None:
    visitor = reader("en")
    _open(visitor)
    with visitor.page.expect_response(lambda reply: "profile=wheelchair" in reply.url) as answered:
        visitor.page.locator("[data-profile='wheelchair']").click()
    modes = {leg["mode"] for leg in answered.value.json()["routes"][0]["legs"]}
    assert "stairs" not in modes
    assert "escalator" not in modes


def test_a_closure_changes_the_open_way_with_a_notice(reader: Open, site: Site) -> None:
    operator = reader("zh", admin=True)
    start, goal = _open(operator, profile="wheelchair")
    page = operator.page
    expect(page.locator("[data-test='live']")).to_have_attribute("data-state", "on")
    asked = f"/v1/campuses/demo/route?from={start}&to={goal}&profile=wheelchair"
    route: dict[str, Any] = page.request.get(asked).json()["routes"][0]
    lift = next(step for step in route["steps"] if step["maneuver"].startswith("elevator"))
    body = {"feature_ids": [lift["feature_id"]], "reason": {"zh": "电梯检修", "en": "Lift maintenance"}}
    headers = {"Origin": site.url}
    closed = page.request.post("/v1/campuses/demo/closures", data=body, headers=headers)
    assert closed.ok, closed.text()
    try:
        expect(page.locator("[data-test='changed']")).to_be_visible()
        operator.shot("guidance-changed")
    finally:
        page.request.delete(f"/v1/campuses/demo/closures/{closed.json()['id']}", headers=headers)


@LANGUAGES
def test_what_is_not_there_is_explained_in_the_readers_language(reader: Open, language: str) -> None:
    visitor = reader(language)
    start, _ = _ends(visitor.page.request)
    page = visitor.open(f"/go?from={start}&to=no-such-place-xyz")
    notice = page.get_by_role("alert").first
    expect(notice).to_be_visible()
    assert bool(re.search("[\u4e00-\u9fff]", notice.inner_text())) == (language == "zh")


def test_a_qr_code_is_shown(reader: Open) -> None:
    visitor = reader("zh")
    _open(visitor)
    visitor.page.locator("[data-test='qr']").click()
    code = visitor.page.locator(".code img")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
