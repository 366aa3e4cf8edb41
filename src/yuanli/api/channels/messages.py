"""A message of a channel, and what is refused: what is not signed, is late, or is for a channel that is off."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yuanli.errors import InvalidInputError, NotFoundError, Text

LONGEST_TEXT = 1000


class ChannelOffError(NotFoundError):
    """The settings don't turn this channel on."""


class ForgedMessageError(InvalidInputError):
    """A message is not from the channel: its signature, its time or its key is wrong."""

    status = 403


class UnreadableMessageError(InvalidInputError):
    """A signed message does not have the shape that the channel documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What somebody said in a channel; `text` is None where it was no text.

    `conversation` is the chat, `user` who speaks in it; `id` is the same when the channel sends it again.
    """

    id: str
    user: str
    conversation: str
    text: str | None


def forged() -> ForgedMessageError:
    """Return the one refusal, which does not say what was wrong."""
    return ForgedMessageError(
        Text("签名、时间或密钥不正确。", "The signature, the time or the key is not right."),
        hint=Text(
            "核对两边的 Token 和密钥，以及服务器时间。",
            "Compare token and keys of both sides, and the clock.",
        ),
    )


def unreadable(what: str) -> UnreadableMessageError:
    """Return the refusal of a message without what its kind has to have."""
    return UnreadableMessageError(
        Text(f"消息缺少或写错了 {what}。", f"The message has no valid {what}."), field=what
    )


def off(channel: str) -> ChannelOffError:
    """Return the refusal of a channel that is off."""
    return ChannelOffError(
        Text(f"渠道 {channel} 未启用。", f"The channel {channel} is off."),
        field=channel,
        hint=Text(
            "管理员可在设置中填写它的密钥。", "An administrator turns it on by its keys in the settings."
        ),
    )


def check_time(timestamp: str, now: datetime, *, window_s: float, unit_s: float = 1.0) -> None:
    """Refuse what was not signed just now, so that nobody sends it again later.

    `unit_s` is the unit of the timestamp in seconds.

    Raises
    ------
    ForgedMessageError
        It is not a time, or too far from now.
    """
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 16):
        raise forged()
    if abs(int(timestamp) * unit_s - now.timestamp()) > window_s:
        raise forged()


def parse_object(content: str | bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    UnreadableMessageError
        It is none.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise unreadable("JSON") from error
    if not isinstance(document, dict):
        raise unreadable("JSON")
    return document


def text_at(document: Any, *path: str) -> str:
    """Return a text in nested objects; "" where there is none."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, str) else ""


def shortened(text: str, limit_bytes: int) -> str:
    """Return a text that takes no more bytes than the channel shows."""
    content = text.encode(errors="replace")
    if len(content) <= limit_bytes:
        return text
    return content[: limit_bytes - 3].decode(errors="ignore") + "…"
