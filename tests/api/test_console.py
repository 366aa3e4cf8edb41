"""The console's files, and the headers that protect it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from yuanli.api.console import SecurityHeaders, serve_console
from yuanli.api.errors import handle_errors


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "static"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><title>yuanli</title>")
    (root / "assets" / "index-1a2b3c.js").write_text("export {}")
    return root


@pytest.fixture
def console(static: Path) -> Iterator[TestClient]:
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    handle_errors(app)
    serve_console(app, static)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/go?to=x", "/campus/small/check", "/users"])
def test_every_page_is_the_console_and_never_stale(console: TestClient, path: str) -> None:
    reply = console.get(path)
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-cache")
    assert "yuanli" in reply.text


def test_hashed_files_are_kept_forever(console: TestClient) -> None:
    reply = console.get("/assets/index-1a2b3c.js")
    assert "immutable" in reply.headers["cache-control"]
    assert "javascript" in reply.headers["content-type"]


@pytest.mark.parametrize("path", ["/assets/gone.js", "/favicon.ico", "/v1/nothing", "/v1"])
def test_missing_files_and_endpoints_are_404_and_not_the_console(console: TestClient, path: str) -> None:
    reply = console.get(path)
    assert (reply.status_code, reply.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "//etc/passwd", "/a%00b"]
)
def test_nothing_outside_the_folder_is_served(console: TestClient, path: str) -> None:
    assert "secret" not in console.get(path).text
    assert "root:" not in console.get(path).text


def test_scripts_come_from_here_only_and_workers_from_blobs(console: TestClient) -> None:
    policy = console.get("/").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "worker-src 'self' blob:" in policy
    assert "frame-ancestors 'none'" in policy
    assert console.get("/").headers["x-content-type-options"] == "nosniff"


def test_without_a_build_the_page_says_how_to_make_it(tmp_path: Path) -> None:
    app = FastAPI()
    serve_console(app, tmp_path / "nothing")
    reply = TestClient(app).get("/")
    assert reply.status_code == 503
    assert "make console" in reply.text
    assert "尚未构建" in reply.text
