"""The other pages: what they show, to whom, and in which words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import DESK, Open, Reader

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
PAGES = {
    "map": "/map",
    "go": "/go",
    "ask": "/ask",
    "campuses": "/campuses",
    "features": "/campuses/demo?tab=features",
    "check": "/campuses/demo?tab=check",
    "closures": "/campuses/demo?tab=closures",
    "revisions": "/campuses/demo?tab=revisions",
    "people": "/people",
    "air": "/air",
    "screen": "/screen",
    "devices": "/devices",
    "reports": "/reports",
    "quality": "/quality",
    "tariffs": "/tariffs",
    "points": "/points",
    "feedback": "/feedback",
    "models": "/models",
    "datasets": "/datasets",
    "runs": "/runs",
    "users": "/users",
    "account": "/account",
    "about": "/about",
    "sign-in": "/sign-in",
}
KEY = re.compile(
    r"\b(?:nav|state|map|place|go|ask|campuses|check|features|closures|users|about|import|why|feedback|models|gate|datasets|labelling|runs|places|screen|devices|reports|quality|tariffs|energy|points)\.[a-z]\w+\b"
)


def _settle(reader: Reader) -> str:
    page = reader.page
    expect(page.locator(".el-skeleton")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
    return page.locator("body").inner_text()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_speaks_one_language_without_complaints_and_fits(
    reader: Open, language: str, name: str
) -> None:
    """English on a desk, Chinese on a phone and then, without loading it anew, on a desk."""
    phone = language == "zh"
    admin = reader(language, admin=True, phone=phone, dark=phone and name in {"map", "check", "users"})
    page = admin.open(PAGES[name])
    words = _settle(admin)
    admin.shot(f"page-{name}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if phone:
        page.set_viewport_size(DESK)
        words += _settle(admin)
    assert not KEY.search(words), "a key is shown instead of its words"
    if language == "en":
        for written in page.locator("[data-test='revision']").all_inner_texts():
            words = words.replace(written, "")  # what people wrote stays in their language
        assert not re.search("[\u4e00-\u9fff]", words.replace("中文", ""))
    assert admin.complaints == []


def test_a_visitor_sees_no_entry_that_needs_signing_in(reader: Open) -> None:
    page = reader("zh").open("/map")
    entries = page.locator("nav.side li").all_inner_texts()
    assert [e.strip() for e in entries] == ["实时地图", "路线导航", "智能助手", "关于"]
    page.goto("/users")
    expect(page).to_have_url(re.compile("/sign-in"))


@LANGUAGES
def test_a_wrong_password_is_said_so(reader: Open, language: str) -> None:
    page = reader(language).open("/sign-in")
    page.locator("input[name='username']").fill("nobody")
    page.locator("input[name='password']").fill("not the password")
    page.locator("form button[type='submit']").click()
    notice = page.get_by_role("alert")
    expect(notice).to_be_visible()
    assert bool(re.search("[\u4e00-\u9fff]", notice.inner_text())) == (language == "zh")


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "从北门到报告厅怎么走"), ("en", "How do I get from the north gate to the lecture hall?")],
)
def test_the_assistant_answers_with_a_way_on_a_map(reader: Open, language: str, words: str) -> None:
    visitor = reader(language)
    page = visitor.open("/ask")
    page.locator("textarea").first.fill(words)
    page.keyboard.press("Enter")
    expect(page.locator("[data-test='reply'] [data-test='route-card']").first).to_be_visible()
    page.locator(".map-canvas[data-idle='true']").first.wait_for()
    visitor.shot("assistant")
    assert visitor.complaints == []


def test_an_edit_is_a_revision_that_can_be_undone(reader: Open) -> None:
    admin = reader("zh", admin=True)
    rooms = admin.page.request.get("/v1/campuses/demo/features?type=unit&q=会议&limit=1").json()["items"]
    page = admin.open(f"/campuses/demo?tab=features&edit={rooms[0]['id']}")
    form = page.locator("[data-test='feature-form']")
    form.get_by_label("中文名称").fill("浏览器改的名字")
    form.get_by_label("修改原因").fill("浏览器测试")
    admin.shot("edit")
    page.locator(".el-drawer__footer .el-button--primary").click()
    expect(page.locator(".el-message--success")).to_be_visible()
    page.locator(".el-tabs__item", has_text="修订记录").click()
    newest = page.locator("[data-test='revision']").first
    expect(newest).to_contain_text("浏览器测试")
    newest.get_by_role("button", name="撤销").click()
    page.locator(".el-message-box input").fill("恢复原名")
    page.locator(".el-message-box .el-button--primary").click()
    expect(page.locator("[data-test='revision']").first).to_contain_text("恢复原名")
    name = page.request.get(f"/v1/campuses/demo/features/{rooms[0]['id']}").json()["feature"]["properties"][
        "name"
    ]
    assert name["zh"] == rooms[0]["name"]["zh"]


def test_a_closure_is_made_and_taken_back(reader: Open) -> None:
    admin = reader("zh", admin=True)
    page = admin.open("/campuses/demo?tab=closures")
    page.locator("[data-test='add-closure']").click()
    dialog = page.get_by_role("dialog")
    dialog.locator(".place-search input").fill("报告厅")
    page.locator("[data-test='hit']").first.click()
    dialog.get_by_placeholder("例如：电梯检修").fill("设备检修")
    page.locator("[data-test='save-closure']").click()
    expect(page.locator("tr", has_text="设备检修")).to_contain_text("生效中")
    admin.shot("closures")
    page.get_by_role("button", name="恢复通行").click()
    expect(page.locator("tr", has_text="设备检修")).to_have_count(0)


def test_an_exported_campus_is_imported_with_progress(
    reader: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    admin = reader("zh", admin=True)
    page = admin.open("/campuses")
    archive = tmp_path_factory.mktemp("export") / "park.zip"
    exported = page.request.get("/v1/campuses/demo/export?format=imdf")
    assert exported.ok, exported.text()
    archive.write_bytes(exported.body())
    page.locator("[data-test='import']").click()
    page.locator("[data-test='file']").set_input_files(archive)
    page.get_by_placeholder("留空则取文件中的名称").fill("再导入的园区")
    page.locator("[data-test='start-import']").click()
    expect(page.locator(".el-result")).to_contain_text("导入完成", timeout=60_000)
    admin.shot("imported")


def test_a_refused_file_says_why(reader: Open, tmp_path_factory: pytest.TempPathFactory) -> None:
    admin = reader("en", admin=True)
    page = admin.open("/campuses")
    broken = tmp_path_factory.mktemp("broken") / "broken.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": [')
    page.locator("[data-test='import']").click()
    page.locator("[data-test='file']").set_input_files(broken)
    page.locator("[data-test='start-import']").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible(timeout=30_000)
    admin.shot("refused")


def test_a_user_is_added_and_removed(reader: Open) -> None:
    admin = reader("zh", admin=True)
    page = admin.open("/users")
    page.locator("[data-test='add-user']").click()
    page.locator("input[name='new-username']").fill("wang.fang")
    page.locator("input[name='new-password']").fill("a long enough passphrase")
    page.locator(".el-dialog__footer .el-button--primary").last.click()
    row = page.locator("tr", has_text="wang.fang")
    expect(row).to_be_visible()
    admin.shot("users")
    row.get_by_role("button", name="删除").click()
    page.locator(".el-message-box .el-button--primary").click()
    expect(row).to_have_count(0)
