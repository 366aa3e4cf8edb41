"""A day's budget is spent once, and a house asks its larger model within it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.api.house import Clock, small_house
from tests.services.fake import completion, fake_service, says

from yuanli.storage import SqlUsageStore

UNCLEAR = "屋里太闷了，帮我把100室的新风开大点"
GOOD = {"intent": "device_set", "slots": [{"type": "place", "text": "100室"}], "certainty": "sure"}


def test_a_house_asks_until_the_day_is_spent_and_again_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANLI_LLM_API_KEY", "k")
    clock = Clock()
    with fake_service() as fake:
        fake.plays = [says(completion(json.dumps(GOOD)))]
        house = small_house(
            tmp_path, clock, llm_url=fake.url, llm_model="qwen", llm_calls_per_day=2, llm_threshold=1
        )
        seen = [house.assistant.understand(UNCLEAR).model == "large-1" for _ in range(3)]
        assert seen == [True, True, False]
        usage = SqlUsageStore(house.database).find_usage("llm", clock().date())
        assert (usage.calls, usage.tokens) == (2, 84)
        clock.forward(24 * 3600)
        assert house.assistant.understand(UNCLEAR).model == "large-1"
        assert len(fake.bodies) == 3
        house.close()


def test_tokens_end_the_day_too(tmp_path: Path) -> None:
    with fake_service() as fake:
        fake.plays = [says(completion(json.dumps(GOOD)))]
        house = small_house(
            tmp_path, Clock(), llm_url=fake.url, llm_model="qwen", llm_tokens_per_day=42, llm_threshold=1
        )
        assert [house.assistant.understand(UNCLEAR).model == "large-1" for _ in range(2)] == [True, False]
        house.close()


def test_a_threshold_of_nothing_asks_nobody(tmp_path: Path) -> None:
    with fake_service() as fake:
        fake.plays = [says(completion(json.dumps(GOOD)))]
        house = small_house(tmp_path, Clock(), llm_url=fake.url, llm_model="qwen", llm_threshold=0)
        assert house.assistant.understand(UNCLEAR).model != "large-1"
        assert fake.bodies == []
        house.close()
