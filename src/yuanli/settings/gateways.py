"""Settings of gateways: what `yuanli up` connects to, so that readings come in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SecretStr,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from yuanli.errors import InvalidInputError
from yuanli.telemetry import Columns, TopicTemplate

RESERVED = ("http", "mqtt", "sparkplug", "replay")
"""What senders are called by that come without a gateway of the settings."""


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _topic(text: str) -> str:
    try:
        TopicTemplate(text)
    except InvalidInputError as error:
        raise PydanticCustomError("topic_template", "not a topic template") from error
    return text


def _command_topic(text: str) -> str:
    names = set(re.findall(r"\{(\w*)\}", text))
    rest = re.sub(r"\{(campus|point)\}", "", text)
    if "point" not in names or re.search(r"[{}+#\x00]", rest):
        raise PydanticCustomError("command_topic", "not a command topic")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError) as error:
        raise PydanticCustomError("time_zone", "no time zone") from error
    return name


def _url(*schemes: str) -> AfterValidator:
    """Check an address; it is a secret, since it may have a password."""

    def check(secret: SecretStr) -> SecretStr:
        try:
            parts = urlsplit(secret.get_secret_value())
            there = parts.path.strip("/") if parts.scheme == "modbus+rtu" else parts.hostname
            good = parts.scheme in schemes and bool(there) and (parts.port or 1) > 0
        except ValueError:
            good = False
        if not good or re.search(r"\s", secret.get_secret_value()):
            form = " / ".join(f"{scheme}://…" for scheme in schemes)
            raise PydanticCustomError("string_pattern_mismatch", "no address", {"pattern": form})
        return secret

    return AfterValidator(check)


def _gateway_name(name: str) -> str:
    if name in RESERVED:
        raise PydanticCustomError("reserved_name", "reserved", {"names": ", ".join(RESERVED)})
    return name


def _columns(given: Mapping[str, str]) -> Mapping[str, str]:
    if "time" not in given or not COLUMN_NAMES.issuperset(given):
        raise PydanticCustomError("columns", "no columns", {"names": ", ".join(sorted(COLUMN_NAMES))})
    return given


def _header(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value()
    if not value.isascii() or not value.isprintable():
        raise PydanticCustomError("header", "no header")
    return secret


COLUMN_NAMES = frozenset(Columns.__dataclass_fields__) - {"points", "units"}
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
HeaderValue = Annotated[SecretStr, Field(min_length=1), AfterValidator(_header)]
Zone = Annotated[str, AfterValidator(_zone)]
FilePath = Annotated[Path, AfterValidator(_absolute)]
GatewayName = Annotated[str, Field(pattern=r"^[\w.-]{1,64}$"), AfterValidator(_gateway_name)]
PrecisionName = Literal["ns", "us", "ms", "s"]
FIELD_SCHEMES = {
    "modbus": "modbus", "modbus+rtutcp": "modbus", "modbus+rtu": "modbus", "bacnet": "bacnet", "opc.tcp": "opcua",
}  # fmt: skip
"""The kind of a field gateway by the scheme of its address."""
STRICT = ConfigDict(extra="forbid", frozen=True)
PlanName = Annotated[str, Field(pattern=r"^[A-Za-z_][\w-]{0,63}$")]
PollSeconds = Annotated[float, Field(ge=0.1, le=86_400)]
SPOOL_MB: Any = Field(
    default=200,
    ge=1,
    le=1_000_000,
    description="Disk, in MB, on which readings may wait while the store takes none; beyond it none are read.",
)


class SubscriptionSettings(BaseModel):
    """Topics of a broker, and how their messages are written."""

    model_config = STRICT

    topic: Annotated[str, AfterValidator(_topic)] = Field(
        max_length=1000,
        description="Topic template such as `site/{device}/{point}`; `+` and `#` as in MQTT.",
    )
    format: Literal["json", "jsonl", "line", "sparkplug"] = Field(
        default="json", description="`json`, `jsonl`, `line` (line protocol) or `sparkplug` (Sparkplug B)."
    )
    precision: PrecisionName = Field(
        default="ns", description="Of times in line protocol: `ns`, `us`, `ms` or `s`."
    )
    zone: Zone | None = Field(
        default=None, description="Time zone of times that tell none, such as `Asia/Shanghai`."
    )


class MqttGatewaySettings(BaseModel):
    """A broker that is listened to."""

    model_config = STRICT

    kind: Literal["mqtt"] = Field(default="mqtt", description="`mqtt`; told by `url` where it is left out.")
    name: GatewayName = Field(description="What it is called in lists and the log.")
    campus: str = Field(min_length=1, max_length=200, description="Id of the campus whose readings come.")
    url: Annotated[SecretStr, _url("mqtt", "mqtts")] = Field(
        description="`mqtt://user:password@host:port`, or `mqtts://…` for TLS."
    )
    client_id: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="Under which the broker keeps messages while we are away; by default `yuanli-` and the name.",
    )
    version: Literal["5", "3.1.1"] = Field(default="5", description="Of MQTT: `5` or `3.1.1`.")
    subscriptions: tuple[SubscriptionSettings, ...] = Field(
        min_length=1, max_length=100, description="What is read: tables as below."
    )
    share_group: str | None = Field(
        default=None,
        pattern=r"^[^/+#\s]+$",
        description="Several installations share the messages under this name.",
    )
    refusals_topic: str | None = Field(
        default=None, pattern=r"^[^+#]+$", description="Topic under which refused rows are told."
    )
    command_topic: Annotated[str, AfterValidator(_command_topic)] | None = Field(
        default=None,
        description="Where commands are published, such as `{campus}/{point}/set`; without it nothing is commanded.",
    )
    sparkplug_commands: bool = Field(
        default=False,
        description="Points with this gateway and an address such as `group/DCMD/node/device/metric` are written by "
        "NCMD and DCMD.",
    )
    ca_file: FilePath | None = Field(default=None, description="Certificates (PEM) to trust with `mqtts`.")
    cert_file: FilePath | None = Field(default=None, description="Our own certificate (PEM).")
    key_file: FilePath | None = Field(default=None, description="The key of `cert_file` (PEM).")

    @model_validator(mode="after")
    def _commands_go_one_way(self) -> Self:
        heard = any(one.format == "sparkplug" for one in self.subscriptions)
        if self.sparkplug_commands and (not heard or self.command_topic is not None):
            raise PydanticCustomError("sparkplug_commands", "no way to command")
        return self


class HttpGatewaySettings(BaseModel):
    """A server that is asked for readings."""

    model_config = STRICT

    kind: Literal["http"] = Field(default="http", description="`http`; told by `url` where it is left out.")
    name: GatewayName = Field(description="What it is called in lists and the log.")
    campus: str = Field(min_length=1, max_length=200, description="Id of the campus whose readings come.")
    url: Annotated[SecretStr, _url("http", "https")] = Field(
        description="What is asked for; may have a user and a password."
    )
    every_s: float = Field(default=60.0, ge=1, le=86_400, description="How often, in seconds.")
    format: Literal["json", "jsonl", "line", "csv"] = Field(
        default="json", description="`json`, `jsonl` (JSON Lines), `line` (line protocol) or `csv`."
    )
    precision: PrecisionName = Field(
        default="ns", description="Of times in line protocol: `ns`, `us`, `ms` or `s`."
    )
    zone: Zone | None = Field(
        default=None, description="Time zone of times that tell none, such as `Asia/Shanghai`."
    )
    columns: Annotated[Mapping[str, str], AfterValidator(_columns)] | None = Field(
        default=None,
        description='Of CSV, `{time = "ts", point = "name", value = "v"}`; by default known headers are found.',
    )
    token: HeaderValue | None = Field(default=None, description="Sent as `Authorization: Bearer …`.")
    headers: Mapping[HeaderName, HeaderValue] = Field(
        default_factory=dict, description="Further headers to send; kept secret."
    )
    timeout_s: float = Field(
        default=30.0, gt=0, le=600, description="How long an answer is waited for, in seconds."
    )
    spool_mb: int = SPOOL_MB


class FieldGatewaySettings(BaseModel):
    """A device or server of a field protocol."""

    model_config = STRICT

    kind: Literal["modbus", "bacnet", "opcua"] | None = Field(
        default=None,
        description="`modbus`, `bacnet` or `opcua`; told by `url` where it is left out. Needs `yuanli[field]`.",
    )
    name: GatewayName = Field(
        description="What it is called in lists and the log, and by `gateway` of points."
    )
    campus: str = Field(min_length=1, max_length=200, description="Id of the campus whose readings come.")
    url: Annotated[SecretStr, _url(*FIELD_SCHEMES)] = Field(
        description="`modbus://host:502`, `modbus+rtutcp://host:4001`, `modbus+rtu:///dev/ttyUSB0?baudrate=9600`, "
        "`bacnet://host:47808` or `opc.tcp://user:password@host:4840`."
    )
    points: FilePath = Field(
        description="Table (CSV, Excel, YAML) of `point` and `address`; `scale`, `offset`, `unit` for Modbus, `poll`."
    )
    every_s: float = Field(
        default=10.0, ge=0.1, le=86_400, description="How often points are polled, in seconds."
    )
    timeout_s: float = Field(
        default=3.0, gt=0, le=60, description="How long an answer is waited for, in seconds."
    )
    polling: Mapping[PlanName, PollSeconds] = Field(
        default_factory=dict,
        description="Paces by name, `{fast = 1, slow = 300}`, in seconds, for the column `poll` of `points`.",
    )
    spool_mb: int = SPOOL_MB
    priority: int = Field(default=8, ge=1, le=16, description="Of BACnet: at which commands are written.")

    @property
    def protocol(self) -> str:
        """The protocol, as its address says."""
        return FIELD_SCHEMES[urlsplit(self.url.get_secret_value()).scheme]

    @model_validator(mode="after")
    def _goes_with_its_address(self) -> Self:
        if self.kind is not None and self.kind != self.protocol:
            raise PydanticCustomError("gateway_kind", "not of this kind", {"kind": self.protocol})
        return self


def _kind_of(given: Any) -> str | None:
    """Return the kind of a gateway: as it says, else by the scheme of its address."""
    if isinstance(given, BaseModel):
        return str(getattr(given, "kind", ""))
    if not isinstance(given, Mapping):
        return None
    kind = given.get("kind")
    if kind is None:
        scheme = str(given.get("url", "")).partition(":")[0]
        kind = {"mqtts": "mqtt", "https": "http", **FIELD_SCHEMES}.get(scheme, scheme)
    return str(kind)


GatewaySettings = Annotated[
    Annotated[MqttGatewaySettings, Tag("mqtt")]
    | Annotated[HttpGatewaySettings, Tag("http")]
    | Annotated[FieldGatewaySettings, Tag("modbus")]
    | Annotated[FieldGatewaySettings, Tag("bacnet")]
    | Annotated[FieldGatewaySettings, Tag("opcua")],
    Discriminator(_kind_of),
]
SECRET_FIELDS = frozenset({"url", "token", "headers"})


def gateway_tables() -> str:
    """Return the settings of gateways as Markdown tables."""
    parts: list[str] = []
    for title, model in (
        ("`[[gateways]]`, MQTT", MqttGatewaySettings),
        ("`[[gateways.subscriptions]]`", SubscriptionSettings),
        ("`[[gateways]]`, HTTP", HttpGatewaySettings),
        ("`[[gateways]]`, field protocols", FieldGatewaySettings),
    ):
        parts += [f"| {title} | default | meaning |", "|---|---|---|", *_rows(model), ""]
    return "\n".join(parts)


def _rows(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        needed = field.is_required()
        empty = field.default is None or field.default_factory is not None
        default = "needed" if needed else "–" if empty else f"`{field.default}`"
        yield f"| `{name}` | {default} | {field.description} |"
