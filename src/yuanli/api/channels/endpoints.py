"""The addresses that the channels call: open to everybody, answering only what is signed."""

from __future__ import annotations

import logging
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, Header, Query, Request, Response
from fastapi.responses import PlainTextResponse

from yuanli.api.callers import HouseDep, needs
from yuanli.api.channels import dingtalk, feishu, wecom
from yuanli.api.channels.answering import AnsweredOnce, answer_message
from yuanli.api.channels.messages import Message, forged, off, parse_object, text_at
from yuanli.bootstrap import House
from yuanli.errors import YuanliError
from yuanli.operations import Right

router = APIRouter(prefix="/channels", tags=["channels"], dependencies=[needs(Right.ASK_ASSISTANT)])
Short = Annotated[str, Query(max_length=500)]
Told = Annotated[str, Header(max_length=500)]
log = logging.getLogger(__name__)


async def body_of(request: Request) -> bytes:
    """Return the body as it came: what is signed."""
    return await request.body()


async def answered_of(request: Request) -> AnsweredOnce:
    """Return what was answered lately."""
    answered: AnsweredOnce = request.app.state.answered
    return answered


BodyDep = Annotated[bytes, Depends(body_of)]
AnsweredDep = Annotated[AnsweredOnce, Depends(answered_of)]


@router.get("/wecom", response_class=PlainTextResponse)
def verify_wecom(
    house: HouseDep,
    msg_signature: Short,
    timestamp: Short,
    nonce: Short,
    echostr: Annotated[str, Query(max_length=2000)],
) -> PlainTextResponse:
    """Answer 企业微信's check of this address with what it sent, decrypted."""
    envelope = wecom.find_envelope(house.settings)
    if envelope is None:
        raise off("wecom")
    plain = wecom.open_signed(
        envelope, echostr, signature=msg_signature, timestamp=timestamp, nonce=nonce, now=house.now()
    )
    return PlainTextResponse(plain)


@router.post(
    "/wecom",
    response_class=Response,
    responses={200: {"content": {"application/xml": {}}, "description": "The encrypted answer, or nothing"}},
)
def take_wecom(
    house: HouseDep,
    answered: AnsweredDep,
    body: BodyDep,
    msg_signature: Short,
    timestamp: Short,
    nonce: Short,
) -> Response:
    """Answer a message of 企业微信 with the assistant's reply, encrypted."""
    envelope = wecom.find_envelope(house.settings)
    if envelope is None:
        raise off("wecom")
    plain = wecom.open_signed(
        envelope,
        wecom.encrypted_part(body),
        signature=msg_signature,
        timestamp=timestamp,
        nonce=nonce,
        now=house.now(),
    )
    message = wecom.parse_message(plain)
    if message is None:
        return Response(media_type="application/xml")
    text, _ = answered.answer("wecom", message.id, lambda: answer_message(house, "wecom", message))
    reply = wecom.write_reply(envelope, message.user, text, now=house.now())
    return Response(reply, media_type="application/xml")


@router.post("/dingtalk")
def take_dingtalk(
    house: HouseDep,
    answered: AnsweredDep,
    body: BodyDep,
    timestamp: Told = "",
    sign: Told = "",
    signature: Annotated[str, Query(alias="msg_signature", max_length=500)] = "",
    event_time: Annotated[str, Query(alias="timestamp", max_length=500)] = "",
    nonce: Short = "",
) -> dict[str, Any]:
    """Answer a message to the robot of 钉钉, or say that an encrypted event has arrived."""
    secret, envelope = dingtalk.find_secret(house.settings), dingtalk.find_envelope(house.settings)
    if secret is None and envelope is None:
        raise off("dingtalk")
    if sign:
        if secret is None:
            raise off("dingtalk")
        dingtalk.check_signature(secret, timestamp=timestamp, sign=sign, now=house.now())
        document = parse_object(body)
        said = dingtalk.parse_message(document)
        text, _ = answered.answer("dingtalk", said.id, lambda: answer_message(house, "dingtalk", said))
        return dingtalk.write_reply(document, text)
    if envelope is None:
        raise forged()
    encrypted = text_at(parse_object(body), "encrypt")
    dingtalk.open_event(
        envelope, encrypted, signature=signature, timestamp=event_time, nonce=nonce, now=house.now()
    )
    return dict(dingtalk.write_success(envelope, now=house.now()))


@router.post("/feishu")
def take_feishu(
    house: HouseDep,
    answered: AnsweredDep,
    body: BodyDep,
    background: BackgroundTasks,
    x_lark_signature: Told = "",
    x_lark_request_timestamp: Told = "",
    x_lark_request_nonce: Told = "",
) -> dict[str, Any]:
    """Take an event of 飞书: answer its check of this address, or send the reply to a message."""
    keys = feishu.find_keys(house.settings)
    if keys is None:
        raise off("feishu")
    event = feishu.open_event(
        keys,
        body,
        signature=x_lark_signature,
        timestamp=x_lark_request_timestamp,
        nonce=x_lark_request_nonce,
        now=house.now(),
    )
    challenge = feishu.find_challenge(event)
    if challenge is not None:
        return {"challenge": challenge}
    message = feishu.find_message(event)
    if message is not None:
        background.add_task(_send_feishu, house, answered, message)
    return {}


def _send_feishu(house: House, answered: AnsweredOnce, message: Message) -> None:
    """Send the reply to a message, unless it was sent already."""
    if house.messenger is None:
        return
    try:
        text, first = answered.answer("feishu", message.id, lambda: answer_message(house, "feishu", message))
        if first:
            house.messenger.reply(message.id, text)
    except YuanliError as error:
        log.warning("A reply to Feishu was not sent (%s): %s", error.code, error)
