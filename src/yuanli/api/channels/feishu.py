"""飞书 and Lark: encrypted events with a signed header, answered by a call of ours (open.feishu.cn)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yuanli.api.channels.ciphers import CipherError, feishu_opened, feishu_signature, same
from yuanli.api.channels.messages import Message, check_time, forged, parse_object, text_at, unreadable
from yuanli.settings import Settings

WINDOW_S = 300.0
MESSAGE = "im.message.receive_v1"
VERIFICATION = "url_verification"


@dataclass(frozen=True, slots=True)
class Keys:
    """What decrypts and signs an event, and the token in it."""

    encrypt_key: str = field(repr=False)
    verification_token: str = field(repr=False)


def find_keys(settings: Settings) -> Keys | None:
    """Return the keys of the channel; None where it is off."""
    encrypt_key, token = settings.feishu_encrypt_key, settings.feishu_verification_token
    if encrypt_key is None or token is None:
        return None
    return Keys(encrypt_key.get_secret_value(), token.get_secret_value())


def open_event(
    keys: Keys, body: bytes, *, signature: str, timestamp: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """Return an event, once its key, its signature, its time and its token are right.

    A verification of the address comes without a signature: key and token have to do.

    Raises
    ------
    ForgedMessageError
        One of them is not.
    """
    encrypted = text_at(parse_object(body), "encrypt")
    try:
        event = parse_object(feishu_opened(encrypted, keys.encrypt_key))
    except CipherError as error:
        raise forged() from error
    token = text_at(event, "header", "token") or text_at(event, "token")
    if not same(token, keys.verification_token):
        raise forged()
    if event.get("type") != VERIFICATION:
        if not same(signature, feishu_signature(timestamp, nonce, keys.encrypt_key, body)):
            raise forged()
        check_time(timestamp, now, window_s=WINDOW_S)
    return event


def find_challenge(event: dict[str, Any]) -> str | None:
    """Return what a verification of the address wants to have back; None for other events."""
    return text_at(event, "challenge") if event.get("type") == VERIFICATION else None


def find_message(event: dict[str, Any]) -> Message | None:
    """Return what somebody said; None for other events, and for what a robot said."""
    if text_at(event, "header", "event_type") != MESSAGE:
        return None
    said = event.get("event")
    if text_at(said, "sender", "sender_type") not in ("", "user"):
        return None
    user, chat = text_at(said, "sender", "sender_id", "open_id"), text_at(said, "message", "chat_id")
    message_id = text_at(said, "message", "message_id")
    if not user or not chat or not message_id:
        raise unreadable("open_id, chat_id, message_id")
    return Message(id=message_id, user=user, conversation=f"{chat}/{user}", text=_find_text(said))


def _find_text(said: Any) -> str | None:
    """Return a text without the names it calls; None for an image or a file."""
    if text_at(said, "message", "message_type") != "text":
        return None
    text = text_at(parse_object(text_at(said, "message", "content")), "text")
    mentions = said["message"].get("mentions")
    for mention in mentions if isinstance(mentions, list) else ():
        text = text.replace(text_at(mention, "key") or "\0", "")
    return text
