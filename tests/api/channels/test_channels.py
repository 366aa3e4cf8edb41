"""People ask in WeCom, DingTalk and Feishu; what is not signed, late or sent twice changes nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml.ElementTree import fromstring
from fastapi.testclient import TestClient
from tests.api.apps import app_of
from tests.api.house import Clock, small_house
from tests.services.fake import Fake, fake_service, says

from yuanli.api.channels.answering import AnsweredOnce, StillAnsweringError
from yuanli.api.channels.ciphers import Envelope, dingtalk_signature

TOKEN, AES_KEY, CORP, APP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "ww1", "ding1"
WECOM, DINGTALK = Envelope(TOKEN, AES_KEY, CORP), Envelope(TOKEN, AES_KEY, APP)
SETTINGS = {
    "wecom_corp_id": CORP,
    "wecom_token": TOKEN,
    "wecom_aes_key": AES_KEY,
    "dingtalk_secret": "SEC1",
    "dingtalk_app_key": APP,
    "dingtalk_token": TOKEN,
    "dingtalk_aes_key": AES_KEY,
    "feishu_app_id": "cli_1",
    "feishu_app_secret": "s3cret",
    "feishu_encrypt_key": "test key",
    "feishu_verification_token": "v-token",
}
ASK = "从100室到203室怎么走"


@dataclass(frozen=True)
class Park:
    """A served house with all channels on, its clock, and the Feishu that it sends to."""

    client: TestClient
    clock: Clock
    feishu: Fake

    @property
    def seconds(self) -> str:
        return str(int(self.clock().timestamp()))

    @property
    def milliseconds(self) -> str:
        return str(int(self.clock().timestamp() * 1000))


@pytest.fixture
def park(tmp_path: Path) -> Iterator[Park]:
    clock = Clock()
    with fake_service() as feishu:
        token = {"code": 0, "msg": "ok", "tenant_access_token": "t-1", "expire": 7200}
        feishu.plays = [says(token), says({"code": 0, "data": {}})]
        house = small_house(tmp_path, clock, **SETTINGS, feishu_url=feishu.url.removesuffix("/v1"))
        with TestClient(app_of(house), raise_server_exceptions=False) as client:
            yield Park(client, clock, feishu)
        house.close()


# WeCom


def wecom_xml(content: str = ASK, *, kind: str = "text", message_id: str = "1") -> str:
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><FromUserName><![CDATA[li]]></FromUserName>"
        f"<CreateTime>1409659813</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>"
        f"<Content><![CDATA[{content}]]></Content><MsgId>{message_id}</MsgId><AgentID>218</AgentID></xml>"
    )


def wecom_query(park: Park, encrypted: str, **changed: str) -> str:
    timestamp = changed.get("timestamp", park.seconds)
    query = {
        "msg_signature": WECOM.signature(timestamp, "n", encrypted),
        "timestamp": timestamp,
        "nonce": "n",
        **changed,
    }
    return urlencode(query)


def send_wecom(park: Park, xml: str, **changed: str) -> Any:
    encrypted = WECOM.closed(xml)
    body = f"<xml><ToUserName>{CORP}</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return park.client.post(f"/v1/channels/wecom?{wecom_query(park, encrypted, **changed)}", content=body)


def wecom_said(reply: Any) -> str:
    assert reply.status_code == 200, reply.text
    outer = {child.tag: child.text for child in fromstring(reply.text)}
    signed = WECOM.signature(outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
    assert signed == outer["MsgSignature"]
    inner = {child.tag: child.text for child in fromstring(WECOM.opened(outer["Encrypt"]))}
    assert (inner["ToUserName"], inner["FromUserName"], inner["MsgType"]) == ("li", CORP, "text")
    return str(inner["Content"])


def test_wecom_checks_the_address(park: Park) -> None:
    echo = WECOM.closed("1616140317555161061")
    reply = park.client.get(f"/v1/channels/wecom?{wecom_query(park, echo)}&{urlencode({'echostr': echo})}")
    assert (reply.status_code, reply.text) == (200, "1616140317555161061")
    query = wecom_query(park, echo, msg_signature="0" * 40)
    assert park.client.get(f"/v1/channels/wecom?{query}&{urlencode({'echostr': echo})}").status_code == 403


def test_wecom_asks_and_is_answered_in_a_conversation(park: Park) -> None:
    assert "203室" in wecom_said(send_wecom(park, wecom_xml()))
    assert "您从哪里出发" in wecom_said(send_wecom(park, wecom_xml("203室怎么走", message_id="2")))
    assert "米" in wecom_said(send_wecom(park, wecom_xml("100室", message_id="3")))
    assert "我现在只能读文字" in wecom_said(send_wecom(park, wecom_xml(kind="image", message_id="4")))
    assert send_wecom(park, wecom_xml(kind="event", message_id="5")).text == ""


def test_wecom_sends_again_and_gets_the_same_answer(park: Park) -> None:
    question = wecom_xml("203室怎么走", message_id="7")
    assert wecom_said(send_wecom(park, question)) == wecom_said(send_wecom(park, question))
    assert "米" in wecom_said(send_wecom(park, wecom_xml("100室", message_id="8")))


@pytest.mark.parametrize(
    "changed", [{"msg_signature": "0" * 40}, {"msg_signature": "é"}, {"timestamp": "1"}, {"timestamp": "x"}]
)
def test_wecom_is_not_believed_without_signature_and_time(park: Park, changed: dict[str, str]) -> None:
    reply = send_wecom(park, wecom_xml(), **changed)
    assert (reply.status_code, reply.json()["error"]) == (403, "forged_message")


def test_wecom_is_not_believed_later(park: Park) -> None:
    encrypted = WECOM.closed(wecom_xml())
    query = wecom_query(park, encrypted)
    park.clock.forward(301)
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>"
    assert park.client.post(f"/v1/channels/wecom?{query}", content=body).status_code == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"<xml>", b'<!DOCTYPE x [<!ENTITY e "x">]><xml><Encrypt>&e;</Encrypt></xml>', b"{}"],
)
def test_wecom_sends_no_xml(park: Park, body: bytes) -> None:
    query = wecom_query(park, "")
    assert park.client.post(f"/v1/channels/wecom?{query}", content=body).status_code == 422


# DingTalk


def robot(content: str = ASK, **changed: Any) -> dict[str, Any]:
    """A robot's message as documented."""
    return {
        "conversationId": "cid1",
        "atUsers": [{"dingtalkId": "$:LWCP_v1:$1"}],
        "chatbotUserId": "$:LWCP_v1:$2",
        "msgId": "msg1",
        "senderNick": "李",
        "isAdmin": False,
        "senderStaffId": "user123",
        "sessionWebhookExpiredTime": 1613635652738,
        "createAt": 1613630252678,
        "senderCorpId": "dinge8a565",
        "conversationType": "2",
        "senderId": "$:LWCP_v1:$Ff09",
        "conversationTitle": "TEST",
        "isInAtList": True,
        "sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession?session=x",
        "text": {"content": f" {content}"},
        "msgtype": "text",
        **changed,
    }


def send_robot(park: Park, document: Any, **changed: str) -> Any:
    timestamp = changed.pop("timestamp", park.milliseconds)
    headers = {"timestamp": timestamp, "sign": dingtalk_signature(timestamp, "SEC1"), **changed}
    return park.client.post("/v1/channels/dingtalk", json=document, headers=headers)


def test_a_robot_asks_and_is_answered(park: Park) -> None:
    reply = send_robot(park, robot()).json()
    assert "203室" in reply["text"]["content"]
    assert reply["at"] == {"atUserIds": ["user123"], "isAtAll": False}
    alone = send_robot(park, robot("203室怎么走", msgId="2", conversationType="1")).json()
    assert ("您从哪里出发" in alone["text"]["content"], "at" in alone) == (True, False)
    other = send_robot(park, robot("100室", msgId="3", senderStaffId="user9")).json()
    assert "米" not in other["text"]["content"], "somebody else's conversation"
    assert "米" in send_robot(park, robot("100室", msgId="4")).json()["text"]["content"]
    picture = send_robot(park, robot(msgtype="picture", msgId="5", text=None)).json()
    assert "只能读文字" in picture["text"]["content"]


@pytest.mark.parametrize(
    "changed", [{"sign": "AAAA"}, {"timestamp": "1"}, {"timestamp": "-1"}, {"timestamp": "²"}]
)
def test_a_robot_is_not_believed_without_signature_and_time(park: Park, changed: dict[str, str]) -> None:
    if changed.get("timestamp") == "²":
        changed = {"timestamp": "9" * 20}
    assert send_robot(park, robot(), **changed).status_code == 403


def test_a_robot_is_believed_for_an_hour(park: Park) -> None:
    at = park.milliseconds
    park.clock.forward(3599)
    assert send_robot(park, robot(), timestamp=at).status_code == 200
    park.clock.forward(2)
    assert send_robot(park, robot(msgId="2"), timestamp=at).status_code == 403


@pytest.mark.parametrize(
    "document", [[], None, 1, {}, {"msgId": 1}, robot(msgId=""), robot(conversationId=None)]
)
def test_a_robot_sends_nonsense(park: Park, document: Any) -> None:
    assert send_robot(park, document).status_code == 422


def test_an_encrypted_event_is_confirmed(park: Park) -> None:
    encrypted = DINGTALK.closed('{"EventType":"check_url"}')
    query = {
        "msg_signature": DINGTALK.signature(park.milliseconds, "n", encrypted),
        "timestamp": park.milliseconds,
        "nonce": "n",
    }
    address = "/v1/channels/dingtalk?" + urlencode(query)
    reply = park.client.post(address, json={"encrypt": encrypted}).json()
    assert DINGTALK.opened(reply["encrypt"]) == "success"
    signed = DINGTALK.signature(reply["timeStamp"], reply["nonce"], reply["encrypt"])
    assert signed == reply["msg_signature"]
    assert park.client.post(address, json={"encrypt": WECOM.closed("{}")}).status_code == 403
    assert park.client.post("/v1/channels/dingtalk", json={"encrypt": encrypted}).status_code == 403


# Feishu


def feishu_closed(document: Any, key: str = "test key") -> str:
    """Encrypt as Feishu documents it: the key's SHA-256, a random first block, PKCS #7 to 16 bytes."""
    plain = json.dumps(document, ensure_ascii=False).encode()
    padding = 16 - len(plain) % 16
    iv = b"0123456789abcdef"
    encryptor = Cipher(algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(iv)).encryptor()
    return base64.b64encode(iv + encryptor.update(plain + bytes([padding]) * padding)).decode()


def feishu_event(text: str = ASK, *, token: str = "v-token", message_id: str = "om_1", **message: Any) -> Any:
    """An event of a message as documented."""
    return {
        "schema": "2.0",
        "header": {
            "event_id": "5e3702a84e847582be8db7fb73283c02",
            "event_type": "im.message.receive_v1",
            "create_time": "1608725989000",
            "token": token,
            "app_id": "cli_1",
            "tenant_key": "2ca1d211f64f6438",
        },
        "event": {
            "sender": {
                "sender_id": {"union_id": "on_8ed6", "user_id": "e33ggbyz", "open_id": "ou_84aa"},
                "sender_type": "user",
                "tenant_key": "736588c9260f175e",
            },
            "message": {
                "message_id": message_id,
                "create_time": "1609073151345",
                "chat_id": "oc_5ce6",
                "chat_type": "group",
                "message_type": "text",
                "content": json.dumps({"text": f"@_user_1 {text}"}),
                "mentions": [{"key": "@_user_1", "id": {"open_id": "ou_1"}, "name": "园理"}],
                **message,
            },
        },
    }


def send_feishu(park: Park, document: Any, *, key: str = "test key", **changed: str) -> Any:
    body = json.dumps({"encrypt": feishu_closed(document, key)}).encode()
    timestamp = changed.pop("timestamp", park.seconds)
    signature = hashlib.sha256(f"{timestamp}ntest key".encode() + body).hexdigest()
    headers = {
        "X-Lark-Signature": signature,
        "X-Lark-Request-Timestamp": timestamp,
        "X-Lark-Request-Nonce": "n",
        **changed,
    }
    return park.client.post("/v1/channels/feishu", content=body, headers=headers)


def test_feishu_checks_the_address_without_a_signature(park: Park) -> None:
    check = {"challenge": "ajls384kdjx98XX", "token": "v-token", "type": "url_verification"}
    body = {"encrypt": feishu_closed(check)}
    reply = park.client.post("/v1/channels/feishu", json=body)
    assert reply.json() == {"challenge": "ajls384kdjx98XX"}
    forged = {"encrypt": feishu_closed({**check, "token": "guess"})}
    assert park.client.post("/v1/channels/feishu", json=forged).status_code == 403
    assert park.client.post("/v1/channels/feishu", json=check).status_code == 403


def test_feishu_asks_and_is_sent_the_answer_once(park: Park) -> None:
    for _ in range(2):
        assert send_feishu(park, feishu_event()).json() == {}
    assert park.feishu.paths == [
        "/open-apis/auth/v3/tenant_access_token/internal",
        "/open-apis/im/v1/messages/om_1/reply",
    ]
    assert park.feishu.sent(0) == {"app_id": "cli_1", "app_secret": "s3cret"}
    assert park.feishu.headers[1]["authorization"] == "Bearer t-1"
    assert "203室" in json.loads(park.feishu.sent()["content"])["text"]
    send_feishu(park, feishu_event("hello", message_id="om_2"))
    assert park.feishu.paths[2:] == ["/open-apis/im/v1/messages/om_2/reply"]
    assert "I am yuanli" in json.loads(park.feishu.sent()["content"])["text"]


def test_feishu_that_takes_no_answers_is_no_error_for_its_event(park: Park) -> None:
    park.feishu.plays = [says({"code": 99991663, "msg": "token invalid"})]
    assert send_feishu(park, feishu_event()).json() == {}
    assert send_feishu(park, feishu_event(message_id="../../x")).json() == {}


def test_feishu_is_asked_in_text_by_people_only(park: Park) -> None:
    send_feishu(park, feishu_event(message_type="image", content='{"image_key":"i"}'))
    assert "只能读文字" in json.loads(park.feishu.sent()["content"])["text"]
    count = len(park.feishu.paths)
    robot_said = feishu_event(message_id="om_3")
    robot_said["event"]["sender"]["sender_type"] = "app"
    other = feishu_event(message_id="om_4")
    other["header"]["event_type"] = "im.chat.disbanded_v1"
    assert send_feishu(park, robot_said).json() == send_feishu(park, other).json() == {}
    assert len(park.feishu.paths) == count


@pytest.mark.parametrize(
    ("document", "changed"),
    [
        (feishu_event(token="guess"), {}),
        (feishu_event(), {"X-Lark-Signature": "0" * 64}),
        (feishu_event(), {"timestamp": "1"}),
        (feishu_event(), {"key": "another key"}),
        (feishu_event(), {"X-Lark-Request-Nonce": "other"}),
    ],
)
def test_feishu_is_not_believed_without_key_signature_time_and_token(
    park: Park, document: Any, changed: dict[str, str]
) -> None:
    reply = send_feishu(park, document, **changed)
    assert (reply.status_code, reply.json()["error"]) == (403, "forged_message")
    assert park.feishu.paths == []


@pytest.mark.parametrize("document", [[], "x", feishu_event(chat_id=None), feishu_event(content="[")])
def test_feishu_sends_nonsense(park: Park, document: Any) -> None:
    assert send_feishu(park, document).status_code in (403, 422)


# All of them


def test_a_channel_is_off_until_its_keys_are_set(visitor: TestClient) -> None:
    query = "msg_signature=a&timestamp=1&nonce=n&echostr=e"
    replies = [visitor.get(f"/v1/channels/wecom?{query}"), visitor.post(f"/v1/channels/wecom?{query}")]
    replies += [visitor.post(f"/v1/channels/{name}", json={}) for name in ("dingtalk", "feishu")]
    assert [(reply.status_code, reply.json()["error"]) for reply in replies] == [(404, "channel_off")] * 4


def test_a_message_that_comes_twice_at_once_is_answered_once() -> None:
    answered, made = AnsweredOnce(), list[int]()
    started, go = threading.Event(), threading.Event()

    def make() -> str:
        made.append(1)
        started.set()
        go.wait(5)
        return "yes"

    said: list[tuple[str, bool]] = []

    def ask() -> None:
        said.append(answered.answer("c", "1", make))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    threads[0].start()
    started.wait(5)
    for thread in threads[1:]:
        thread.start()
    go.set()
    for thread in threads:
        thread.join()
    assert (sorted(said), made) == ([("yes", False), ("yes", False), ("yes", True)], [1])


def test_whoever_waits_too_long_for_the_same_answer_is_told() -> None:
    answered = AnsweredOnce(patience_s=0.0)
    refused: list[Exception] = []

    def make() -> str:
        with pytest.raises(StillAnsweringError) as late:
            answered.answer("c", "1", lambda: "no")
        refused.append(late.value)
        return "yes"

    assert answered.answer("c", "1", make) == ("yes", True)
    assert len(refused) == 1


def test_an_answer_that_failed_may_be_asked_again_and_old_ones_are_forgotten() -> None:
    answered = AnsweredOnce(remembered=1)
    with pytest.raises(ZeroDivisionError):
        answered.answer("c", "1", lambda: str(1 // 0))
    assert answered.answer("c", "1", lambda: "a") == ("a", True)
    assert answered.answer("d", "1", lambda: "b") == ("b", True)
    assert answered.answer("c", "1", lambda: "c") == ("c", True)
