"""Readings that are asked for over HTTP, again and again; what has not changed is not sent again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import StrEnum
from random import SystemRandom
from urllib.parse import urlsplit

import httpx2 as httpx

from yuanli.campus import CampusId
from yuanli.devices.links import Link
from yuanli.errors import InvalidInputError, Text, UnavailableError, YuanliError
from yuanli.operations import Connection, Delivery, ReadingIntake, Receipt, sender_of
from yuanli.telemetry import (
    Columns,
    Decoded,
    DecodeParams,
    Precision,
    decode_csv,
    decode_json,
    decode_json_lines,
    decode_line_protocol,
)

log = logging.getLogger(__name__)
CHUNK_BYTES = 65_536
LONGEST_ASKED_S = 86_400.0


class PullFormat(StrEnum):
    """How readings are written in what a server answers."""

    JSON = "json"
    JSON_LINES = "jsonl"
    LINE = "line"
    CSV = "csv"


class PullFailedError(UnavailableError):
    """A server gives no readings now; `wait_s` is what it asks for."""

    def __init__(self, message: Text, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True, kw_only=True)
class PullSource:
    """Where readings are asked for, and how they are written there.

    Parameters
    ----------
    url
        May have a user and a password; it is not logged, only its host is.
    headers
        Are sent along, such as `Authorization`.
    columns
        Of CSV; found by the headers where it is None.
    """

    campus_id: CampusId
    url: str = field(repr=False)
    format: PullFormat = PullFormat.JSON
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    precision: Precision = Precision.NS
    columns: Columns | None = None
    decoding: DecodeParams = field(default_factory=DecodeParams)

    @property
    def host(self) -> str:
        """The host, for people."""
        return urlsplit(self.url).hostname or "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullParams:
    """How often is asked, how patiently, and how long after failures.

    Parameters
    ----------
    first_wait_s, longest_wait_s
        After a failure, doubled with each, spread at random, and at least what the server asks for.
    most_bytes
        The largest answer that is read.
    """

    every_s: float = 60.0
    timeout_s: float = 30.0
    first_wait_s: float = 2.0
    longest_wait_s: float = 300.0
    most_bytes: int = 20_000_000

    def __post_init__(self) -> None:
        if self.every_s <= 0 or self.timeout_s <= 0 or not 0 < self.first_wait_s <= self.longest_wait_s:
            raise ValueError("times are positive, the first wait no longer than the longest")


@dataclass(slots=True)
class _Counts:
    messages: int = 0
    readings: int = 0
    duplicates: int = 0
    conflicts: int = 0
    refused: int = 0


class PullGateway:
    """Asks a server for readings until it is cancelled, and takes them into the intake."""

    def __init__(
        self,
        source: PullSource,
        intake: ReadingIntake,
        params: PullParams = PullParams(),
        *,
        name: str = "pull",
    ) -> None:
        self.link = Link(name=name, kind="http", campus_id=source.campus_id)
        self._source, self._intake, self._params = source, intake, params
        self._counts = _Counts()
        self._known: dict[str, str] = {}
        self._rng = SystemRandom()
        self._told_refusal = False

    def connection(self) -> Connection:
        """Return how it is doing, as people want to know it."""
        counts = self._counts
        return self.link.connection(
            messages=counts.messages, readings=counts.readings, duplicates=counts.duplicates,
            conflicts=counts.conflicts, refused=counts.refused,
        )  # fmt: skip

    async def run(self) -> None:
        """Ask until cancelled; a lost server is told in the log once when lost and once when back."""
        lost, wait_s = False, self._params.first_wait_s
        async with self._client() as client:
            while True:
                began = time.monotonic()
                try:
                    await self._pull(client)
                except YuanliError as error:
                    if not lost:
                        log.warning("Gateway %s (%s) is lost: %s", self.link.name, self._source.host, error)
                    lost = True
                    self.link.lost(error.message)
                    asked = error.wait_s if isinstance(error, PullFailedError) else 0.0
                    await asyncio.sleep(max(asked, wait_s * (0.5 + self._rng.random())))
                    wait_s = min(2 * wait_s, self._params.longest_wait_s)
                else:
                    if lost:
                        log.info("Gateway %s (%s) is back", self.link.name, self._source.host)
                    lost, wait_s = False, self._params.first_wait_s
                    await asyncio.sleep(max(0.0, self._params.every_s - (time.monotonic() - began)))

    def _client(self) -> httpx.AsyncClient:
        """Make a client that takes nothing from the environment, follows nobody, and unpacks nothing."""
        return httpx.AsyncClient(
            headers={"Accept-Encoding": "identity", **self._source.headers},
            timeout=self._params.timeout_s,
            trust_env=False,
            follow_redirects=False,
        )

    async def _pull(self, client: httpx.AsyncClient) -> None:
        """Ask once; what the answer is known by is remembered when its readings are on disk."""
        host = self._source.host
        try:
            async with asyncio.timeout(self._params.timeout_s):
                async with client.stream("GET", self._source.url, headers=self._conditions()) as reply:
                    body = await self._body(reply)
        except TimeoutError as error:
            raise _failed(f"{host} 超时", f"{host} does not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            why = str(error) or type(error).__name__
            raise _failed(f"连不上 {host}：{why}", f"{host} can't be reached: {why}") from error
        if body is not None:
            self._counts.messages += 1
            self.link.heard()
            receipt = await asyncio.to_thread(self._take, body)
            self._known = _validators(reply)
            self.link.back()
            self._note(receipt)
        self.link.back()

    def _conditions(self) -> dict[str, str]:
        names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        return {names[name]: value for name, value in self._known.items()}

    async def _body(self, reply: httpx.Response) -> bytes | None:
        """Return what is answered; None where it is what was answered before."""
        host, status = self._source.host, reply.status_code
        if status == 304:
            return None
        if status != 200:
            asked = _asked_wait_s(reply)
            raise _failed(f"{host} 回答 {status}", f"{host} answers {status}", asked)
        if reply.headers.get("content-encoding", "identity") != "identity":
            raise _failed(f"{host} 的回答是压缩的", f"{host} answers packed, though told not to")
        body = bytearray()
        async for chunk in reply.aiter_raw(CHUNK_BYTES):
            body += chunk
            if len(body) > self._params.most_bytes:
                most = self._params.most_bytes
                raise _failed(f"{host} 的回答超过 {most} 字节", f"{host} answers more than {most} bytes")
        return bytes(body)

    def _take(self, body: bytes) -> Receipt:
        try:
            decoded = _decode(body, self._source)
        except InvalidInputError as error:
            raise PullFailedError(error.message) from error
        name = sender_of(self.link.name, self._source.host)
        delivery = Delivery(campus_id=self._source.campus_id, decoded=decoded, gateway=name, size=len(body))
        return self._intake.take([delivery], partial=True)

    def _note(self, receipt: Receipt) -> None:
        counts = self._counts
        counts.readings += receipt.kept + receipt.duplicates + receipt.conflicts
        counts.duplicates += receipt.duplicates
        counts.conflicts += receipt.conflicts
        counts.refused += len(receipt.refused)
        if receipt.refused:
            first = receipt.refused[0].message
            if not self._told_refusal:
                log.warning("Gateway %s: readings are refused; the first: %s", self.link.name, first)
            self._told_refusal = True
            self.link.failed(Text(f"读数被拒收：{first.zh}", f"Readings are refused: {first.en}"))


def _decode(body: bytes, source: PullSource) -> Decoded:
    match source.format:
        case PullFormat.JSON_LINES:
            return decode_json_lines(body, source.decoding)
        case PullFormat.LINE:
            return decode_line_protocol(body, source.decoding, precision=source.precision)
        case PullFormat.CSV:
            return decode_csv(body, source.columns, source.decoding)
    return decode_json(body, source.decoding)


def _validators(reply: httpx.Response) -> dict[str, str]:
    return {name: reply.headers[name] for name in ("etag", "last-modified") if name in reply.headers}


def _asked_wait_s(reply: httpx.Response) -> float:
    """Return what `Retry-After` asks for, in seconds or as a date; 0 where it says nothing that can be read."""
    told = reply.headers.get("retry-after", "").strip()
    if told.isdecimal() and len(told) < 9:
        return min(float(told), LONGEST_ASKED_S)
    try:
        return min(max(parsedate_to_datetime(told).timestamp() - time.time(), 0.0), LONGEST_ASKED_S)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _failed(zh: str, en: str, wait_s: float = 0.0) -> PullFailedError:
    return PullFailedError(Text(f"{zh}。", f"{en}."), wait_s)
