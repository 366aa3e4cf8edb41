"""A chat model behind an OpenAI-compatible address: vLLM, Ollama, llama.cpp, DashScope or DeepSeek."""

from __future__ import annotations

from typing import Any

from yuanli.errors import Text
from yuanli.language import ChatAnswer, ChatRequest
from yuanli.services.calling import Service, ServiceRefusedError

CHAT_NAME = Text("大模型服务", "The chat model's server")
BYTES_A_TOKEN = 3
"""What a token holds in Chinese and English, at the least: for servers that do not tell what they used."""


class HttpChat:
    """Asks `POST {base_url}/chat/completions`, the answer bound to a JSON schema.

    Parameters
    ----------
    service
        The server, at an address that ends in its version, such as `http://localhost:8000/v1`.
    model
        The name of the model there.
    """

    def __init__(self, service: Service, model: str) -> None:
        self._service = service
        self._model = model

    def complete(self, request: ChatRequest) -> ChatAnswer:
        """Return what the model says.

        Raises
        ------
        UnavailableError
            The server is down, busy, refuses, or answers something else.
        """
        answer = self._service.post("/chat/completions", body=chat_body(request, self._model))
        return read_completion(answer, request, self._model)

    def close(self) -> None:
        """Close the connections."""
        self._service.close()


def chat_body(request: ChatRequest, model: str) -> dict[str, Any]:
    """Return the body of a chat completion that has to keep a schema."""
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": request.system},
            {"role": "user", "content": request.user},
        ],
        "temperature": 0,
        "max_tokens": request.most_tokens,
        "stream": False,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "labels", "strict": True, "schema": dict(request.schema)},
        },
    }


def read_completion(answer: Any, request: ChatRequest, model: str) -> ChatAnswer:
    """Return what a completion says; without a count of tokens, what it must have cost about.

    Raises
    ------
    ServiceRefusedError
        It is no completion, was cut off, or the model refused.
    """
    try:
        choice = answer["choices"][0]
        text, ended = choice["message"]["content"], choice.get("finish_reason")
        told = (answer.get("usage") or {}).get("total_tokens")
        named = answer.get("model")
    except (TypeError, LookupError, AttributeError) as error:
        raise _unreadable("shape") from error
    if not isinstance(text, str) or ended not in (None, "stop"):
        raise _unreadable(str(ended)[:40])
    sent = f"{request.system}{request.user}{text}".encode(errors="replace")
    tokens = told if isinstance(told, int) and told > 0 else len(sent) // BYTES_A_TOKEN
    return ChatAnswer(text=text, model=named if isinstance(named, str) and named else model, tokens=tokens)


def _unreadable(why: str) -> ServiceRefusedError:
    return ServiceRefusedError(
        Text(f"{CHAT_NAME.zh}的回答无法使用（{why}）。", f"{CHAT_NAME.en} gave an answer of no use ({why})."),
        hint=Text("请检查模型是否支持 json_schema。", "Check that the model supports json_schema."),
    )
