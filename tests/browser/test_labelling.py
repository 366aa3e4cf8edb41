"""From an uploaded file to the examples that are learned from, by two people and their keyboards; and training runs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .conftest import LOCALES, SHOTS, Site

pytestmark = pytest.mark.browser
PASSWORD = "a long enough passphrase"
YAML = """intent: guidance_route
zh: |
  从[北门](origin)到[食堂](destination)
  去[A座301](destination)
en: |
  take me to the [food court](destination)
---
intent: guidance_locate
zh: |
  [食堂](place)在哪
"""
DESK, PHONE = (1280, 800), (390, 780)
KEY = re.compile(r"\b(?:nav|datasets|statistic|dataFinding|leak|labelState|labelling|runs)\.[a-z]\w+\b")
People = Callable[..., Page]


@pytest.fixture(scope="module")
def cookies(browser: Browser, furnished: Site) -> dict[str, str]:
    """Return the sessions of the administrator and of an operator, wang."""
    found: dict[str, str] = {}
    for name, password in (("admin", furnished.password), ("wang", PASSWORD)):
        context = browser.new_context(base_url=furnished.url, extra_http_headers={"Origin": furnished.url})
        ask = context.request
        assert ask.post("/v1/session", data={"username": name, "password": password}).ok
        if name == "admin":
            user = {"username": "wang", "password": PASSWORD, "role": "operator"}
            assert ask.post("/v1/users", data=user).ok
        found[name] = next(c["value"] for c in context.cookies() if c["name"] == "yuanli_session")
        context.close()
    return found


@pytest.fixture
def person(browser: Browser, furnished: Site, cookies: dict[str, str]) -> Iterator[People]:
    """Open a page as somebody: `person("wang", "en", size=PHONE)`."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(name: str, language: str = "zh", *, size: tuple[int, int] = DESK) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(base_url=furnished.url, locale=LOCALES[language], viewport=viewport)  # type: ignore[arg-type]
        contexts.append(context)
        context.add_cookies([{"name": "yuanli_session", "value": cookies[name], "url": furnished.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(300)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def keys(page: Page, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def label_all(page: Page, place: str, *, careless: bool) -> None:
    """Label the four examples with the keyboard alone; who is careless takes a place for a destination."""
    page.goto(f"/datasets/{place}/label")
    board = page.locator("[data-test='board']")
    expect(board).to_be_focused()
    keys(page, "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight")  # 从[北门]
    keys(page, "o")
    palette = page.locator("[data-test='palette']")
    expect(palette.locator("input")).to_have_value("o")
    page.keyboard.type("rigin")
    keys(page, "Enter")
    expect(board.locator("small")).to_have_text(["origin"])
    keys(page, "ArrowRight", "Shift+End", "/")
    page.keyboard.type("place" if careless else "destination")
    keys(page, "Enter")
    expect(board.locator("small")).to_have_count(2)
    keys(page, "Backspace")
    expect(board.locator("small")).to_have_count(1)
    keys(page, "Control+z")
    expect(board.locator("small")).to_have_count(2)
    keys(page, "1")
    expect(page.locator("[data-test='labels'] .chosen")).to_contain_text("guidance_route")
    shot(page, f"label-{'careless' if careless else 'careful'}")
    for expected in ("A座301", "food court", "在哪"):
        keys(page, "Enter")
        expect(board).to_contain_text(expected)
        expect(board).to_be_focused()
        keys(page, "1")
    keys(page, "l")
    page.keyboard.type("ocate")
    keys(page, "Enter", "Enter")
    expect(page.locator(".el-result")).to_be_visible()


def test_two_people_label_and_what_they_dispute_is_decided(person: People, tmp_path: Path) -> None:
    (source := tmp_path / "mine.yaml").write_text(YAML, "utf-8")
    (broken := tmp_path / "broken.jsonl").write_text('{"text": "好"}\n{\n', "utf-8")
    admin = person("admin")
    admin.goto("/datasets")
    admin.locator("[data-test='upload']").click()
    admin.locator("[data-test='files']").set_input_files(broken)
    admin.locator("[data-test='send']").click()
    expect(admin.locator("[data-test='faults']")).to_contain_text("broken.jsonl:2")
    shot(admin, "dataset-refused")
    admin.locator("[data-test='files']").set_input_files(source)
    admin.locator("input[name='dataset-name']").fill("浏览器例句")
    admin.locator("[data-test='send']").click()
    admin.get_by_role("link", name="浏览器例句").click()
    admin.wait_for_url(re.compile(r"/datasets/[\w-]+"))
    place = admin.url.split("/datasets/")[1].split("?")[0]
    shot(admin, "dataset")

    label_all(admin, place, careless=False)
    wang = person("wang", "en")
    label_all(wang, place, careless=True)
    wang.get_by_role("button", name="Agreement").click()
    expect(wang.locator("[data-test='count-disputed']")).to_contain_text("1")
    expect(wang.locator("[data-test='count-agreed']")).to_contain_text("3")
    expect(wang.locator("[data-test='pairs']")).to_contain_text("admin · wang")
    shot(wang, "agreement")

    admin.goto(f"/datasets/{place}?tab=agreement")
    dispute = admin.locator("[data-test='disagreement']")
    expect(dispute).to_have_count(1)
    dispute.locator("section", has_text="admin").locator("[data-test='take']").click()
    expect(dispute).to_have_count(0)
    expect(admin.locator("[data-test='count-decided']")).to_contain_text("1")
    admin.locator(".states").get_by_text("已裁定").click()
    expect(admin.locator("[data-test='disagreement']")).to_contain_text("最终结果（admin）")
    shot(admin, "decided")
    admin.locator("[data-test='export']").click()
    with admin.expect_download() as download:
        admin.locator("[data-test='export-final']").click()
    rows = [json.loads(line) for line in Path(download.value.path()).read_text("utf-8").splitlines()]
    assert [row["text"] for row in rows] == [
        "从[北门](origin)到[食堂](destination)",
        "去A座301",
        "take me to the food court",
        "食堂在哪",
    ]
    assert rows[0]["provenance"]["adjudicated_by"] == "admin"
    assert rows[3]["intent"] == "guidance_locate"


def test_a_span_is_marked_with_the_mouse_and_nobody_sees_the_labels_of_another(
    person: People, tmp_path: Path
) -> None:
    (source := tmp_path / "mouse.csv").write_text("text,intent\nfood court please,guidance_route\n", "utf-8")
    wang = person("wang", "en")
    wang.goto("/datasets")
    wang.locator("[data-test='upload']").click()
    wang.locator("[data-test='files']").set_input_files(source)
    wang.locator("[data-test='send']").click()
    row = wang.locator("tr", has_text="mouse.csv")
    row.get_by_role("button", name="Label").click()
    board = wang.locator("[data-test='board']")
    first, last = (board.locator(".token", has_text=word).bounding_box() for word in ("food", "court"))
    assert first
    assert last
    wang.mouse.move(first["x"] + 4, first["y"] + 12)
    wang.mouse.down()
    wang.mouse.move(last["x"] + 8, last["y"] + 12, steps=6)
    wang.mouse.up()
    expect(board.locator(".token.selected")).to_have_text(["food", " ", "court"])
    shot(wang, "label-selection")
    wang.locator("[data-test='types'] button").first.click()
    expect(board.locator(".span")).to_contain_text("food court")
    wang.locator("[data-test='labels'] button").first.click()
    url = wang.url
    wang.keyboard.press("Enter")
    expect(wang.locator(".el-result")).to_be_visible()
    admin = person("admin", "en")
    admin.goto(url)
    expect(admin.locator("[data-test='board']")).to_contain_text("food court")
    expect(admin.locator("[data-test='board'] .span")).to_have_count(0)
    expect(admin.locator("[data-test='labels'] .chosen")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_runs_are_listed_and_two_are_compared(person: People, language: str, size: tuple[int, int]) -> None:
    page = person("wang", language, size=size)
    page.goto("/runs")
    rows = page.locator("[data-test='runs'] tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.last).to_contain_text("damaged")
    expect(page.locator("[data-test='chart'] canvas")).to_be_visible()
    rows.nth(1).locator(".el-checkbox").click()
    differs = page.locator("[data-test='recipe'] .differs")
    expect(differs).to_have_count(2)
    expect(differs.last).to_contain_text("optimiser.learning_rate")
    expect(page.locator("[data-test='scores'] .better").first).to_contain_text("p < 0.001")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    words = page.locator("body").inner_text()
    assert not KEY.search(words)
    assert language == "zh" or not re.search("[\u4e00-\u9fff]", words.replace("中文", ""))
    page.locator("main").evaluate("main => main.scrollTo(0, 0)")
    shot(page, f"runs-{language}-{size[0]}")
    page.locator("main").evaluate("main => main.scrollTo(0, 600)")
    shot(page, f"runs-lower-{language}-{size[0]}")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_pages_of_data_sets_fit_and_speak_one_language(
    person: People, tmp_path: Path, language: str, size: tuple[int, int]
) -> None:
    (source := tmp_path / "fit.jsonl").write_text(
        "".join(
            json.dumps(
                {"text": f"go to hall {n % 7} now", "intent": f"guidance_{'route' if n % 3 else 'exit'}"}
            )
            + "\n"
            for n in range(40)
        ),
        "utf-8",
    )
    page = person("admin", language, size=size)
    page.goto("/datasets")
    page.locator("[data-test='upload']").click()
    page.locator("[data-test='files']").set_input_files(source)
    page.locator("input[name='dataset-name']").fill(f"fit-{language}-{size[0]}")
    page.locator("[data-test='send']").click()
    page.get_by_role("link", name=f"fit-{language}-{size[0]}").click()
    page.wait_for_url(re.compile(r"/datasets/[\w-]+"))
    place = page.url.split("?")[0]
    for tab in ("statistics", "findings", "leaks", "agreement", "label", "list"):
        page.goto({"label": f"{place}/label", "list": "/datasets"}.get(tab, f"{place}?tab={tab}"))
        expect(page.locator(".el-skeleton")).to_have_count(0)
        expect(page.get_by_role("alert")).to_have_count(0)
        page.locator("h1").first.wait_for()
        shot(page, f"dataset-{tab}-{language}-{size[0]}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        words = page.locator("body").inner_text()
        assert not KEY.search(words)
        if tab != "list" and language == "en":
            assert not re.search("[\u4e00-\u9fff]", words.replace("中文", ""))
