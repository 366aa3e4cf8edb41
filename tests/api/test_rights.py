"""Every endpoint names the right it needs, and holds every role to it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.api.conftest import As

from yuanli.api import endpoint_rights
from yuanli.operations import RIGHTS, Right, Role

FILLED = {
    "{campus}": "nowhere",
    "{feature_id:path}": "x",
    "{point:path}": "x",
    "{device_id:path}": "x",
    "{closure_id}": "x",
    "{number}": "1",
    "{username}": "nobody",
    "{token_id}": "x",
    "{job_id}": "x",
    "{feedback_id}": "x",
    "{dataset_id}": "x",
    "{set_id}": "x",
    "{position}": "0",
    "{file_id}": "x",
    "{run}": "nothing",
    "{policy}": "nothing",
    "{other}": "nothing",
    "{name}": "nothing",
    "{version}": "x",
    "{conversation}": "x",
    "{place}": "x",
}
REFUSED = {"not_signed_in", "not_allowed"}


def endpoints(app: FastAPI) -> list[tuple[str, str, Right]]:
    """Return method, path and right of every endpoint, and fail where one names none or several."""
    found = []
    for method, path, _, rights in endpoint_rights(app):
        assert len(rights) == 1, f"{path} names {set(rights) or 'no right'}"
        found.append((method, path, next(iter(rights))))
    return found


def test_every_endpoint_is_walked(app: FastAPI) -> None:
    operations = {(method.upper(), path) for path, item in app.openapi()["paths"].items() for method in item}
    walked = {(method, path.replace(":path", "")) for method, path, _ in endpoints(app)}
    assert walked == operations
    assert len(walked) > 35


def test_an_endpoint_without_a_right_is_noticed(own_app: FastAPI) -> None:
    def forgotten() -> None:
        """Answer anybody."""

    own_app.add_api_route("/v1/forgotten", forgotten, methods=["GET"])
    with pytest.raises(AssertionError, match="/v1/forgotten names no right"):
        endpoints(own_app)


@pytest.mark.parametrize("role", Role)
def test_every_endpoint_lets_in_the_roles_with_its_right_and_no_other(
    app: FastAPI, signed_in: As, role: Role
) -> None:
    client = signed_in(role)
    for method, path, right in sorted(endpoints(app), key=lambda endpoint: endpoint[0] == "DELETE"):
        if (method, path) == ("DELETE", "/v1/session"):
            continue
        for marker, value in FILLED.items():
            path = path.replace(marker, value)
        reply = client.request(method, path, json={} if method in ("POST", "PUT", "PATCH") else None)
        refused = reply.status_code in (401, 403) and reply.json()["error"] in REFUSED
        assert refused == (right not in RIGHTS[role]), f"{role} {method} {path}: {reply.text}"
        assert reply.status_code < 500, f"{method} {path}: {reply.text}"


def test_a_bearer_token_carries_the_rights_of_its_user(app: FastAPI, signed_in: As) -> None:
    token = signed_in(Role.OPERATOR).post("/v1/tokens", json={"label": "meter"}).json()["token"]
    program = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    assert program.get("/v1/session").json()["role"] == "operator"
    assert program.get("/v1/campuses/small/revisions").status_code == 200
    assert program.get("/v1/users").status_code == 403


def test_a_wrong_bearer_token_is_no_visitor(app: FastAPI) -> None:
    program = TestClient(app, headers={"Authorization": "Bearer guess"})
    reply = program.get("/v1/campuses")
    assert (reply.status_code, reply.json()["error"]) == (401, "not_signed_in")
