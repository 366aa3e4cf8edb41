"""Why a request was understood as it was, and the catalogue people pick from, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.api.apps import app_of
from tests.api.house import MONDAY
from tests.api.test_errors import check_shape
from tests.learning.tiny import tiny_model

from yuanli.bootstrap import build_house
from yuanli.bootstrap.reading import understander_of
from yuanli.language import catalogue
from yuanli.learning import Model
from yuanli.operations import Abilities
from yuanli.settings import load_settings


@contextmanager
def read_by(model: Model, data_dir: Path) -> Iterator[TestClient]:
    """Return a visitor of an installation where a model reads the requests."""
    house = build_house(
        load_settings(data_dir=data_dir),
        now=lambda: MONDAY,
        abilities=Abilities(understander=understander_of(model)),
    )
    with TestClient(app_of(house)) as client:
        yield client
    house.close()


@pytest.fixture
def learnt(tmp_path: Path) -> Iterator[TestClient]:
    with read_by(Model(tiny_model(tmp_path / "model")), tmp_path / "data") as client:
        yield client


def test_the_word_that_settles_the_intent_weighs_most(learnt: TestClient) -> None:
    reply = learnt.post("/v1/explain", json={"text": "gate toilet please"})
    assert reply.status_code == 200, reply.text
    said = reply.json()
    assert (said["intent"], said["understanding"]["intent"]) == ("nearest", "nearest")
    assert [(word["start"], word["end"]) for word in said["words"]] == [(0, 4), (5, 11), (12, 18)]
    assert max(said["words"], key=lambda word: word["weight"])["start"] == 5


def test_the_understanding_is_that_of_understand(learnt: TestClient) -> None:
    body = {"text": "北门 到 A301 怎么走", "context": "您要去哪里？"}
    assert learnt.post("/v1/explain", json=body).json()["understanding"] == (
        learnt.post("/v1/understand", json=body).json()
    )


def test_the_words_of_a_long_text_are_bounded(learnt: TestClient) -> None:
    said = learnt.post("/v1/explain", json={"text": "a " * 500}).json()
    assert len(said["words"]) == 128
    reply = learnt.post("/v1/explain", json={"text": "a" * 1001})
    assert (reply.status_code, check_shape(reply)["error"]) == (422, "invalid_input")


def test_the_catalogue_names_everything_in_both_languages(visitor: TestClient) -> None:
    told = visitor.get("/v1/catalogue").json()
    assert [term["id"] for term in told["intents"]] == list(catalogue().intents)
    assert [term["id"] for term in told["slot_types"]] == list(catalogue().slot_types)
    for term in (*told["intents"], *told["slot_types"]):
        for words in (term["name"], term["description"]):
            assert words["en"].isascii()
            assert any("\u4e00" <= character <= "\u9fff" for character in words["zh"]), term["id"]
