"""Requests in a person's own words, over HTTP."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.api.house import CAMPUS, Clock
from tests.pace import within

from yuanli.bootstrap import House
from yuanli.errors import Text
from yuanli.operations import Asker, ConversationConflictError, ConversationNotFoundError

STREAM = {"Accept": "text/event-stream"}


def test_an_understanding_has_slots_with_offsets(visitor: TestClient) -> None:
    words = "从100室到203室怎么走"
    understood = visitor.post("/v1/understand", json={"text": words, "campus": "small"}).json()
    assert (understood["intent"], understood["language"]) == ("guidance_route", "zh")
    assert {slot["type"]: words[slot["start"] : slot["end"]] for slot in understood["slots"]} == {
        "origin": "100室",
        "destination": "203室",
    }


def test_a_question_is_answered_with_a_route(visitor: TestClient) -> None:
    reply = visitor.post("/v1/ask", json={"text": "从100室到203室怎么走", "campus": "small"}).json()
    assert reply["cards"][0]["kind"] == "route"
    assert reply["cards"][0]["routes"][0]["distance_m"] > 0
    assert reply["text"]["en"]


def test_without_a_campus_the_newest_is_meant(visitor: TestClient) -> None:
    assert visitor.post("/v1/ask", json={"text": "How do I get from 100室 to 203室?"}).status_code == 200


def told(reply: Response) -> list[tuple[str, Any]]:
    """Return the events of a stream."""
    blocks = [block.split("\n") for block in reply.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def test_a_stream_tells_what_is_understood_before_the_reply(visitor: TestClient) -> None:
    asked = {"text": "从100室到203室怎么走", "campus": "small", "conversation": "streamed"}
    reply = visitor.post("/v1/ask", json=asked, headers=STREAM)
    assert reply.headers["content-type"].startswith("text/event-stream")
    (first, heard), (second, answer) = told(reply)
    assert (first, second) == ("heard", "reply")
    assert [one["intent"] for one in heard] == ["guidance_route"]
    assert answer["heard"] == heard[0]
    assert (answer["conversation"], answer["cards"][0]["kind"]) == ("streamed", "route")


def test_an_error_before_a_stream_is_an_error_of_http(visitor: TestClient) -> None:
    reply = visitor.post("/v1/ask", json={"text": "你好", "campus": "nowhere"}, headers=STREAM)
    assert (reply.status_code, reply.json()["error"]) == (404, "campus_not_found")


def test_an_error_within_a_stream_is_an_event(visitor: TestClient, house: House) -> None:
    asked = {"text": "从100室到203室怎么走", "campus": "small"}
    with patch.object(house.assistant, "_keep", side_effect=ConversationConflictError(Text("忙", "Busy"))):
        *heard, (last, problem) = told(visitor.post("/v1/ask", json=asked, headers=STREAM))
    assert {name for name, _ in heard} == {"heard"}
    assert (last, problem["message"]["en"]) == ("problem", "Busy")


def test_an_unknown_campus_is_a_404(visitor: TestClient) -> None:
    assert visitor.post("/v1/ask", json={"text": "你好", "campus": "nowhere"}).status_code == 404


def test_a_conversation_is_the_callers_own(visitor: TestClient, member: TestClient) -> None:
    asked = {"campus": "small", "conversation": "1"}
    first = visitor.post("/v1/ask", json={"text": "203室怎么走", **asked}).json()
    assert first["pending"] is not None
    other = member.post("/v1/ask", json={"text": "100室", **asked}).json()
    assert "route" not in [card["kind"] for card in other["cards"]]
    second = visitor.post("/v1/ask", json={"text": "100室", **asked}).json()
    assert second["cards"][0]["kind"] == "route"


def test_a_turn_without_a_conversation_begins_one_that_can_be_continued(visitor: TestClient) -> None:
    first = visitor.post("/v1/ask", json={"text": "203室怎么走", "campus": "small"}).json()
    assert (first["move"], first["asks"], first["pending"]["en"]) == ("ask", "origin", first["text"]["en"])
    assert first["why"][0]["rule"] == "new_request"
    asked = {"text": "100室", "campus": "small", "conversation": first["conversation"]}
    second = visitor.post("/v1/ask", json=asked).json()
    assert (second["move"], second["conversation"]) == ("answer", first["conversation"])
    assert second["cards"][0]["kind"] == "route"


def test_ones_own_conversation_is_shown_and_forgotten(member: TestClient) -> None:
    member.post("/v1/ask", json={"text": "203室怎么走", "campus": "small", "conversation": "mine"})
    shown = member.get("/v1/conversations/mine").json()
    assert (shown["id"], shown["user"], shown["campus_id"]) == ("mine", "member", "small")
    (turn,) = shown["turns"]
    assert (turn["text"], turn["intent"], turn["slots"][0]["type"]) == (
        "203室怎么走",
        "guidance_route",
        "destination",
    )
    assert turn["why"][0]["move"] == "ask"
    assert member.delete("/v1/conversations/mine").status_code == 204
    assert member.get("/v1/conversations/mine").json()["error"] == "conversation_not_found"
    assert member.delete("/v1/conversations/mine").status_code == 404


def test_only_an_administrator_sees_the_conversations_of_others(
    member: TestClient, operator: TestClient, admin: TestClient, visitor: TestClient
) -> None:
    member.post("/v1/ask", json={"text": "203室怎么走", "campus": "small", "conversation": "mine"})
    whose = {"user": "member"}
    assert visitor.get("/v1/conversations/mine").status_code == 401
    assert operator.get("/v1/conversations/mine").status_code == 404
    assert operator.get("/v1/conversations/mine", params=whose).status_code == 403
    assert operator.delete("/v1/conversations/mine", params=whose).status_code == 403
    assert len(admin.get("/v1/conversations/mine", params=whose).json()["turns"]) == 1
    assert admin.delete("/v1/conversations/mine", params=whose).status_code == 204


def test_a_conversation_is_forgotten_after_a_month(member: TestClient, house: House, clock: Clock) -> None:
    asked = {"campus": "small", "conversation": "old"}
    member.post("/v1/ask", json={"text": "203室怎么走", **asked})
    clock.forward(31 * 86_400)
    house.assistant.ask("你好", _asker("new"))
    assert house.assistant.latest("member", CAMPUS) == "new"
    with pytest.raises(ConversationNotFoundError):
        house.assistant.history("member", "old")


def _asker(conversation: str) -> Asker:
    return Asker(campus_id=CAMPUS, user="member", conversation=conversation)


def test_no_word_that_was_said_is_logged(visitor: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="yuanli")
    visitor.post("/v1/ask", json={"text": "203室怎么走", "campus": "small", "conversation": "quiet"})
    logged = " ".join(record.getMessage() for record in caplog.records)
    assert "guidance_route" in logged
    assert "destination:said" in logged
    assert "203" not in logged


def test_a_state_that_can_not_be_read_starts_afresh(
    visitor: TestClient, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    asked = {"campus": "small", "conversation": "torn"}
    visitor.post("/v1/ask", json={"text": "203室怎么走", **asked})
    with house.database.writing() as connection:
        connection.execute(text("UPDATE conversation SET state = '{\"version\": 99'"))
    reply = visitor.post("/v1/ask", json={"text": "你好", **asked}).json()
    assert reply["pending"] is None
    assert "starts afresh" in caplog.text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=1000), st.integers(1, 64_000), st.none() | st.text(max_size=1200))
def test_any_text_up_to_64_kb_is_read_or_refused(
    visitor: TestClient, some: str, times: int, context: str | None
) -> None:
    for said in (some, (some * times)[:64_000]):
        with within(2):
            reply = visitor.post("/v1/understand", json={"text": said, "context": context})
            assert reply.status_code in (200, 422), reply.text
