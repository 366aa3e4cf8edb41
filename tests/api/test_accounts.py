"""Signing in and out over HTTP, users, passwords and tokens."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.api.conftest import As
from tests.api.house import PASSWORD, Clock

from yuanli.operations import Role


def test_a_visitor_is_told_what_visitors_may_do(visitor: TestClient) -> None:
    me = visitor.get("/v1/session").json()
    assert me == {
        "username": None,
        "role": "visitor",
        "rights": ["see_place", "ask_way", "ask_assistant", "give_feedback"],
        "language": "zh",
    }


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: TestClient) -> None:
    reply = visitor.post("/v1/session", json={"username": "member", "password": PASSWORD})
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert PASSWORD not in reply.text


def test_signing_out_ends_the_session_on_the_server(member: TestClient, app: FastAPI) -> None:
    secret = member.cookies["yuanli_session"]
    assert member.delete("/v1/session").status_code == 204
    thief = TestClient(app, cookies={"yuanli_session": secret})
    assert thief.get("/v1/session").json()["role"] == "visitor"


def test_a_session_ends_after_its_hours(member: TestClient, clock: Clock) -> None:
    assert member.get("/v1/tokens").status_code == 200
    clock.forward(12 * 3600 + 1)
    assert member.get("/v1/tokens").status_code == 401


def test_a_wrong_password_is_a_401_and_guessing_a_429_with_the_time_to_wait(visitor: TestClient) -> None:
    guess = {"username": "member", "password": "wrong"}
    for _ in range(5):
        assert visitor.post("/v1/session", json=guess).status_code == 401
    reply = visitor.post("/v1/session", json=guess)
    assert reply.status_code == 429
    assert int(reply.headers["retry-after"]) >= 1
    assert reply.json()["error"] == "too_many_attempts"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_can_change_nothing(operator: TestClient, headers: dict[str, str]) -> None:
    reply = operator.patch("/v1/campuses/small/features/room0-0", json={"name": {"zh": "x"}}, headers=headers)
    assert (reply.status_code, reply.json()["error"]) == (403, "foreign_origin")
    sign_in = operator.post("/v1/session", json={"username": "member", "password": PASSWORD}, headers=headers)
    assert sign_in.status_code == 403


def test_the_console_itself_can_change_things(operator: TestClient) -> None:
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    reply = operator.patch("/v1/campuses/small/features/room0-0", json={"name": {"zh": "x"}}, headers=headers)
    assert reply.status_code == 200


def test_an_admin_adds_changes_and_removes_users(admin: TestClient, app: FastAPI) -> None:
    new = {"username": "王芳", "password": "very secret", "role": "member"}
    assert admin.post("/v1/users", json=new).status_code == 201
    assert admin.post("/v1/users", json=new).status_code == 409
    changed = admin.patch("/v1/users/王芳", json={"role": "operator", "password": "even more secret"})
    assert changed.json()["role"] == "operator"
    assert "password" not in str(admin.get("/v1/users").json())
    client = TestClient(app)
    old = {"username": "王芳", "password": "very secret"}
    assert client.post("/v1/session", json=old).status_code == 401
    assert client.post("/v1/session", json={**old, "password": "even more secret"}).status_code == 200
    assert admin.delete("/v1/users/王芳").status_code == 204
    assert client.get("/v1/session").json()["role"] == "visitor"


def test_the_last_admin_stays(admin: TestClient) -> None:
    assert admin.patch("/v1/users/admin", json={"role": "member"}).status_code == 409
    assert admin.patch("/v1/users/admin", json={"disabled": True}).status_code == 409
    assert admin.delete("/v1/users/admin").json()["error"] == "last_admin"


def test_a_token_is_shown_once(member: TestClient) -> None:
    made = member.post("/v1/tokens", json={"label": "电表"}).json()
    listed = member.get("/v1/tokens").json()
    assert [(token["id"], token["label"]) for token in listed] == [(made["id"], "电表")]
    assert made["token"] not in str(listed)
    assert member.delete(f"/v1/tokens/{made['id']}").status_code == 204
    assert member.delete(f"/v1/tokens/{made['id']}").status_code == 404


def test_one_changes_ones_own_password(signed_in: As) -> None:
    member = signed_in(Role.MEMBER)
    wrong = member.post("/v1/session/password", json={"old": "wrong", "new": "another one"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "old")
    assert (
        member.post("/v1/session/password", json={"old": PASSWORD, "new": "another one"}).status_code == 204
    )
    assert member.get("/v1/tokens").status_code == 200
