"""The circle that closes: an answer is corrected, the correction reviewed, and a model made live."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import DESK, Open, Profiles, Reader, Site

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
ASKED = {"zh": "从北门到报告厅怎么走", "en": "How do I get from the north gate to the lecture hall?"}
WORDS = {"zh": "找地点", "en": "where a named"}
PLACE = {"zh": ("报", "厅"), "en": ("lecture", "hall")}


def ask(page: Page, words: str) -> Locator:
    """Ask, and return the answer."""
    page.locator("textarea").first.fill(words)
    page.keyboard.press("Enter")
    answer = page.locator("[data-test='reply']").last
    expect(answer.locator("[data-test='why-open']")).to_be_visible()
    return answer


def pick(page: Page, select: Locator, words: str, term: str) -> None:
    """Look for words in a list of terms, and choose one of those that are found."""
    select.locator("input").fill(words)
    options = page.locator(".term-options:visible .el-select-dropdown__item")
    chosen = options.filter(has=page.locator("code", has_text=re.compile(f"^{term}$")))
    expect(options.filter(has_text="dialog_confirm")).to_have_count(0)
    chosen.click()


@LANGUAGES
def test_a_correction_goes_from_the_answer_through_the_queue(reader: Open, language: str) -> None:
    admin = reader(language, admin=True)
    page = admin.open("/ask")
    answer = ask(page, ASKED[language])
    answer.locator("[data-test='why-open']").click()
    why = answer.locator("[data-test='why']")
    expect(why).to_contain_text("guidance_route")
    expect(why.locator("[data-test='no-words'], [data-test='weighed']")).to_be_visible()
    expect(why.locator("mark")).to_have_count(2)
    page.wait_for_timeout(700)  # the scrolling ends
    admin.shot("why")
    assert not re.search(r"\b(?:why|feedback|ask)\.\w+", why.inner_text())

    answer.locator("[data-test='correct']").click()
    dialog = page.locator("[data-test='correct-dialog']")
    expect(dialog.locator("[data-test='send-correction']")).to_be_disabled()
    pick(page, dialog.locator("[data-test='intent']"), WORDS[language], "guidance_locate")
    first, last = PLACE[language]
    for unit in (first, last):
        dialog.locator(".unit", has_text=re.compile(f"^{unit}$")).first.click()
    pick(page, dialog.locator("[data-test='slot-type']"), "place", "place")
    expect(dialog.locator(".el-tag")).to_have_count(2)
    page.wait_for_timeout(300)
    admin.shot("correct")
    dialog.locator("[data-test='send-correction']").click()
    expect(answer.locator("[data-test='thanks']")).to_be_visible()

    page.goto("/feedback")
    item = page.locator("[data-test='feedback']").first
    expect(item).to_contain_text("找地点" if language == "zh" else "lecture hall")
    expect(item).to_have_attribute("aria-current", "true")
    page.keyboard.press("c")
    expect(item.locator("[data-test='meaning']")).to_be_visible()
    admin.shot("feedback-change")
    page.keyboard.press("Escape")
    admin.shot("feedback")
    page.keyboard.press("a")
    expect(page.locator("[data-test='feedback']")).to_have_count(0)
    kept = page.request.get("/v1/feedback?state=accepted").json()["items"][-1]
    assert (kept["text"], kept["corrected"]["intent"]) == (ASKED[language], "guidance_locate")
    types = {slot["type"]: kept["text"][slot["start"] : slot["end"]] for slot in kept["corrected"]["slots"]}
    assert types["place"] in ("报告厅", "lecture hall")
    assert admin.complaints == []


def test_a_thumb_is_given_once_and_can_be_rejected(reader: Open) -> None:
    admin = reader("zh", admin=True, phone=True)
    page = admin.open("/ask")
    answer = ask(page, "最近的洗手间在哪里")
    answer.locator("[data-test='down']").click()
    expect(answer.locator("[data-test='thanks']")).to_be_visible()
    expect(answer.locator("[data-test='up']")).to_have_count(0)
    page.goto("/feedback")
    item = page.locator("[data-test='feedback']").first
    expect(item.locator("[data-test='accept']")).to_be_disabled()
    admin.shot("phone-feedback")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    item.locator("[data-test='reject']").click()
    expect(page.locator("[data-test='feedback']")).to_have_count(0)


def test_the_answer_bar_fits_a_phone(reader: Open) -> None:
    visitor = reader("zh", phone=True)
    page = visitor.open("/ask")
    answer = ask(page, ASKED["zh"])
    answer.locator("[data-test='why-open']").click()
    expect(answer.locator("[data-test='no-words'], [data-test='weighed']")).to_be_visible()
    page.wait_for_timeout(700)
    visitor.shot("phone-why")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    answer.locator("[data-test='correct']").click()
    expect(page.locator("[data-test='correct-dialog']")).to_be_visible()
    page.wait_for_timeout(500)
    visitor.shot("phone-correct")


def decide(page: Page, why: str) -> None:
    """Give the reason that a change is asked for."""
    page.locator(".el-message-box input").fill(why)
    page.locator(".el-message-box .el-button--primary").click()


@LANGUAGES
def test_a_model_is_made_live_and_a_worse_one_is_refused_with_why(
    profiles: Profiles, furnished: Site, furnished_cookie: str, language: str
) -> None:
    with profiles.visits() as visit:
        page = visit(furnished.url, language, furnished_cookie)
        page.set_viewport_size(DESK)
        _make_live_and_refuse(Reader(page=page, language=language, complaints=[]))


def _make_live_and_refuse(shown: Reader) -> None:
    page = shown.page
    page.goto("/models/tiny/1")
    expect(page.locator("[data-test='card']")).to_be_visible()
    if page.locator("[data-test='promote']").count():
        page.locator("[data-test='promote']").click()
        decide(page, "first")
        expect(page.locator("[data-test='gate'] .passed").first).to_be_visible()
    expect(page.locator("[data-test='promote']")).to_have_count(0)
    shown.shot("model-live")

    page.goto("/models/tiny/2")
    page.locator("[data-test='promote']").click()
    decide(page, "second")
    expect(page.get_by_role("alert")).to_contain_text("50")
    expect(page.locator("[data-test='gate'] .failed").first).to_be_visible()
    page.wait_for_timeout(400)
    shown.shot("model-refused")
    words = page.locator("#content").inner_text()
    assert not re.search(r"\b(?:models|gate|score|stage)\.(?!json)\w+", words)

    page.goto("/models")
    expect(page.locator("[data-test='model'] tbody tr").first).to_contain_text("1")
    shown.shot("models")
    page.locator("[data-test='roll-back']").click()
    decide(page, "complaints")
    expect(page.get_by_role("alert").first).to_be_visible()
    page.wait_for_timeout(400)
    shown.shot("models-refused")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/models/tiny/2")
    expect(page.locator("[data-test='card']")).to_be_visible()
    shown.shot("phone-model")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
