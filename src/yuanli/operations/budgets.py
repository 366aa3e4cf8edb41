"""What may be spent on an outside model: calls and tokens a day, counted where a restart can't forget them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from yuanli.errors import Text, UnavailableError
from yuanli.language import ChatAnswer, ChatModel, ChatRequest
from yuanli.operations.ports import UsageStore


class BudgetSpentError(UnavailableError):
    """The day's calls or tokens are used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most calls, and the most tokens, of one day in UTC."""

    calls: int
    tokens: int


class BudgetedChat:
    """A chat model that is asked only while the day's budget lasts.

    Parameters
    ----------
    service
        The name it is counted under.
    """

    def __init__(
        self,
        chat: ChatModel,
        store: UsageStore,
        *,
        service: str,
        budget: Budget,
        clock: Callable[[], datetime],
    ) -> None:
        self._chat, self._store = chat, store
        self._service, self._budget, self._clock = service, budget, clock

    def complete(self, request: ChatRequest) -> ChatAnswer:
        """Return what the model says; a call counts before it is made, its tokens after.

        Raises
        ------
        BudgetSpentError
            Nothing is left for today.
        """
        day = self._clock().date()
        budget = self._budget
        if not self._store.take_call(self._service, day, most_calls=budget.calls, most_tokens=budget.tokens):
            raise BudgetSpentError(
                Text(
                    f"今天的大模型用量已到上限（{budget.calls} 次或 {budget.tokens} 个 token）。",
                    f"Today's budget is spent ({budget.calls} calls or {budget.tokens} tokens).",
                ),
                hint=Text(
                    "明天自动恢复；管理员可调高上限。",
                    "It is renewed tomorrow; an administrator may raise it.",
                ),
            )
        answer = self._chat.complete(request)
        self._store.add_tokens(self._service, day, answer.tokens)
        return answer
