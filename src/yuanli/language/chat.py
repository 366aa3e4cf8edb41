"""What a larger model is asked, and what it says: the port that `services` fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One question to a chat model.

    Parameters
    ----------
    system, user
        The instructions, and the data they are about.
    schema
        JSON schema that the answer has to keep.
    most_tokens
        The longest answer.
    """

    system: str
    user: str
    schema: Mapping[str, Any]
    most_tokens: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAnswer:
    """What a chat model said; `tokens` is what question and answer cost together."""

    text: str
    model: str
    tokens: int


class ChatModel(Protocol):
    """Anything that answers by a JSON schema: a server, or a model in this process."""

    def complete(self, request: ChatRequest) -> ChatAnswer:
        """Return the answer; an `UnavailableError` where there is none."""
