"""OPC UA, end to end against a server of the same library on this machine."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.devices.fields import Field, asked, until
from tests.loops import run_apart

from yuanli.devices import LineLostError, OpcUaAddressError, OpcUaLine, discover_once
from yuanli.operations import Answer
from yuanli.telemetry import Quality, Reason, from_opc_ua, to_opc_ua

asyncua = pytest.importorskip("asyncua", reason="yuanli[field] is not installed: OPC UA is not tested")
NODES = {"temp": "ns=2;s=temp", "fan": "ns=2;s=fan", "name": "ns=2;s=name"}


class Server:
    """A server with a room that has a temperature, a fan that can be switched, and a name."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.nodes: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}/yuanli"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        from asyncua import ua

        server = asyncua.Server()
        await server.init()
        server.set_endpoint(self.url)
        space = await server.register_namespace("urn:yuanli:test")
        room = await server.nodes.objects.add_object(space, "Room 101")

        async def variable(name: str, value: object, kind: Any) -> Any:
            node_id = ua.NodeId(name, space)
            return await room.add_variable(node_id, name, ua.Variant(value, kind))

        self.nodes = {
            "temp": await variable("temp", 21.5, ua.VariantType.Double),
            "fan": await variable("fan", False, ua.VariantType.Boolean),
            "name": await variable("name", "a", ua.VariantType.String),
        }
        await self.nodes["fan"].set_writable()
        await self.nodes["temp"].add_property(space, "EURange", ua.Range(Low=-20.0, High=60.0))
        await self.nodes["temp"].add_property(
            space, "EngineeringUnits", ua.EUInformation(DisplayName=ua.LocalizedText("°C"))
        )
        async with server:
            yield

    async def tell(self, name: str, value: object, status: int = 0) -> None:
        from asyncua import ua

        told = ua.DataValue(ua.Variant(value, ua.VariantType.Double), StatusCode=ua.StatusCode(status))
        await self.nodes[name].write_value(told)


def field_of(server: Server, **nodes: str) -> Field:
    line = OpcUaLine(server.url, nodes or NODES, every_ms=20, timeout_s=2)
    return Field(line, list(nodes or NODES))


def test_changes_come_by_themselves_with_their_quality() -> None:
    async def tried() -> None:
        server = Server()
        field = field_of(server)
        async with server.serving(), field.running():
            await field.comes("temp", 21.5)
            await field.comes("fan", 0.0)
            await server.tell("temp", 22.5)
            await field.comes("temp", 22.5)
            await server.tell("temp", 23.5, 0x4093_0000)
            await field.comes("temp", 23.5, Quality.SUSPECT)
            await server.tell("temp", 24.5, 0x808C_0000)
            await until(lambda: (field.store.newest("temp") or (0, 0))[1] == Quality.BAD)

    run_apart(tried())


def test_nodes_are_written_as_the_type_that_they_have() -> None:
    async def tried() -> None:
        server = Server()
        field = field_of(server)
        gateway = field.gateway
        async with server.serving(), field.running():
            await until(lambda: gateway.state().connected)
            assert await asked(lambda: gateway.write(NODES["fan"], 1)) == Answer(acknowledged=True)
            assert await server.nodes["fan"].read_value() is True
            await field.comes("fan", 1.0)
            assert (await asked(lambda: gateway.read(NODES["fan"]))).value == 1.0
            refused = await asked(lambda: gateway.write(NODES["temp"], 1))
            assert not refused.acknowledged
            assert not (await asked(lambda: gateway.write("ns=2;s=none", 1))).acknowledged
            assert not (await asked(lambda: gateway.write(NODES["fan"], None))).acknowledged

    run_apart(tried())


def test_variables_with_numbers_are_found_with_unit_and_range() -> None:
    async def tried() -> None:
        server = Server()
        async with server.serving():
            found = {one.name: one for one in await discover_once(OpcUaLine(server.url))}
        temp, fan = found["temp"], found["fan"]
        assert (temp.address, temp.unit, temp.low, temp.high) == ("ns=2;s=temp", "°C", -20.0, 60.0)
        assert (temp.device, temp.writable, temp.value) == ("Room 101", False, 21.5)
        assert (fan.writable, fan.value) == (True, 0.0)
        assert "name" not in found

    run_apart(tried())


def test_a_lost_server_is_told_once_and_its_values_come_again(caplog: pytest.LogCaptureFixture) -> None:
    async def tried() -> None:
        server = Server()
        field = field_of(server)
        async with field.running():
            await until(lambda: field.gateway.state().lost == 1)
            with pytest.raises(LineLostError):
                await asked(lambda: field.gateway.read(NODES["temp"]))
            async with server.serving():
                await field.comes("temp", 21.5)
            await until(lambda: field.gateway.state().lost == 2)
            async with server.serving():
                await until(lambda: field.gateway.state().connected)

    with caplog.at_level(logging.INFO, "yuanli.devices"):
        run_apart(tried())
    told = [record.message for record in caplog.records if record.name.startswith("yuanli")]
    turns = ["back" if "is back" in line else "lost" for line in told]
    assert turns[:4] == ["lost", "back", "lost", "back"]
    assert turns[4:] in ([], ["lost"])


def test_a_password_is_never_shown() -> None:
    assert OpcUaLine("opc.tcp://li:secret@plc:4840/x").name == "OPC UA plc:4840/x"


@pytest.mark.parametrize("url", ["http://plc", "opc.tcp://", "opc.tcp://plc:x", ""])
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(OpcUaAddressError):
        OpcUaLine(url)


def test_what_is_no_node_is_refused() -> None:
    with pytest.raises(OpcUaAddressError):
        OpcUaLine("opc.tcp://plc", {"temp": "temperature"})


def test_our_status_codes_are_those_of_the_standard() -> None:
    from asyncua.ua import StatusCodes

    named = {
        (Quality.BAD, Reason.SPIKE): "BadSensorFailure",
        (Quality.BAD, Reason.HARD_RANGE): "BadOutOfRange",
        (Quality.BAD, Reason.NONE): "Bad",
        (Quality.SUSPECT, Reason.UNIT): "UncertainEngineeringUnitsExceeded",
        (Quality.SUSPECT, Reason.DRIFT): "UncertainSensorNotAccurate",
        (Quality.SUSPECT, Reason.NONE): "Uncertain",
        (Quality.GOOD, Reason.MANUAL): "GoodLocalOverride",
        (Quality.GOOD, Reason.NONE): "Good",
        (Quality.MISSING, Reason.NONE): "BadNoData",
    }
    assert {key: to_opc_ua(*key) for key in named} == {
        key: getattr(StatusCodes, name) for key, name in named.items()
    }
    nothing = (
        "BadCommunicationError", "BadNoCommunication", "BadWaitingForInitialData", "BadNotConnected", "BadNoData",
        "BadDataLost", "BadDataUnavailable", "BadNoValue", "GoodNoData",
    )  # fmt: skip
    assert {from_opc_ua(getattr(StatusCodes, name)) for name in nothing} == {Quality.MISSING}
    assert from_opc_ua(StatusCodes.UncertainLastUsableValue) is Quality.SUSPECT
    assert from_opc_ua(StatusCodes.BadOutOfService) is Quality.BAD
