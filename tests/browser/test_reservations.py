"""Rooms are reserved by the clock of the campus, whatever clock the device has."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.conftest import Open


def test_a_reservation_made_far_away_has_the_campus_s_times(reader: Open) -> None:
    far = reader("en", admin=True, zone="America/New_York")
    page = far.open("/reservations")
    expect(page.locator("[data-test=zone]")).to_contain_text("Asia/Shanghai")
    page.locator(".tools .el-date-editor input").fill("2027-03-03")
    page.keyboard.press("Enter")
    strip = page.locator("[data-test=room] .strip.free").first
    strip.focus()
    page.keyboard.press("Enter")
    dialog = page.locator(".el-dialog:visible")
    times = dialog.locator(".el-range-input")
    start, end = times.nth(0).input_value(), times.nth(1).input_value()
    assert (start, end) == ("07:00", "08:00")
    with page.expect_response(lambda reply: reply.request.method == "POST") as sent:
        dialog.locator("[data-test=reserve]").click()
    body = sent.value.request.post_data_json or {}
    assert (body.get("start"), body.get("end")) == ("2027-03-02T23:00:00.000Z", "2027-03-03T00:00:00.000Z")
    assert sent.value.ok or "closed" in sent.value.json()["message"]["en"], sent.value.text()
