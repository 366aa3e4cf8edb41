"""Every error has one shape, in both languages, and no traceback."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from yuanli.api.callers import needs
from yuanli.operations import Right


def check_shape(reply: object) -> dict[str, object]:
    problem: dict[str, object] = reply.json()  # type: ignore[attr-defined]
    assert set(problem) == {"error", "message", "field", "hint"}
    texts = [problem["message"]] + ([problem["hint"]] if problem["hint"] else [])
    for text in texts:
        assert isinstance(text, dict)
        assert set(text) == {"zh", "en"}
        assert any("\u4e00" <= character <= "\u9fff" for character in text["zh"])
        assert not any("\u4e00" <= character <= "\u9fff" for character in text["en"])
    return problem


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"),
    [
        ("GET", "/v1/nothing/here", None, 404, "not_found"),
        ("GET", "/v1", None, 404, "not_found"),
        ("PUT", "/v1/campuses", None, 405, "method_not_allowed"),
        ("GET", "/v1/campuses/nowhere", None, 404, "campus_not_found"),
        ("GET", "/v1/campuses/small/features/nothing", None, 404, "feature_not_found"),
        ("GET", "/v1/campuses/small/find", None, 422, "invalid_input"),
        ("GET", "/v1/campuses/small/find?q=a&limit=x", None, 422, "invalid_input"),
        ("GET", "/v1/campuses/small/find?q=a&limit=1000", None, 422, "invalid_input"),
        ("GET", "/v1/campuses/small/map?kind=cellar", None, 422, "invalid_input"),
        ("GET", "/v1/campuses/small/map?kind=indoor&ordinal=nan", None, 422, "invalid_input"),
        ("GET", "/v1/campuses/small/export?format=dwg", None, 422, "unknown_format"),
        ("POST", "/v1/session", {"username": "a"}, 422, "invalid_input"),
        ("POST", "/v1/session", {"username": "a", "password": "b", "x": 1}, 422, "invalid_input"),
        ("POST", "/v1/session", {"username": "a\0", "password": "b"}, 422, "invalid_input"),
        ("POST", "/v1/session", ["a"], 422, "invalid_input"),
        ("POST", "/v1/understand", {"text": ""}, 422, "invalid_input"),
        ("GET", "/v1/users", None, 401, "not_signed_in"),
    ],
)
def test_errors_have_one_shape(
    visitor: TestClient, method: str, path: str, body: object, status: int, error: str
) -> None:
    reply = visitor.request(method, path, json=body)
    assert (reply.status_code, check_shape(reply)["error"]) == (status, error)


def test_what_is_no_json_is_told_so(visitor: TestClient) -> None:
    reply = visitor.post("/v1/session", content=b"{not json", headers={"Content-Type": "application/json"})
    assert reply.status_code == 422
    assert "JSON" in str(check_shape(reply)["message"])


def test_a_body_that_is_too_large_is_a_413(visitor: TestClient) -> None:
    reply = visitor.post("/v1/understand", json={"text": "长" * 3_000_000})
    assert (reply.status_code, check_shape(reply)["error"]) == (413, "too_large")


def test_a_bug_is_a_500_without_a_traceback(own_app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    own_app.add_api_route("/v1/broken", broken, dependencies=[needs(Right.SEE_PLACE)])
    own_app.router.routes.insert(0, own_app.router.routes.pop())
    with TestClient(own_app, raise_server_exceptions=False) as visitor:
        reply = visitor.get("/v1/broken")
    assert (reply.status_code, check_shape(reply)["error"]) == (500, "internal")
    assert "secret" not in reply.text
    assert "secret detail" in caplog.text
