"""The ciphers agree with the examples that WeCom, DingTalk and Feishu publish with their documentation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.api.channels import wecom
from yuanli.api.channels.ciphers import CipherError, Envelope, dingtalk_signature, feishu_opened
from yuanli.api.channels.messages import ForgedMessageError

WECOM = Envelope("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
"""Keys of the sample that comes with WeCom's libraries."""
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
MESSAGE = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W"
    "/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+H"
    "MZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB"
    "3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVK"
    "n28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)
AT = datetime.fromtimestamp(1409659813, tz=UTC)
DINGTALK = Envelope("123456", "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij", "suite4xxxxxxxxxxxxxxx")
"""Keys of the example in DingTalk's documentation of callbacks."""
EVENT = (
    "1a3NBxmCFwkCJvfoQ7WhJHB+iX3qHPsc9JbaDznE1i03peOk1LaOQoRz3+nlyGNhwmwJ3vDMG+OzrHMeiZI7gTRWVdUBmfxjZ8Ej23"
    "JVYa9VrYeJ5as7XM/ZpulX8NEQis44w53h1qAgnC3PRzM7Zc/D6Ibr0rgUathB6zRHP8PYrfgnNOS9PhSBdHlegK+AGGanfwjXuQ9+"
    "0pZcy0w9lQ=="
)


def test_wecom_checks_an_address() -> None:
    signature = "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    assert WECOM.signature("1409659589", "263014780", ECHO) == signature
    assert WECOM.opened(ECHO) == "1616140317555161061"


def test_wecom_sends_a_message() -> None:
    plain = wecom.open_signed(
        WECOM,
        MESSAGE,
        signature="477715d11cdb4164915debcba66cb864d751f3e6",
        timestamp="1409659813",
        nonce="1372623149",
        now=AT,
    )
    message = wecom.parse_message(plain)
    assert message is not None
    assert (message.id, message.user, message.text) == ("4561255354251345929", "mycreate", "hello")


def test_dingtalk_sends_an_event() -> None:
    assert (
        DINGTALK.signature("1445827045067", "nEXhMP4r", EVENT) == "5a65ceeef9aab2d149439f82dc191dd6c5cbe2c0"
    )
    assert '"EventType":"check_create_suite_url"' in DINGTALK.opened(EVENT)


def test_feishu_encrypts() -> None:
    assert feishu_opened("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "test key") == "hello world"


def test_dingtalk_signs_the_time() -> None:
    # openssl: printf '1577262236757\nsecret' | openssl dgst -sha256 -hmac secret -binary | base64
    assert dingtalk_signature("1577262236757", "secret") == "TIz5XcFHyeEuCoyc+5d9DoNiRC3txFfOzZU76lmRbYc="


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_an_envelope_opens_what_it_closed(text: str) -> None:
    closed = WECOM.closed(text)
    assert WECOM.opened(closed) == text
    assert closed != WECOM.closed(text)


@pytest.mark.parametrize(
    "encrypted", ["", "?", "AAAA", "A" * 44, MESSAGE[:-4] + "AAA=", MESSAGE[4:], "é", EVENT]
)
def test_what_was_not_made_with_the_key_is_refused(encrypted: str) -> None:
    with pytest.raises(CipherError):
        WECOM.opened(encrypted)
    with pytest.raises(CipherError):
        feishu_opened(encrypted, "test key")


def test_a_message_for_another_company_is_refused() -> None:
    other = Envelope(WECOM.token, WECOM.aes_key, "wx0000000000000000")
    with pytest.raises(CipherError):
        other.opened(MESSAGE)
    with pytest.raises(ForgedMessageError):
        wecom.open_signed(
            other,
            MESSAGE,
            signature="477715d11cdb4164915debcba66cb864d751f3e6",
            timestamp="1409659813",
            nonce="1372623149",
            now=AT,
        )


def test_keys_are_not_shown() -> None:
    assert WECOM.token not in repr(WECOM)
    assert WECOM.aes_key not in repr(WECOM)
