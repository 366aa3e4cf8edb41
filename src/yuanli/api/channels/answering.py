"""Answering a message of a channel: once, in a conversation of its own, in the language it was asked in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock

from yuanli.api.campuses import newest_campus
from yuanli.api.channels.messages import LONGEST_TEXT, Message
from yuanli.bootstrap import House
from yuanli.errors import Text, UnavailableError, YuanliError
from yuanli.operations import Asker

REMEMBERED = 10_000
ONLY_TEXT = Text("我现在只能读文字，请打字告诉我。", "I can only read text for now. Please type it.")
PATIENCE_S = 30.0


class StillAnsweringError(UnavailableError):
    """The first of two same messages takes long."""


class AnsweredOnce:
    """What was answered to the latest messages: one that is sent again gets the same answer."""

    def __init__(self, remembered: int = REMEMBERED, *, patience_s: float = PATIENCE_S) -> None:
        self._remembered, self._patience_s = remembered, patience_s
        self._lock = Lock()
        self._answers: OrderedDict[tuple[str, str], Future[str]] = OrderedDict()

    def answer(self, channel: str, message_id: str, make: Callable[[], str]) -> tuple[str, bool]:
        """Return the answer to a message, and whether this is the first time it came.

        Whoever comes while the answer is being made waits for it.
        """
        key = (channel, message_id)
        with self._lock:
            known = self._answers.get(key)
            if known is None:
                mine = self._answers[key] = Future()
                while len(self._answers) > self._remembered:
                    self._answers.popitem(last=False)
        if known is not None:
            try:
                return known.result(timeout=self._patience_s), False
            except TimeoutError as error:
                raise StillAnsweringError(
                    Text("上一次的同一条消息还在处理。", "The same message is still being answered.")
                ) from error
        try:
            mine.set_result(make())
        except BaseException as error:
            with self._lock:
                self._answers.pop(key, None)
            mine.set_exception(error)
            raise
        return mine.result(), True


def answer_message(house: House, channel: str, message: Message) -> str:
    """Return what the assistant says to a message; whoever asks from a channel is a visitor."""
    text = (message.text or "").strip()
    if not text:
        return f"{ONLY_TEXT.zh}\n{ONLY_TEXT.en}"
    conversation = f"{channel}/{message.conversation}"
    try:
        asker = Asker(campus_id=newest_campus(house), conversation=conversation)
        reply = house.assistant.ask(text[:LONGEST_TEXT], asker)
    except YuanliError as error:
        return f"{error.message.zh}\n{error.message.en}"
    return reply.text.zh if reply.understanding.language == "zh" else reply.text.en
