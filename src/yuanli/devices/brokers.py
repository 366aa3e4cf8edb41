"""Connections to MQTT brokers: the address as a URL, sessions that last, and acknowledgements of our own."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import aiomqtt
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY, MQTTMessage
from paho.mqtt.client import Client as PahoClient
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from yuanli.errors import InvalidInputError, Text, UnavailableError

PORTS = {"mqtt": 1883, "mqtts": 8883}


class BrokerAddressError(InvalidInputError):
    """The address of a broker can't be read."""


class CertificateError(UnavailableError):
    """A file for TLS is missing, or is none."""


class MqttVersion(StrEnum):
    """Version of the protocol; only 5 lets a client say how many messages may be under way."""

    V5 = "5"
    V311 = "3.1.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files (PEM) of a connection by TLS: whom to trust, and who we are; the system's and nobody where None."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where a broker is, and who asks."""

    host: str
    port: int
    secure: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls = Tls()

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """How a client is known to its broker.

    Parameters
    ----------
    in_flight
        Messages that may be under way without acknowledgement (MQTT 5; in 3.1.1 the broker alone decides).
    expiry_s
        How long the broker keeps messages for a client that is away (MQTT 5).
    """

    client_id: str
    version: MqttVersion = MqttVersion.V5
    in_flight: int = 5_000
    expiry_s: int = 7 * 86_400
    keepalive_s: int = 30

    def __post_init__(self) -> None:
        if not self.client_id or not 1 <= self.in_flight <= 65_535:
            raise ValueError("a lasting session has a client id, and 1 to 65,535 messages in flight")


def parse_broker(url: str, *, tls: Tls = Tls()) -> Broker:
    """Read `mqtt://user:password@host:port`, or `mqtts://…` for TLS.

    Raises
    ------
    BrokerAddressError
        It is something else.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise BrokerAddressError(
            Text("MQTT 地址无效。", "The address of the broker is not valid."),
            field="mqtt_url",
            hint=Text("例如 mqtt://用户:口令@主机:1883。", "Write such as mqtt://user:password@host:1883."),
        )
    return Broker(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        secure=parts.scheme == "mqtts",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=tls,
    )


def make_client(
    broker: Broker, session: Session, *, on_message: Callable[[MQTTMessage], None] | None = None
) -> aiomqtt.Client:
    """Make a client with a lasting session.

    With `on_message` each message goes there, in the event loop, and is acknowledged by `acknowledge` only. aiomqtt has
    no such mode (its issue 345) and makes a task a message; the client of paho that it wraps has one, so that is used.
    """
    properties = None
    if session.version is MqttVersion.V5:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = session.expiry_s
        properties.ReceiveMaximum = session.in_flight
    v5 = session.version is MqttVersion.V5
    client = aiomqtt.Client(
        broker.host,
        broker.port,
        username=broker.username,
        password=broker.password,
        identifier=session.client_id,
        protocol=aiomqtt.ProtocolVersion.V5 if v5 else aiomqtt.ProtocolVersion.V311,
        clean_session=None if v5 else False,
        clean_start=False if v5 else MQTT_CLEAN_START_FIRST_ONLY,
        properties=properties,
        keepalive=session.keepalive_s,
        tls_context=_tls_context(broker.tls) if broker.secure else None,
    )
    client.pending_calls_threshold = session.in_flight
    if on_message is not None:
        paho = paho_of(client)
        paho.manual_ack_set(True)
        paho.on_message = lambda _client, _data, message: on_message(message)
    return client


def _tls_context(tls: Tls) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=tls.ca)
        if tls.certificate is not None:
            context.load_cert_chain(tls.certificate, tls.key)
    except OSError as error:
        raise CertificateError(
            Text(f"TLS 证书文件不可用：{error}", f"The files for TLS can't be used: {error}"),
            hint=Text("检查 ca_file、cert_file 和 key_file。", "Check ca_file, cert_file and key_file."),
        ) from error
    return context


def paho_of(client: aiomqtt.Client) -> PahoClient:
    """Return the client of paho inside, for what aiomqtt does not offer."""
    inner: Any = client._client
    assert isinstance(inner, PahoClient)
    return inner


def acknowledge(client: aiomqtt.Client, messages: list[tuple[int, int]]) -> None:
    """Acknowledge messages (number, quality of service) of this very connection: numbers begin anew with the next."""
    paho = paho_of(client)
    for number, qos in messages:
        if qos:
            paho.ack(number, qos)
