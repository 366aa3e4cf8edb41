"""A model in this process keeps to the schema, whatever it knows; with real weights where they are."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.language.reading import Unsure

from yuanli.errors import Text
from yuanli.language import LargeModel, SecondOpinion, label_schema
from yuanli.language.prompting import ask_for_labels
from yuanli.services import GgufChat, LocalModelError, Service, ServiceRefusedError
from yuanli.services.gguf import bounded_schema, load_gguf

WEIGHTS = "YUANLI_TEST_GGUF"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalModelError, match=r"none\.gguf"):
        GgufChat(tmp_path / "none.gguf").complete(ask_for_labels("hello", context=None))


def test_a_broken_file_is_unavailable(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(LocalModelError):
        GgufChat(path).complete(ask_for_labels("hello", context=None))


def test_real_weights_keep_to_the_schema() -> None:
    pytest.importorskip("xllamacpp")
    weights = os.environ.get(WEIGHTS)
    if not weights:
        pytest.skip(f"{WEIGHTS} names no .gguf file")
    chat = GgufChat(Path(weights), threads=1, deadline_s=200)
    answer = chat.complete(ask_for_labels("hello", context=None))
    labels = json.loads(answer.text)
    assert list(labels) == ["intent", "slots", "certainty"]
    assert labels["intent"] in label_schema(in_dialogue=False)["properties"]["intent"]["enum"]
    assert answer.tokens > 1000
    assert answer.model == Path(weights).stem
    chat.close()


def test_the_port_of_a_model_in_this_process_is_closed_to_others() -> None:
    pytest.importorskip("xllamacpp")
    weights = os.environ.get(WEIGHTS)
    if not weights:
        pytest.skip(f"{WEIGHTS} names no .gguf file")
    server = load_gguf(Path(weights), threads=1)
    service = Service(Text("它", "It"), server.listening_address)
    with pytest.raises(ServiceRefusedError, match="HTTP 401"):
        service.post("/v1/chat/completions", body={"messages": [{"role": "user", "content": "hi"}]})
    service.close()


def test_lists_and_texts_of_a_small_model_end() -> None:
    slots = bounded_schema(label_schema(in_dialogue=False))["properties"]["slots"]
    assert slots["maxItems"] > 0
    assert slots["items"]["properties"]["text"]["maxLength"] > 0
    assert "maxLength" not in slots["items"]["properties"]["type"]


def test_a_house_without_the_file_answers_as_before(tmp_path: Path) -> None:
    small = Unsure()
    opinion = SecondOpinion(small, LargeModel(GgufChat(tmp_path / "none.gguf")))
    assert opinion.understand("屋里太闷了") == small.understand("屋里太闷了")
