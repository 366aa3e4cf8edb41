"""The larger model of an installation, where its settings name one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from yuanli.bootstrap.secrets import revealed
from yuanli.errors import InvalidInputError, Text
from yuanli.language import ChatParaphraser, LargeModel, Rewording, SecondOpinion, Understander
from yuanli.operations import Budget, BudgetedChat
from yuanli.services import CHAT_NAME, CallParams, GgufChat, HttpChat, Service
from yuanli.settings import Settings
from yuanli.storage import Database, SqlUsageStore


class NoLargerModelError(InvalidInputError):
    """Something is asked of a larger model where none is configured."""


SERVICE = "llm"
"""The name that a larger model's usage is counted under."""


def second_opinion(
    settings: Settings, database: Database, now: Callable[[], datetime], resources: ExitStack
) -> Callable[[Understander], Understander]:
    """Return what asks the larger model where an understander is not sure; without one, nothing changes.

    `resources` closes its connections.
    """
    chat = _find_chat(settings)
    if chat is None:
        return lambda understander: understander
    resources.callback(chat.close)
    budgeted = BudgetedChat(
        chat,
        SqlUsageStore(database),
        service=SERVICE,
        budget=Budget(calls=settings.llm_calls_per_day, tokens=settings.llm_tokens_per_day),
        clock=now,
    )
    large = LargeModel(budgeted)
    return lambda understander: SecondOpinion(understander, large, threshold=settings.llm_threshold)


def open_paraphraser(settings: Settings, way: Rewording, resources: ExitStack) -> ChatParaphraser:
    """Return what says examples anew by the larger model; `resources` closes its connection.

    Raises
    ------
    NoLargerModelError
        The settings name none.
    """
    chat = _find_chat(settings)
    if chat is None:
        raise NoLargerModelError(
            Text(
                f"“{way.value}”需要大模型，但设置里没有。",
                f"{way.value!r} needs a larger model; the settings name none.",
            ),
            field="with",
            hint=Text(
                "设置 YUANLI_LLM_URL 和 YUANLI_LLM_MODEL，或 YUANLI_LLM_GGUF。",
                "Set YUANLI_LLM_URL and YUANLI_LLM_MODEL, or YUANLI_LLM_GGUF.",
            ),
        )
    resources.callback(chat.close)
    return ChatParaphraser(chat, way)


def _find_chat(settings: Settings) -> HttpChat | GgufChat | None:
    if settings.llm_gguf is not None:
        return GgufChat(settings.llm_gguf, deadline_s=settings.llm_timeout_s)
    if settings.llm_url is None or settings.llm_model is None:
        return None
    service = Service(
        CHAT_NAME,
        settings.llm_url,
        api_key=revealed(settings.llm_api_key),
        params=CallParams(deadline_s=settings.llm_timeout_s),
    )
    return HttpChat(service, settings.llm_model)
