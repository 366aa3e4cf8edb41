"""企业微信: signed, encrypted XML, answered in the response (developer.work.weixin.qq.com, path 90968)."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from yuanli.api.channels.ciphers import CipherError, Envelope, same
from yuanli.api.channels.messages import Message, check_time, forged, shortened, unreadable
from yuanli.settings import Settings

WINDOW_S = 300.0
LIMIT_BYTES = 2048
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML can't hold."""


def find_envelope(settings: Settings) -> Envelope | None:
    """Return the keys of the channel; None where it is off."""
    token, aes_key, corp_id = settings.wecom_token, settings.wecom_aes_key, settings.wecom_corp_id
    if token is None or aes_key is None or corp_id is None:
        return None
    return Envelope(token.get_secret_value(), aes_key.get_secret_value(), corp_id)


def open_signed(
    envelope: Envelope, encrypted: str, *, signature: str, timestamp: str, nonce: str, now: datetime
) -> str:
    """Return what an encrypted text says, once its signature and time are right.

    Raises
    ------
    ForgedMessageError
        They are not, or it is for somebody else.
    """
    if not same(signature, envelope.signature(timestamp, nonce, encrypted)):
        raise forged()
    check_time(timestamp, now, window_s=WINDOW_S)
    try:
        return envelope.opened(encrypted)
    except CipherError as error:
        raise forged() from error


def encrypted_part(body: bytes) -> str:
    """Return the encrypted part of a body."""
    return _child(_parsed(body), "Encrypt")


def parse_message(xml: str) -> Message | None:
    """Read a decrypted message; None for an event, which nobody said."""
    root = _parsed(xml.encode())
    kind, user = _child(root, "MsgType"), _child(root, "FromUserName")
    if kind == "event":
        return None
    text = _child(root, "Content") if kind == "text" else None
    message_id = _child(root, "MsgId")
    if not user or not message_id:
        raise unreadable("FromUserName, MsgId")
    return Message(id=message_id, user=user, conversation=user, text=text)


def write_reply(envelope: Envelope, user: str, text: str, *, now: datetime) -> str:
    """Return the encrypted XML that answers a message."""
    seconds = str(int(now.timestamp()))
    message = (
        f"<xml><ToUserName>{_data(user)}</ToUserName><FromUserName>{_data(envelope.receiver)}</FromUserName>"
        f"<CreateTime>{seconds}</CreateTime><MsgType>{_data('text')}</MsgType>"
        f"<Content>{_data(shortened(text, LIMIT_BYTES))}</Content></xml>"
    )
    encrypted, nonce = envelope.closed(message), secrets.token_hex(8)
    signature = envelope.signature(seconds, nonce, encrypted)
    return (
        f"<xml><Encrypt>{_data(encrypted)}</Encrypt><MsgSignature>{_data(signature)}</MsgSignature>"
        f"<TimeStamp>{seconds}</TimeStamp><Nonce>{_data(nonce)}</Nonce></xml>"
    )


def _data(text: str) -> str:
    safe = UNWRITABLE.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{safe}]]>"


def _parsed(xml: bytes) -> Element:
    try:
        root: Element = fromstring(xml)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise unreadable("XML") from error
    return root


def _child(root: Element, name: str) -> str:
    child = root.find(name)
    return "" if child is None or child.text is None else child.text
