"""Other wordings by a larger model keep every value, which never leaves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from yuanli.language import ChatAnswer, ChatParaphraser, ChatRequest, Rewording
from yuanli.learning import paraphrased, parse_markup

ASKED = parse_markup("从[北门](origin)到[A座301](destination)怎么走")


class Chat:
    """A chat model that answers alike."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[ChatRequest] = []

    def complete(self, request: ChatRequest) -> ChatAnswer:
        self.asked.append(request)
        text = self.answer if isinstance(self.answer, str) else json.dumps(self.answer)
        return ChatAnswer(text=text, model="m", tokens=1)


@pytest.mark.parametrize("way", list(Rewording))
def test_wordings_hold_the_values_that_were_sent_as_numbers(way: Rewording) -> None:
    chat = Chat({"wordings": ["{1}咋走，我在{0}", "去{1}", "{0}{0}{1}", "{0}[x](y){1}", "从{0}到{1}怎么走"]})
    made = paraphrased(ASKED, ChatParaphraser(chat, way), count=5)
    assert [e.text for e in made] == ["A座301咋走，我在北门"]
    assert (made[0].values(), made[0].made_by) == (
        (("destination", "A座301"), ("origin", "北门")), way.value,
    )  # fmt: skip
    assert "北门" not in chat.asked[0].user + chat.asked[0].system
    assert "Chinese" in chat.asked[0].system


@pytest.mark.parametrize(
    "answer", ["", "no", "[1]", "null", {"wordings": 3}, {"wordings": [None, 1]}, "[" * 9999]
)
def test_nonsense_makes_nothing(answer: Any) -> None:
    assert paraphrased(ASKED, ChatParaphraser(Chat(answer)), count=3) == ()
