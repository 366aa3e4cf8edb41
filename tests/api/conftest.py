"""Clients of an installation: a visitor, and one signed in with each role."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.api.apps import app_of
from tests.api.house import PASSWORD, Clock, small_house

from yuanli.api import create_app
from yuanli.bootstrap import House
from yuanli.operations import Role

As = Callable[[Role], TestClient]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    for name in [name for name in os.environ if name.startswith("YUANLI_")]:
        monkeypatch.delenv(name)
    opened = small_house(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def app(house: House) -> FastAPI:
    return app_of(house)


@pytest.fixture
def own_app(house: House) -> FastAPI:
    """Return an application that a test may change: no other test is served by it."""
    return create_app(house)


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def signed_in(app: FastAPI, visitor: TestClient) -> As:
    del visitor

    def sign_in(role: Role) -> TestClient:
        client = TestClient(app, raise_server_exceptions=False)
        if role is not Role.VISITOR:
            reply = client.post("/v1/session", json={"username": role.value, "password": PASSWORD})
            assert reply.status_code == 200, reply.text
        return client

    return sign_in


@pytest.fixture
def admin(signed_in: As) -> TestClient:
    return signed_in(Role.ADMIN)


@pytest.fixture
def operator(signed_in: As) -> TestClient:
    return signed_in(Role.OPERATOR)


@pytest.fixture
def member(signed_in: As) -> TestClient:
    return signed_in(Role.MEMBER)
