"""BACnet/IP, end to end against a device of the same library on this machine."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.devices.fields import Field, asked, until
from tests.loops import run_apart

from yuanli.devices import BacnetAddressError, BacnetLine, FieldParams, LineLostError, discover_once
from yuanli.operations import Answer
from yuanli.telemetry import Quality

bacpypes3 = pytest.importorskip("bacpypes3", reason="yuanli[field] is not installed: BACnet is not tested")
OBJECTS = {"temp": "analog-value,1", "fan": "binary-value,1", "mode": "multi-state-value,1"}
SLOW = FieldParams(every_s=30.0, gather_s=0.01, first_wait_s=0.02, longest_wait_s=0.1, call_s=10.0)
QUICK = FieldParams(every_s=0.2, gather_s=0.01, first_wait_s=0.02, longest_wait_s=0.1, call_s=10.0)


class Device:
    """A device with a temperature, a fan and a mode."""

    def __init__(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.objects: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"bacnet://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        from bacpypes3.ipv4.app import NormalApplication
        from bacpypes3.local.analog import AnalogValueObjectCmd
        from bacpypes3.local.binary import BinaryValueObjectCmd
        from bacpypes3.local.device import DeviceObject
        from bacpypes3.local.multistate import MultiStateValueObject
        from bacpypes3.pdu import IPv4Address

        own = DeviceObject(objectIdentifier=("device", 101), objectName="ahu-1", vendorIdentifier=999)
        app = NormalApplication(own, IPv4Address(f"127.0.0.1:{self.port}"))
        flags = [0, 0, 0, 0]
        self.objects = {
            "temp": AnalogValueObjectCmd(
                objectIdentifier=("analogValue", 1), objectName="supply air", presentValue=21.5,
                relinquishDefault=21.5, covIncrement=0.1, units="degreesCelsius", statusFlags=flags,
            ),
            "fan": BinaryValueObjectCmd(
                objectIdentifier=("binaryValue", 1), objectName="fan", presentValue="inactive",
                relinquishDefault="inactive", statusFlags=flags,
            ),
            "mode": MultiStateValueObject(
                objectIdentifier=("multiStateValue", 1), objectName="mode", presentValue=2,
                numberOfStates=4, statusFlags=flags,
            ),
        }  # fmt: skip
        for one in self.objects.values():
            app.add_object(one)
        try:
            yield
        finally:
            app.close()

    def field(self, params: FieldParams, **objects: str) -> Field:
        line = BacnetLine(self.url, objects or OBJECTS, timeout_s=1, lifetime_s=60)
        return Field(line, list(objects or OBJECTS), params)


def test_objects_are_polled_with_their_quality() -> None:
    async def tried() -> None:
        device = Device()
        field = device.field(QUICK, **OBJECTS, none="analog-input,9")
        async with device.serving(), field.running():
            await field.comes("temp", 21.5)
            await field.comes("fan", 0.0)
            await field.comes("mode", 2.0)
            await until(lambda: (field.store.newest("none") or (0, 0))[1] == Quality.MISSING)
            device.objects["temp"].statusFlags = [0, 1, 0, 0]
            await field.comes("temp", 21.5, Quality.BAD)
            device.objects["temp"].statusFlags = [0, 0, 0, 1]
            await field.comes("temp", 21.5, Quality.SUSPECT)

    run_apart(tried())


def test_a_change_comes_by_itself_before_the_next_poll() -> None:
    async def tried() -> None:
        device = Device()
        field = device.field(SLOW)
        async with device.serving(), field.running():
            await field.comes("temp", 21.5)
            await until(lambda: field.gateway.state().samples >= 4)
            device.objects["temp"].presentValue = 25.0
            await field.comes("temp", 25.0)
        assert field.gateway.state().polls == 1

    run_apart(tried())


def test_a_value_is_written_at_a_priority_and_given_back() -> None:
    async def tried() -> None:
        device = Device()
        field = device.field(QUICK)
        gateway = field.gateway
        async with device.serving(), field.running():
            await until(lambda: gateway.state().connected)
            assert await asked(lambda: gateway.write("analog-value,1", 30.0)) == Answer(acknowledged=True)
            assert device.objects["temp"].presentValue == 30.0
            await field.comes("temp", 30.0)
            await asked(lambda: gateway.write("analog-value,1", None))
            assert device.objects["temp"].presentValue == 21.5
            await asked(lambda: gateway.write("binary-value,1", 1))
            await field.comes("fan", 1.0)
            await asked(lambda: gateway.write("multi-state-value,1", 3))
            assert (await asked(lambda: gateway.read("multi-state-value,1"))).value == 3
            refused = await asked(lambda: gateway.write("analog-value,9", 1))
            assert not refused.acknowledged
            assert refused.message is not None
            assert "unknown-object" in refused.message.en

    run_apart(tried())


def test_the_objects_of_a_device_are_found() -> None:
    async def tried() -> None:
        device = Device()
        async with device.serving():
            found = {one.address: one for one in await discover_once(BacnetLine(device.url, timeout_s=1))}
        temp = found["analog-value,1"]
        assert (temp.name, temp.device, temp.unit, temp.value) == ("supply air", "ahu-1", "°C", 21.5)
        assert set(found) == set(OBJECTS.values())
        assert temp.writable

    run_apart(tried())


def test_a_lost_device_is_told_once_when_lost_and_once_when_back(caplog: pytest.LogCaptureFixture) -> None:
    async def tried() -> None:
        device = Device()
        field = device.field(QUICK, temp="analog-value,1")
        async with field.running():
            await until(lambda: field.gateway.state().lost == 1)
            with pytest.raises(LineLostError):
                await asked(lambda: field.gateway.write("analog-value,1", 1))
            async with device.serving():
                await field.comes("temp", 21.5)

    with caplog.at_level(logging.INFO, "yuanli.devices"):
        run_apart(tried())
    told = [record.message for record in caplog.records if record.name.startswith("yuanli")]
    assert ["back" if "is back" in line else "lost" for line in told][:2] == ["lost", "back"]


@pytest.mark.parametrize("url", ["http://ahu", "bacnet://", "bacnet://ahu:x", "bacnet://ahu?device=3"])
def test_what_is_no_address_of_a_device_is_refused(url: str) -> None:
    with pytest.raises(BacnetAddressError):
        BacnetLine(url)


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(BacnetAddressError):
        BacnetLine("bacnet://ahu", {"temp": "schedule,1"})
