"""Calling a service over HTTP: one deadline, a few attempts, a bounded answer, nobody waits in a queue."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from threading import Semaphore
from typing import TYPE_CHECKING, Any

from yuanli.errors import Text, UnavailableError
from yuanli.services.breaker import Breaker, BreakerParams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx2 import Client, Response

TRY_AGAIN = frozenset({429, 500, 502, 503, 504})


class ServiceUnavailableError(UnavailableError):
    """A service does not answer, not in time, or not yet."""


class ServiceRefusedError(UnavailableError):
    """A service refuses the call, or answers what can't be read: its settings are wrong."""


class ServiceBusyError(UnavailableError):
    """As many calls are under way as are allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallParams:
    """How patient a call is.

    Parameters
    ----------
    deadline_s, connect_s
        The time for a call with all its attempts; for a connection.
    attempts, first_wait_s, longest_wait_s
        How often it is tried; the wait after the first failure, doubled by each; its limit.
    largest_bytes
        The largest answer that is read.
    at_once
        How many calls may be under way.
    """

    deadline_s: float = 10.0
    connect_s: float = 3.0
    attempts: int = 3
    first_wait_s: float = 0.3
    longest_wait_s: float = 3.0
    largest_bytes: int = 1_000_000
    at_once: int = 4
    breaker: BreakerParams = field(default_factory=BreakerParams)


class _TryAgainError(Exception):
    """An attempt failed in a way that another may not; `wait_s` is what the service asked for."""

    def __init__(self, why: str, wait_s: float | None = None) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class Service:
    """One outside service: its connections, and what is known of its health.

    Parameters
    ----------
    name
        What people call it.
    base_url, api_key
        Where it is, and the bearer token that it asks for.
    params
        How patient it is.
    clock, sleep
        Seconds, and waiting.
    """

    def __init__(
        self,
        name: Text,
        base_url: str,
        *,
        api_key: str | None = None,
        params: CallParams = CallParams(),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name, self._base_url, self._params = name, base_url.rstrip("/"), params
        self._clock, self._sleep, self._rng = clock, sleep, Random()
        self._breaker = Breaker(name.en, clock, params.breaker)
        self._free = Semaphore(params.at_once)
        self._client = _client(api_key, params.at_once)

    def post(
        self,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send JSON or a form, and return the JSON that comes back.

        Raises
        ------
        ServiceBusyError, ServiceUnavailableError, ServiceRefusedError
            There is no answer.
        """
        given: dict[str, Any] = {"json": body, "data": form, "files": files, "headers": headers}
        with self._turn():
            try:
                answer = self._tried(path, {key: value for key, value in given.items() if value is not None})
            except UnavailableError:
                self._breaker.failed()
                raise
            self._breaker.succeeded()
            return answer

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._free.acquire(blocking=False):
            raise ServiceBusyError(Text(f"{self._name.zh}正忙。", f"{self._name.en} is busy."))
        try:
            if not self._breaker.admits():
                raise ServiceBusyError(
                    Text(f"{self._name.zh}连续失败，暂停调用。", f"{self._name.en} keeps failing; it rests.")
                )
            yield
        finally:
            self._free.release()

    def _tried(self, path: str, given: dict[str, Any]) -> Any:
        deadline = self._clock() + self._params.deadline_s
        for attempt in range(1, self._params.attempts + 1):
            try:
                return self._attempt(path, given, deadline)
            except _TryAgainError as error:
                wait_s = self._wait_s(attempt, error.wait_s)
                last = attempt == self._params.attempts
                if last or self._clock() + wait_s >= deadline:
                    raise self._unavailable(str(error)) from error
            self._sleep(wait_s)
        raise AssertionError("there is at least one attempt")

    def _wait_s(self, attempt: int, asked_s: float | None) -> float:
        if asked_s is not None:
            return asked_s
        longest_s = min(self._params.first_wait_s * 2.0 ** (attempt - 1), self._params.longest_wait_s)
        return longest_s * (0.5 + self._rng.random() / 2)

    def _attempt(self, path: str, given: dict[str, Any], deadline: float) -> Any:
        from httpx2 import (  # fmt: skip
            ConnectError,
            ConnectTimeout,
            HTTPError,
            InvalidURL,
            NetworkError,
            RemoteProtocolError,
            Timeout,
            TimeoutException,
        )

        left_s = max(deadline - self._clock(), 0.01)
        timeout = Timeout(left_s, connect=min(left_s, self._params.connect_s))
        try:
            with self._client.stream("POST", f"{self._base_url}{path}", timeout=timeout, **given) as reply:
                self._check_status(reply)
                return self._read(reply, deadline)
        except (ConnectError, ConnectTimeout, NetworkError, RemoteProtocolError) as error:
            raise _TryAgainError(type(error).__name__) from error
        except TimeoutException as error:
            raise self._unavailable(type(error).__name__) from error
        except (HTTPError, InvalidURL) as error:
            raise self._refused(type(error).__name__) from error

    def _check_status(self, reply: Response) -> None:
        if reply.status_code in TRY_AGAIN:
            raise _TryAgainError(f"HTTP {reply.status_code}", _asked_wait_s(reply))
        if not reply.is_success:
            raise self._refused(f"HTTP {reply.status_code}")

    def _read(self, reply: Response, deadline: float) -> Any:
        content = bytearray()
        for chunk in reply.iter_bytes():
            content += chunk
            if len(content) > self._params.largest_bytes:
                raise self._refused("too large")
            if self._clock() > deadline:
                raise self._unavailable("deadline")
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise self._refused("no JSON") from error

    def _unavailable(self, why: str) -> ServiceUnavailableError:
        return ServiceUnavailableError(
            Text(f"{self._name.zh}暂不可用（{why}）。", f"{self._name.en} is not available ({why})."),
            hint=Text("稍后重试，或检查它的地址和网络。", "Try later, or check its address and the network."),
        )

    def _refused(self, why: str) -> ServiceRefusedError:
        return ServiceRefusedError(
            Text(
                f"{self._name.zh}没有给出可用的回答（{why}）。",
                f"{self._name.en} gave no usable answer ({why}).",
            ),
            hint=Text("请管理员检查它的地址、密钥和模型名。", "Have its address, key and model checked."),
        )


def _client(api_key: str | None, at_once: int) -> Client:
    """Make a client that takes nothing from the environment, follows nobody, and unpacks nothing."""
    from httpx2 import Client, Limits

    headers = {"Accept-Encoding": "identity"}
    if api_key is not None:
        headers["Authorization"] = f"Bearer {api_key}"
    return Client(
        headers=headers,
        trust_env=False,
        follow_redirects=False,
        limits=Limits(max_connections=at_once, max_keepalive_connections=at_once),
    )


def _asked_wait_s(reply: Response) -> float | None:
    told = reply.headers.get("retry-after", "")
    return float(told) if told.isdecimal() and len(told) < 6 else None
