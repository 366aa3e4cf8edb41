"""Requests in a person's own words, over HTTP."""

from __future__ import annotations

from fastapi.testclient import TestClient


def test_an_understanding_has_slots_with_offsets(visitor: TestClient) -> None:
    text = "从100室到203室怎么走"
    understood = visitor.post("/v1/understand", json={"text": text, "campus": "small"}).json()
    assert (understood["intent"], understood["language"]) == ("guidance_route", "zh")
    assert {slot["type"]: text[slot["start"] : slot["end"]] for slot in understood["slots"]} == {
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
