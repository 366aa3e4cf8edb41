"""钉钉: a robot's messages, signed in the header (open.dingtalk.com, receive-message), and encrypted events."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from yuanli.api.channels.ciphers import CipherError, Envelope, dingtalk_signature, same
from yuanli.api.channels.messages import (
    Message,
    check_time,
    forged,
    parse_object,
    shortened,
    text_at,
    unreadable,
)
from yuanli.settings import Settings

WINDOW_S = 3600.0
"""As documented: what is an hour from now is refused."""
MILLISECOND_S = 0.001
LIMIT_BYTES = 20_000
GROUP = "2"


def find_secret(settings: Settings) -> str | None:
    """Return the robot's secret; None where the channel is off."""
    return None if settings.dingtalk_secret is None else settings.dingtalk_secret.get_secret_value()


def find_envelope(settings: Settings) -> Envelope | None:
    """Return the keys of encrypted events; None where they are not taken."""
    token, aes_key, app_key = settings.dingtalk_token, settings.dingtalk_aes_key, settings.dingtalk_app_key
    if token is None or aes_key is None or app_key is None:
        return None
    return Envelope(token.get_secret_value(), aes_key.get_secret_value(), app_key)


def check_signature(secret: str, *, timestamp: str, sign: str, now: datetime) -> None:
    """Check the header of a robot's message; it signs the time, not the body, which TLS has to keep.

    Raises
    ------
    ForgedMessageError
        The signature or the time is wrong.
    """
    if not same(sign, dingtalk_signature(timestamp, secret)):
        raise forged()
    check_time(timestamp, now, window_s=WINDOW_S, unit_s=MILLISECOND_S)


def open_event(
    envelope: Envelope, encrypted: str, *, signature: str, timestamp: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """Return an encrypted event, once its signature and time are right.

    Raises
    ------
    ForgedMessageError
        They are not, or it is for another app.
    """
    if not same(signature, envelope.signature(timestamp, nonce, encrypted)):
        raise forged()
    check_time(timestamp, now, window_s=WINDOW_S, unit_s=MILLISECOND_S)
    try:
        return parse_object(envelope.opened(encrypted))
    except CipherError as error:
        raise forged() from error


def parse_message(document: dict[str, Any]) -> Message:
    """Read a robot's message."""
    user = text_at(document, "senderStaffId") or text_at(document, "senderId")
    message_id, chat = text_at(document, "msgId"), text_at(document, "conversationId")
    if not user or not message_id or not chat:
        raise unreadable("senderId, msgId, conversationId")
    said = text_at(document, "text", "content") if text_at(document, "msgtype") == "text" else None
    return Message(id=message_id, user=user, conversation=f"{chat}/{user}", text=said)


def write_reply(document: dict[str, Any], text: str) -> dict[str, Any]:
    """Return the JSON that answers a robot's message; in a group it calls the asker."""
    reply: dict[str, Any] = {"msgtype": "text", "text": {"content": shortened(text, LIMIT_BYTES)}}
    staff = text_at(document, "senderStaffId")
    if staff and text_at(document, "conversationType") == GROUP:
        reply["at"] = {"atUserIds": [staff], "isAtAll": False}
    return reply


def write_success(envelope: Envelope, *, now: datetime) -> dict[str, str]:
    """Return the encrypted word that says an event has arrived."""
    milliseconds, nonce = str(int(now.timestamp() * 1000)), secrets.token_hex(8)
    encrypted = envelope.closed("success")
    return {
        "msg_signature": envelope.signature(milliseconds, nonce, encrypted),
        "timeStamp": milliseconds,
        "nonce": nonce,
        "encrypt": encrypted,
    }
