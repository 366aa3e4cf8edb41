"""Sending answers to Feishu or Lark: a token of the app, then a reply to the message (open.feishu.cn, im-v1)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from yuanli.errors import Text
from yuanli.services.calling import Service, ServiceRefusedError

FEISHU_NAME = Text("飞书", "Feishu")
TOKEN_PATH = "/open-apis/auth/v3/tenant_access_token/internal"
EARLY_S = 300.0
"""A token is renewed this long before it ends."""
LIMIT_CHARACTERS = 30_000


class FeishuMessenger:
    """Replies to messages, with the app's token, which it keeps while that is good.

    Parameters
    ----------
    service
        `https://open.feishu.cn` or `https://open.larksuite.com`.
    clock
        Seconds.
    """

    def __init__(
        self,
        service: Service,
        *,
        app_id: str,
        app_secret: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service, self._app_id, self._app_secret = service, app_id, app_secret
        self._clock = clock
        self._lock = Lock()
        self._token, self._until = "", 0.0

    def reply(self, message_id: str, text: str) -> None:
        """Send a text in reply to a message; a reply that is sent twice is shown once.

        Raises
        ------
        UnavailableError
            Feishu is not reached, or refuses.
        """
        content = json.dumps({"text": text[:LIMIT_CHARACTERS]}, ensure_ascii=False)
        self._asked(
            f"/open-apis/im/v1/messages/{_safe(message_id)}/reply",
            {"msg_type": "text", "content": content, "uuid": message_id[-50:]},
            headers={"Authorization": f"Bearer {self._current_token()}"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._service.close()

    def _current_token(self) -> str:
        with self._lock:
            if self._clock() >= self._until:
                answer = self._asked(TOKEN_PATH, {"app_id": self._app_id, "app_secret": self._app_secret})
                token, lasts_s = answer.get("tenant_access_token"), answer.get("expire")
                if not isinstance(token, str) or not token.isascii() or not isinstance(lasts_s, int):
                    raise _refused("tenant_access_token")
                self._token, self._until = token, self._clock() + lasts_s - EARLY_S
            return self._token

    def _asked(
        self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        answer = self._service.post(path, body=body, headers=headers)
        if not isinstance(answer, dict) or answer.get("code") != 0:
            raise _refused(str(answer.get("code")) if isinstance(answer, dict) else "JSON")
        return answer


def _safe(message_id: str) -> str:
    if not message_id.replace("_", "").replace("-", "").isalnum() or not message_id.isascii():
        raise _refused("message_id")
    return message_id


def _refused(why: str) -> ServiceRefusedError:
    return ServiceRefusedError(
        Text(f"飞书没有接受消息（{why}）。", f"Feishu did not take the message ({why})."),
        hint=Text("请检查应用的密钥和发消息权限。", "Check the app's secret and its right to send messages."),
    )
