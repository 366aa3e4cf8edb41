"""A chat model in this process: a GGUF file run by llama.cpp, bound to the schema by its grammar."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from yuanli.errors import Text, UnavailableError
from yuanli.language import ChatAnswer, ChatRequest
from yuanli.services.calling import ServiceBusyError
from yuanli.services.chat import chat_body, read_completion

CONTEXT_TOKENS = 8192
MOST_ITEMS = 6
LONGEST_TEXT = 30


class LocalModelError(UnavailableError):
    """The model's file or the library that runs it is missing or broken."""


class GgufChat:
    """A model that is loaded at the first question, and answers one at a time.

    Parameters
    ----------
    path
        The `.gguf` file.
    threads
        How many cores it may use.
    deadline_s
        How long anybody waits. What is under way then goes on, so that the next answer is quicker.
    """

    def __init__(self, path: Path, *, threads: int = 2, deadline_s: float = 60.0) -> None:
        self._path, self._threads, self._deadline_s = path, threads, deadline_s
        self._lock = Lock()
        self._server: Any = None

    def complete(self, request: ChatRequest) -> ChatAnswer:
        """Return what the model says.

        Raises
        ------
        LocalModelError
            It can't be loaded, fails, or is too slow.
        ServiceBusyError
            It is answering somebody else.
        """
        if not self._lock.acquire(blocking=False):
            raise ServiceBusyError(Text("本地大模型正忙。", "The local model is busy."))
        answering: Future[Any] = Future()
        Thread(target=self._answer, args=(request, answering), daemon=True).start()
        try:
            answer = answering.result(timeout=self._deadline_s)
        except TimeoutError as error:
            raise _broken(f"{self._deadline_s:.0f} s") from error
        return replace(read_completion(answer, request, self._path.stem), model=self._path.stem)

    def close(self) -> None:
        """Let the model go."""
        with self._lock:
            self._server = None

    def _answer(self, request: ChatRequest, answering: Future[Any]) -> None:
        """Answer in a thread of its own; `answering` gets the answer or the error."""
        bounded = replace(request, schema=bounded_schema(request.schema))
        try:
            if self._server is None:
                self._server = load_gguf(self._path, threads=self._threads)
            answer = self._server.handle_chat_completions(chat_body(bounded, self._path.stem))
        except LocalModelError as error:
            answering.set_exception(error)
        except (RuntimeError, ValueError) as error:
            answering.set_exception(_broken(str(error)[:120]))
        else:
            answering.set_result(answer)
        finally:
            self._lock.release()


def bounded_schema(schema: Any) -> Any:
    """Return a schema whose lists and texts end: a small model may never end them by itself."""
    if not isinstance(schema, Mapping):
        return schema
    bounded = {key: bounded_schema(value) for key, value in schema.items()}
    if schema.get("type") == "array":
        bounded["maxItems"] = MOST_ITEMS
    if schema.get("type") == "string" and "enum" not in schema:
        bounded["maxLength"] = LONGEST_TEXT
    return bounded


def load_gguf(path: Path, *, threads: int) -> Any:
    """Load a GGUF file with xllamacpp; its own HTTP port is closed to everybody by a random key.

    Raises
    ------
    LocalModelError
        The file is missing or broken, or `yuanli[llm]` is not installed.
    """
    if not path.is_file():
        raise _broken(f"{path.name}: no file")
    try:
        from xllamacpp import CommonParams, Server
    except ImportError as error:
        raise LocalModelError(
            Text("缺少运行本地大模型的组件。", "The part that runs local models is missing."),
            field="llm_gguf",
            hint=Text("执行 pip install 'yuanli[llm]'", "Run: pip install 'yuanli[llm]'"),
        ) from error
    params = CommonParams()
    params.model.path = str(path)
    params.n_ctx, params.n_parallel, params.verbosity = CONTEXT_TOKENS, 1, 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.hostnames, params.api_keys = ["127.0.0.1"], [secrets.token_hex(32)]
    try:
        return Server(params)
    except (RuntimeError, ValueError, OSError) as error:
        raise _broken(str(error)[:120]) from error


def _broken(why: str) -> LocalModelError:
    return LocalModelError(
        Text(f"本地大模型不可用：{why}", f"The local model can't be used: {why}"),
        field="llm_gguf",
        hint=Text("请检查 llm_gguf 指向的文件。", "Check the file that llm_gguf names."),
    )
