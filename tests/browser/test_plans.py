"""A plan of spaces: a team is moved, its cost is told, it is kept, and both are compared; devices are dragged."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, expect

from yuanli.operations import find_problem_example

from .conftest import Open, Site

pytestmark = pytest.mark.browser
KEY = re.compile(r"\b(?:nav|plans)\.[a-z]\w+\b")


def solved(request: APIRequestContext, site: Site, kind: str) -> str:
    """Solve the example of a kind; return the path of its plan's page."""
    plans = "/v1/campuses/demo/plans"
    data = find_problem_example(kind)
    assert data is not None
    file = {"name": f"{kind}.json", "mimeType": "application/json", "buffer": data}
    form: dict[str, Any] = {"kind": kind, "name": kind, "time_s": "1", "file": file}
    reply = request.post(plans, multipart=form, headers={"Origin": site.url})
    assert reply.ok, reply.text()
    job_id: str = reply.json()["id"]
    deadline = time.monotonic() + 300  # the first search compiles
    while request.get(f"{plans}/{job_id}").json()["summary"]["ended_at"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return f"/plans/{job_id}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_team_is_moved_told_kept_and_compared(reader: Open, site: Site, language: str) -> None:
    one = reader(language, admin=True)
    page = one.page
    path = solved(page.request, site, "spaces")
    page.goto(path)
    expect(page.locator("[data-test=charges]")).to_be_visible(timeout=45_000)
    page.locator("[data-team=财务部]").drag_to(page.locator("[data-team=研发部]"))
    expect(page.locator("[data-test=new-cost]")).to_have_text("51")
    expect(page.locator("[data-test=broken] li")).to_have_count(1)
    page.locator("[data-test=keep]").click()
    page.locator(".el-message-box input").fill("B")
    page.locator(".el-message-box .el-button--primary").click()
    page.wait_for_url(lambda url: "/plans/" in url and not url.endswith(path))
    page.goto(f"/plans/compare?ids={path.split('/')[-1]}&ids={page.url.split('/')[-1]}")
    moved = page.locator(
        "[data-test=differing] tbody tr", has_text="财务部"
    )  # the other one may have been missed
    expect(moved).to_have_count(1)
    assert KEY.search(page.locator("main").inner_text()) is None


def test_a_dragged_device_is_solved_anew_and_can_be_undone(reader: Open, site: Site) -> None:
    page = reader("en", admin=True, phone=True).page
    page.goto(solved(page.request, site, "devices"))
    bar = page.locator("[data-test=board] [data-bar]").last
    bar.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-test=undo]")).to_be_enabled()
    expect(page.locator("[data-test=solve-rest]:not(.is-loading)")).to_be_visible()
    page.locator("[data-test=undo]").click()
    expect(page.locator("[data-test=undo]")).to_be_disabled()
