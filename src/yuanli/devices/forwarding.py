"""Store and forward at the edge: what a spool holds is pushed by MQTT or HTTP, and forgotten when acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import SystemRandom
from typing import Self

import aiomqtt
import httpx2 as httpx

from yuanli.devices.brokers import Broker, Session, make_client
from yuanli.devices.spool import Parcel, Spool
from yuanli.errors import InvalidInputError, Text, UnavailableError

log = logging.getLogger(__name__)
THE_BODY_IS_WRONG = frozenset({400, 413, 415, 422})
"""All other refusals may end: a token, an address or a busy server."""


class SendFailedError(UnavailableError):
    """The other side can't be reached or takes nothing now; `wait_s` is what it asks for, `answered` what HTTP said."""

    def __init__(self, why: str, wait_s: float = 0.0, answered: int | None = None) -> None:
        super().__init__(Text(f"发送失败：{why}", f"It can't be sent: {why}"))
        self.wait_s, self.answered = wait_s, answered


class ParcelRefusedError(InvalidInputError):
    """The other side will never take this body."""


Send = Callable[[Parcel], Awaitable[int]]
"""Tells when a parcel is acknowledged how many rows were refused; else SendFailedError or ParcelRefusedError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardParams:
    """How many parcels are under way, and how long to wait after a failure and between looks at the spool."""

    parcels: int = 100
    first_wait_s: float = 0.5
    longest_wait_s: float = 60.0
    look_s: float = 0.5


class HttpSender:
    """Posts parcels with a token to the address of a server and, after it, the topic of the parcel.

    Together they are that of `POST /v1/campuses/{campus}/readings`.
    """

    def __init__(self, url: str, token: str, *, timeout_s: float = 30.0) -> None:
        self._url = url
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"}, timeout=timeout_s, trust_env=False
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def __call__(self, parcel: Parcel) -> int:
        """Post one parcel."""
        try:
            reply = await self._client.post(
                self._url + parcel.topic, content=parcel.payload, headers={"Content-Type": parcel.kind}
            )
        except httpx.HTTPError as error:
            raise SendFailedError(str(error) or type(error).__name__) from error
        if reply.status_code in THE_BODY_IS_WRONG:
            raise ParcelRefusedError(
                Text(f"对方拒收：{reply.text[:500]}", f"The other side refuses it: {reply.text[:500]}"),
                field="body",
            )
        if not reply.is_success:
            asked = reply.headers.get("Retry-After", "")
            wait_s = float(asked) if asked.isdecimal() else 0.0
            raise SendFailedError(str(reply.status_code), wait_s, reply.status_code)
        return _refused(reply)


class MqttSender:
    """Publishes parcels with QoS 1: acknowledged is that the broker has them."""

    def __init__(self, broker: Broker, session: Session, *, timeout_s: float = 30.0) -> None:
        self._broker, self._session, self._timeout_s = broker, session, timeout_s
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._client: aiomqtt.Client | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._drop(self._client)

    async def __call__(self, parcel: Parcel) -> int:
        """Publish one parcel; what a broker's readers refuse is not known here."""
        client = None
        try:
            client = await self._connected()
            await client.publish(parcel.topic, parcel.payload, qos=1, timeout=self._timeout_s)
        except (aiomqtt.MqttError, OSError) as error:
            await self._drop(client)
            raise SendFailedError(str(error)) from error
        _end_if_cancelled()
        return 0

    async def _connected(self) -> aiomqtt.Client:
        async with self._lock:
            if self._client is None:
                self._client = await self._stack.enter_async_context(make_client(self._broker, self._session))
            return self._client

    async def _drop(self, client: aiomqtt.Client | None) -> None:
        async with self._lock:
            if client is not None and client is self._client:
                self._client = None
                try:
                    await self._stack.aclose()
                except aiomqtt.MqttError as error:
                    log.debug("The connection was broken already: %s", error)


def _refused(reply: httpx.Response) -> int:
    """Return how many rows a receipt calls refused; an answer that is no receipt tells none."""
    try:
        return len(reply.json()["refused"])
    except (ValueError, TypeError, KeyError):
        return 0


def _end_if_cancelled() -> None:
    """End where a cancellation was lost: `asyncio.wait_for` of Python 3.11, which aiomqtt uses, may swallow one."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def forward(spool: Spool, send: Send, params: ForwardParams = ForwardParams()) -> None:
    """Send what a spool holds, oldest first, until cancelled; told in the log once when lost and once when back."""
    rng = SystemRandom()
    lost, wait_s = False, params.first_wait_s
    while True:
        parcels = await asyncio.to_thread(spool.oldest, params.parcels)
        if not parcels:
            await asyncio.sleep(params.look_s)
            continue
        outcomes = await asyncio.gather(*(send(parcel) for parcel in parcels), return_exceptions=True)
        failed: SendFailedError | None = None
        taken: list[Parcel] = []
        for parcel, outcome in zip(parcels, outcomes, strict=True):
            if isinstance(outcome, int):
                taken.append(parcel)
            elif isinstance(outcome, ParcelRefusedError):
                log.warning("Parcel %s is refused and laid aside: %s", parcel.id, outcome)
                await asyncio.to_thread(spool.refuse, parcel, str(outcome))
            elif isinstance(outcome, SendFailedError):
                failed = outcome
            else:
                raise outcome
        await asyncio.to_thread(spool.remove, taken)
        if failed is None:
            if lost:
                log.info("Readings are forwarded again")
            lost, wait_s = False, params.first_wait_s
        else:
            if not lost:
                log.warning("Readings can't be forwarded and are kept: %s", failed)
            lost = True
            await asyncio.sleep(max(failed.wait_s, wait_s * (0.5 + rng.random())))
            wait_s = min(2 * wait_s, params.longest_wait_s)
