"""BACnet/IP: objects listed, polled many at once, subscribed to, written with a priority and given back."""

from __future__ import annotations

import asyncio
import math
import re
import socket
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from yuanli.devices.ending import end
from yuanli.devices.field import Hear, LineLostError, Sample, missing_extra
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import Answer, FieldValue, FoundPoint, NoAnswerError
from yuanli.telemetry import BacnetStatus, Quality, Reliability, from_bacnet

PORT = 47_808
OWN_INSTANCE = 4_194_302
OBJECT = re.compile(r"(analog|binary|multi-state)-(input|output|value),(\d{1,7})")
AT_ONCE = 20
"""Objects of one ReadPropertyMultiple, so that its answer fits into a frame."""
FAULT, OUT_OF_SERVICE = 1, 3
"""Places in the status flags."""


class BacnetAddressError(InvalidInputError):
    """The address of a BACnet device, or of an object, can't be read."""


class BacnetLine:
    """Fills `Line` for one device.

    Parameters
    ----------
    url
        `bacnet://host:47808`, with `?local=192.168.1.5:47808` where the device answers that address only.
    objects
        What is read: point → object, such as `analog-value,1`.
    priority
        At which values are written, 1–16; None as a value gives an object back at it.
    lifetime_s
        How long a subscription lasts before it is renewed.
    """

    def __init__(
        self,
        url: str,
        objects: Mapping[str, str] | None = None,
        *,
        priority: int = 8,
        lifetime_s: int = 300,
        timeout_s: float = 3.0,
    ) -> None:
        try:
            import bacpypes3.apdu
        except ImportError as error:
            raise missing_extra(error) from error
        self._refusal: Any = bacpypes3.apdu.ErrorRejectAbortNack
        self._host, self._port, self._local = _address(url)
        self._objects = dict(objects or {})
        for text in self._objects.values():
            _check_object(text)
        if not 1 <= priority <= 16 or lifetime_s < 1:
            raise ValueError("a priority is 1 to 16, a lifetime is positive")
        self._priority, self._lifetime_s, self._timeout_s = priority, lifetime_s, timeout_s
        self._app: Any = None
        self._device: Any = None
        self._watching: list[asyncio.Task[None]] = []

    @property
    def name(self) -> str:
        """What it is called in the log."""
        return f"BACnet {self._host}:{self._port}"

    @property
    def addresses(self) -> dict[str, str]:
        """The object of each point."""
        return dict(self._objects)

    async def connect(self) -> None:
        """Open a port of our own, and ask the device who it is."""
        from bacpypes3.ipv4.app import NormalApplication
        from bacpypes3.local.device import DeviceObject
        from bacpypes3.pdu import Address, IPv4Address

        own = DeviceObject(
            objectIdentifier=("device", OWN_INSTANCE), objectName="yuanli", vendorIdentifier=999
        )
        try:
            local = self._local or await asyncio.to_thread(_local_address, self._host, self._port)
            self._app = NormalApplication(own, IPv4Address(local))
            answers = await self._app.who_is(
                address=Address(f"{self._host}:{self._port}"), timeout=self._timeout_s
            )
        except (OSError, ValueError) as error:
            raise self._lost(str(error)) from error
        if not answers:
            raise self._lost("no answer to Who-Is")
        self._device = answers[0].iAmDeviceIdentifier

    async def close(self) -> None:
        """Give subscriptions and the port up."""
        watching, self._watching = self._watching, []
        await end(watching)
        if self._app is not None:
            self._app.close()
            self._app = None

    async def watch(self, hear: Hear) -> None:
        """Subscribe to changes of each object; those that take no subscription are polled all the same."""
        self._watching = [
            asyncio.create_task(self._watch_one(point, text, hear)) for point, text in self._objects.items()
        ]

    async def poll(self, points: frozenset[str] | None = None) -> Sequence[Sample]:
        """Read objects, and check that the device is there."""
        objects = {point: own for point, own in self._objects.items() if points is None or point in points}
        if not objects:
            await self._asked(self._connected().read_property(self._to(), self._device, "object-name"))
            return ()
        values = await self._read_all(tuple(objects.values()))
        return [Sample(point, *_valued(values.get(text, {}))) for point, text in objects.items()]

    async def read(self, address: str) -> FieldValue:
        """Read one object."""
        _check_object(address)
        value, quality = _valued((await self._read_all((address,))).get(address, {}))
        return FieldValue(value=value, quality=quality)

    async def write(self, address: str, value: float | None) -> Answer:
        """Write one object at our priority; None gives it back."""
        from bacpypes3.primitivedata import Null

        _check_object(address)
        told: Any = Null(()) if value is None else value if address.startswith("analog") else round(value)
        call = self._connected().write_property(
            self._to(), address, "present-value", told, priority=self._priority
        )
        try:
            await asyncio.wait_for(call, 4 * self._timeout_s)
        except self._refusal as refusal:
            if _is_silence(refusal):
                raise NoAnswerError(self._lost(str(refusal)).message) from refusal
            return Answer(
                acknowledged=False, message=Text(f"设备拒绝：{refusal}", f"The device refuses: {refusal}")
            )
        except (OSError, TimeoutError) as error:
            raise NoAnswerError(self._lost(str(error)).message) from error
        except (TypeError, ValueError) as error:
            return Answer(
                acknowledged=False, message=Text(f"值不合适：{error}", f"The value does not fit: {error}")
            )
        return Answer(acknowledged=True)

    async def discover(self) -> tuple[FoundPoint, ...]:
        """Return the inputs, outputs and values of the device, with name, unit and value."""
        app = self._connected()
        listed = await self._asked(app.read_property(self._to(), self._device, "object-list"))
        device = str(await self._asked(app.read_property(self._to(), self._device, "object-name")))
        texts = [text for one in listed if OBJECT.fullmatch(text := _object_text(one))]
        found: list[FoundPoint] = []
        values = await self._read_all(
            texts,
            ("present-value", "status-flags", "object-name", "units", "min-pres-value", "max-pres-value"),
        )
        for text in texts:
            told = values.get(text, {})
            value, _ = _valued(told)
            units = told.get("units")
            found.append(
                FoundPoint(
                    address=text, name=str(told.get("object-name") or text), device=device, value=value,
                    unit=None if units is None else UNITS.get(str(units), str(units)),
                    writable="input" not in text,
                    low=_number(told.get("min-pres-value")), high=_number(told.get("max-pres-value")),
                )
            )  # fmt: skip
        return tuple(found)

    async def _watch_one(self, point: str, text: str, hear: Hear) -> None:
        from bacpypes3.pdu import Address
        from bacpypes3.primitivedata import ObjectIdentifier

        app, told = self._connected(), dict[str, Any]()
        subscription = app.change_of_value(
            Address(self._to()), ObjectIdentifier(text), None, True, self._lifetime_s
        )
        try:
            async with subscription as changes:
                while True:
                    name, value = await changes.get_value()
                    told[str(name)] = value
                    if str(name) == "status-flags":  # comes last
                        hear(Sample(point, *_valued(told)))
        except (self._refusal, OSError, ValueError):
            return

    async def _read_all(
        self, texts: Sequence[str], properties: Sequence[str] = ("present-value", "status-flags")
    ) -> dict[str, dict[str, Any]]:
        """Return properties by object; what an object does not have is missing."""
        app, values = self._connected(), dict[str, dict[str, Any]]()
        for start in range(0, len(texts), AT_ONCE):
            asked: list[Any] = []
            for text in texts[start : start + AT_ONCE]:
                asked += [text, list(properties)]
            try:
                answers = await asyncio.wait_for(
                    app.read_property_multiple(self._to(), asked), 4 * self._timeout_s
                )
            except self._refusal as refusal:
                if _is_silence(refusal):
                    raise self._lost(str(refusal)) from refusal
                answers = await self._read_singly(texts[start : start + AT_ONCE], properties)
            except (OSError, TimeoutError) as error:
                raise self._lost(str(error)) from error
            for own, name, _, value in answers:
                if type(value).__name__ != "ErrorType":
                    values.setdefault(_object_text(own), {})[str(name)] = value
        return values

    async def _read_singly(self, texts: Sequence[str], properties: Sequence[str]) -> list[Any]:
        """Read property by property, for devices that don't know ReadPropertyMultiple."""
        answers = []
        for text in texts:
            for name in properties:
                try:
                    value = await self._connected().read_property(self._to(), text, name)
                except self._refusal as refusal:
                    if _is_silence(refusal):
                        raise self._lost(str(refusal)) from refusal
                    continue
                answers.append((text, name, None, value))
        return answers

    async def _asked(self, call: Any) -> Any:
        try:
            return await asyncio.wait_for(call, 4 * self._timeout_s)
        except (self._refusal, OSError, TimeoutError) as error:
            raise self._lost(str(error)) from error

    def _to(self) -> str:
        return f"{self._host}:{self._port}"

    def _connected(self) -> Any:
        if self._app is None:
            raise self._lost("not connected")
        return self._app

    def _lost(self, why: str) -> LineLostError:
        return LineLostError(
            Text(f"{self.name} 失联：{why}", f"{self.name} is lost: {why}"),
            hint=Text("检查设备、地址和网络。", "Check the device, its address and the network."),
        )


UNITS = {
    "degrees-celsius": "°C", "degrees-fahrenheit": "°F", "degrees-kelvin": "K", "percent": "%",
    "percent-relative-humidity": "%", "parts-per-million": "ppm", "kilowatts": "kW", "watts": "W",
    "kilowatt-hours": "kWh", "watt-hours": "Wh", "megawatt-hours": "MWh", "pascals": "Pa", "kilopascals": "kPa",
    "cubic-meters": "m³", "cubic-meters-per-hour": "m³/h", "liters-per-second": "L/s", "volts": "V", "amperes": "A",
    "hertz": "Hz", "luxes": "lx", "hours": "h",
}  # fmt: skip
"""BACnet's units as ours."""


def _valued(told: Mapping[str, Any]) -> tuple[float | None, Quality]:
    value, flags = _number(told.get("present-value")), told.get("status-flags")
    if "present-value" not in told:
        return None, Quality.MISSING
    bits = [] if flags is None else [bool(flag) for flag in flags]
    fault = len(bits) > FAULT and bits[FAULT]
    reliability = Reliability.UNRELIABLE_OTHER if fault else Reliability.NO_FAULT_DETECTED
    quality = from_bacnet(BacnetStatus(reliability=reliability, fault=fault, overridden=False))
    if len(bits) > OUT_OF_SERVICE and bits[OUT_OF_SERVICE]:
        quality = max(quality, Quality.SUSPECT)
    return value, quality if value is not None else max(quality, Quality.BAD)


def _number(value: Any) -> float | None:
    if not isinstance(value, bool | int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _object_text(own: Any) -> str:
    if isinstance(own, str):
        return own
    kind, instance = own
    return f"{kind},{instance}"


def _is_silence(refusal: BaseException) -> bool:
    return str(refusal) in ("no-response", "tsm-timeout")


def _check_object(text: str) -> None:
    if not OBJECT.fullmatch(text):
        raise BacnetAddressError(
            Text(f"对象编号无效：{text[:80]!r}", f"{text[:80]!r} is no object."),
            field="address",
            hint=Text("例如 analog-value,1。", "Write such as analog-value,1."),
        )


def _local_address(host: str, port: int) -> str:
    """Return our own address on the way to a device, with any free port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, port))
        own = str(probe.getsockname()[0])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind((own, 0))
            return f"{own}:{free.getsockname()[1]}"


def _address(url: str) -> tuple[str, int, str | None]:
    try:
        parts = urlsplit(url)
        port, asked = parts.port, parse_qs(parts.query)
    except ValueError:
        parts, port, asked = urlsplit(""), None, {}
    if parts.scheme != "bacnet" or not parts.hostname or set(asked) - {"local"}:
        raise BacnetAddressError(
            Text("BACnet 地址无效。", "The address of the BACnet device is not valid."),
            field="url",
            hint=Text("例如 bacnet://主机:47808。", "Write such as bacnet://host:47808."),
        )
    return parts.hostname, port or PORT, asked["local"][-1] if asked else None
