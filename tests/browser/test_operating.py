"""What operators do to the park from the console: command devices, make and fetch reports, keep tariffs, tune rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser


def test_a_command_that_nothing_can_carry_out_is_told_before_it_is_sent_and_a_device_is_locked(
    reader: Open,
) -> None:
    operator = reader("en", admin=True)
    page = operator.open("/devices")
    page.locator("[data-test=find-device]").fill("fan coil")
    page.locator("[data-test=device-table] [role=row] .el-checkbox").nth(1).click()
    states = page.locator("[data-test=next-states]")
    states.locator("summary").click()
    expect(states).to_contain_text("nothing was measured")
    operator.shot("device")
    page.locator("[data-test=switch-on]").click()
    dialog = page.locator(".el-dialog:visible")
    expect(dialog).to_contain_text("0 points written, 1 left out")
    expect(dialog).to_contain_text("No gateway that runs here reaches the point")
    expect(dialog.locator("[data-test=confirm-command]")).to_be_disabled()
    operator.shot("command")
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Lock", exact=True).click()
    page.get_by_role("tab", name="Commands").click()
    lock = page.locator("li", has_text="admin").filter(has=page.get_by_role("button", name="Unlock"))
    expect(lock).to_have_count(1)
    lock.get_by_role("button", name="Unlock").click()
    expect(lock).to_have_count(0)
    assert not operator.complaints


def test_a_report_is_written_made_and_downloaded(reader: Open) -> None:
    page = reader("en", admin=True).open("/reports")
    page.locator("[data-test=add-report]").click()
    dialog = page.locator(".el-dialog:visible")
    dialog.locator("[data-test=report-name]").fill("Morning round")
    dialog.get_by_text("CSV").click()
    dialog.get_by_text("PDF").click()
    dialog.locator("[data-test=save-report]").click()
    row = page.locator("[data-test=reports] tbody tr", has_text="Morning round").first
    row.locator("[data-test=make-report]").click()
    link = page.locator("a[download]", has_text="CSV").first
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as told:
        link.click()
    text = Path(told.value.path()).read_text("utf-8-sig")
    assert text.startswith("Morning round")
    assert "Cost and carbon" in text


def test_a_tariff_is_kept_and_the_examples_come_back(reader: Open) -> None:
    page = reader("en", admin=True).open("/tariffs")
    expect(page.locator("[data-test=whose]")).to_be_visible()
    page.locator("[data-test=edit-tariff]").first.click()
    dialog = page.locator(".el-dialog:visible")
    demand = dialog.locator(".el-form-item", has_text="Demand charge").locator("input")
    demand.fill("many")
    dialog.locator("[data-test=save-tariff]").click()
    expect(dialog.locator(".el-form-item__error")).not_to_have_count(0)
    demand.fill("41.5")
    dialog.locator("[data-test=save-tariff]").click()
    expect(page.locator("[data-test=whose]")).to_contain_text("admin")
    expect(page.locator("[data-test=tariffs]")).to_contain_text("41.5")
    page.locator("[data-test=reset]").click()
    page.locator(".el-popconfirm:visible .el-button--primary").click()
    expect(page.locator("[data-test=reset]")).to_have_count(0)
    expect(page.locator("[data-test=tariffs]")).not_to_contain_text("41.5")


def test_rules_are_proposed_from_overrules(reader: Open) -> None:
    page = reader("zh", admin=True).open("/quality")
    rules = page.locator("[data-test=rule-tunings]")
    rules.locator("summary").click()
    rules.locator("[data-test=propose]").click()
    expect(rules).to_contain_text("还没有与规则有关的人工判定")
