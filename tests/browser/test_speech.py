"""Asking by voice: the microphone records, what was said is asked; where it can't, it says why."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from tests.services.fake import Fake, says

from .conftest import LOCALES, SPEECH, Open, Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "why"), [("zh", "还没有设置语音识别"), ("en", "No speech recognition")])
def test_without_a_recogniser_the_microphone_says_why(reader: Open, language: str, why: str) -> None:
    microphone = reader(language).open("/ask").locator("[data-test='microphone']")
    expect(microphone).to_be_disabled()
    assert why in (microphone.get_attribute("title") or "")


@pytest.fixture
def visitor(browser: Browser, furnished: Site) -> Iterator[BrowserContext]:
    for part in SPEECH:
        pytest.importorskip(part)
    context = browser.new_context(base_url=furnished.url, locale=LOCALES["zh"])
    yield context
    context.close()


def test_what_was_said_is_asked(visitor: BrowserContext, recogniser: Fake) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed")
    recogniser.plays = [says({"text": "抱告厅在哪里"})]
    page = visitor.new_page()
    page.goto("/ask")
    microphone = page.locator("[data-test='microphone']")
    expect(microphone).to_have_attribute("aria-label", "按一下开始说话")
    microphone.click()
    expect(microphone).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(3000)
    microphone.click()
    expect(page.locator(".mine")).to_have_text("报告厅在哪里")
    expect(page.locator("[data-test='reply']")).to_contain_text("报告厅")
    expect(microphone).to_have_attribute("aria-pressed", "false")


def test_what_went_wrong_is_told(visitor: BrowserContext, recogniser: Fake) -> None:
    recogniser.plays = [says({}, 401)]
    page = visitor.new_page()
    page.goto("/ask")
    microphone = page.locator("[data-test='microphone']")
    microphone.click()
    page.wait_for_timeout(3000)
    microphone.click()
    expect(page.locator("[data-test='unheard']")).not_to_be_empty()
    expect(microphone).to_be_enabled()
