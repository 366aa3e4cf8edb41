"""Modbus, end to end against servers of the same library on this machine."""

from __future__ import annotations

import asyncio
import logging
import os
import pty
import socket
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.devices.fields import Field, asked, until
from tests.loops import run_apart

from yuanli.devices import (
    LineLostError,
    ModbusAddressError,
    ModbusLine,
    Register,
    discover_once,
    parse_register,
)
from yuanli.operations import Answer
from yuanli.telemetry import Quality

pymodbus = pytest.importorskip("pymodbus", reason="yuanli[field] is not installed: Modbus is not tested")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Device:
    """A Modbus server with 40 registers and 16 coils of device 1, which keep what they hold while it is off."""

    def __init__(self, framer: str = "socket") -> None:
        self.port, self.framer = free_port(), framer
        self.held: dict[str, list[int]] = {
            "coil": [0], "discrete": [0], "holding": [0] * 40, "input": [0] * 40,
        }  # fmt: skip

    def put(self, table: str, address: int, values: list[int]) -> None:
        if table in ("coil", "discrete"):
            self.held[table][0] = self.held[table][0] & ~(1 << address) | values[0] << address
        else:
            self.held[table][address : address + len(values)] = values

    def get(self, table: str, address: int, count: int = 1) -> list[int]:
        if table in ("coil", "discrete"):
            return [self.held[table][0] >> address & 1]
        return self.held[table][address : address + count]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        from pymodbus import FramerType
        from pymodbus.server import ModbusTcpServer
        from pymodbus.simulator import DataType, SimData, SimDevice

        def bits() -> list[Any]:
            return [SimData(0, values=[False] * 16, datatype=DataType.BITS)]

        def words() -> list[Any]:
            return [SimData(0, values=[0] * 40, datatype=DataType.REGISTERS)]

        device = SimDevice(1, simdata=(bits(), bits(), words(), words()), use_bit_addressing=True)
        server = ModbusTcpServer(device, framer=FramerType(self.framer), address=("127.0.0.1", self.port))
        for letter, table in (("c", "coil"), ("d", "discrete"), ("h", "holding"), ("i", "input")):
            live = server.context.devices[1].block[letter][2]
            live[:] = self.held[table]
            self.held[table] = live
        task = asyncio.create_task(server.serve_forever())
        try:
            yield
        finally:
            await server.shutdown()
            await asyncio.gather(task, return_exceptions=True)

    def line(self, *rows: tuple[str, str, float]) -> ModbusLine:
        scheme = "modbus" if self.framer == "socket" else "modbus+rtutcp"
        return ModbusLine(f"{scheme}://127.0.0.1:{self.port}", registers(*rows), timeout_s=0.5)


def registers(*rows: tuple[str, str, float]) -> list[Register]:
    made = []
    for point, address, scale in rows:
        one = parse_register(address)
        made.append(
            Register(
                device_id=one.device_id,
                table=one.table,
                address=one.address,
                kind=one.kind,
                little=one.little,
                scale=scale,
                point=point,
            )
        )
    return made


ROWS = (("temp", "holding:0:int16", 0.1), ("power", "input:2:float32", 1.0), ("lamp", "coil:3", 1.0))


@pytest.mark.parametrize("framer", ["socket", "rtu"])
def test_what_a_device_holds_is_read_and_each_change_after(framer: str) -> None:
    async def tried() -> None:
        device = Device(framer)
        device.put("holding", 0, [255])
        device.put("input", 2, [0x41CC, 0])
        device.put("coil", 3, [1])
        field = Field(device.line(*ROWS), [row[0] for row in ROWS])
        async with device.serving(), field.running():
            await field.comes("temp", 25.5)
            await field.comes("power", 25.5)
            await field.comes("lamp", 1.0)
            device.put("holding", 0, [0xFFF6])
            await field.comes("temp", -1.0)
        assert field.gateway.state().refused == 0

    run_apart(tried())


class Cable:
    """A serial cable between two ports of this machine: pseudo-terminals whose other ends are joined while `whole`."""

    def __init__(self) -> None:
        self.whole = True
        self.ends: list[tuple[int, int]] = []

    @property
    def ports(self) -> list[str]:
        return [os.ttyname(port) for _, port in self.ends]

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[None]:
        self.ends = [pty.openpty(), pty.openpty()]
        loop, (near, far) = asyncio.get_running_loop(), [end for end, _ in self.ends]
        for one in (one for pair in self.ends for one in pair):
            tty.setraw(one)
        loop.add_reader(near, self._carry, near, far)
        loop.add_reader(far, self._carry, far, near)
        try:
            yield
        finally:
            for end, port in self.ends:
                loop.remove_reader(end)
                os.close(end)
                os.close(port)

    def _carry(self, source: int, target: int) -> None:
        sent = os.read(source, 4096)
        if self.whole:
            os.write(target, sent)


def test_a_device_on_a_serial_line_is_read_written_lost_and_found_again() -> None:
    from pymodbus import FramerType
    from pymodbus.server import ModbusSerialServer
    from pymodbus.simulator import DataType, SimData, SimDevice

    async def tried() -> None:
        cable = Cable()
        async with cable.joined():
            here, there = cable.ports
            words = [SimData(0, values=[255] * 10, datatype=DataType.REGISTERS)]
            server = ModbusSerialServer(
                SimDevice(3, simdata=words), framer=FramerType.RTU, port=there, baudrate=19_200
            )
            serving = asyncio.create_task(server.serve_forever())
            line = ModbusLine(
                f"modbus+rtu://{here}?baudrate=19200", registers(("temp", "3/holding:4", 0.1)), timeout_s=0.3
            )
            field = Field(line, ["temp"])
            async with field.running():
                await field.comes("temp", 25.5)
                written = await asked(lambda: field.gateway.write(line.addresses["temp"], 21.5))
                assert written == Answer(acknowledged=True)
                await field.comes("temp", 21.5)
                cable.whole = False
                await until(lambda: not field.gateway.state().connected)
                cable.whole = True
                await until(lambda: field.gateway.state().connected)
            await server.shutdown()
            await asyncio.gather(serving, return_exceptions=True)

    run_apart(tried())


def test_values_are_written_and_answered() -> None:
    async def tried() -> None:
        device = Device()
        rows = (*ROWS, ("wide", "holding:10:uint32:little", 1.0))
        line = device.line(*rows)
        field = Field(line, [row[0] for row in rows])
        gateway, at = field.gateway, line.addresses
        async with device.serving(), field.running():
            await until(lambda: gateway.state().connected)
            assert await asked(lambda: gateway.write(at["temp"], 21.5)) == Answer(acknowledged=True)
            assert device.get("holding", 0) == [215]
            await asked(lambda: gateway.write(at["lamp"], 1))
            assert device.get("coil", 3) == [1]
            await asked(lambda: gateway.write(at["wide"], 65_537))
            assert device.get("holding", 10, 2) == [1, 1]
            await field.comes("temp", 21.5)
            assert (await asked(lambda: gateway.read(at["temp"]))).value == 21.5
            refused = await asked(lambda: gateway.write(at["power"], 1))
            assert not refused.acknowledged
            refused = await asked(lambda: gateway.write("holding:500", 1))
            assert not refused.acknowledged
            assert refused.message is not None
            assert "exception 2" in refused.message.en

    run_apart(tried())


def test_a_wrong_register_spoils_no_other() -> None:
    async def tried() -> None:
        device = Device()
        device.put("holding", 38, [7])
        line = device.line(("good", "holding:38", 1.0), ("wrong", "holding:44", 1.0))
        field = Field(line, ["good", "wrong"])
        assert len(line.blocks) == 1
        async with device.serving(), field.running():
            await field.comes("good", 7.0)
            await until(lambda: (field.store.newest("wrong") or (0, 0))[1] == Quality.MISSING)
        assert len(line.blocks) == 2

    run_apart(tried())


def test_a_lost_device_is_told_once_when_lost_and_once_when_back(caplog: pytest.LogCaptureFixture) -> None:
    async def tried() -> None:
        device = Device()
        device.put("holding", 0, [10])
        field = Field(device.line(*ROWS[:1]), ["temp"])
        async with field.running():
            await until(lambda: field.gateway.state().lost == 1)
            with pytest.raises(LineLostError):
                await asked(lambda: field.gateway.write("holding:0", 1))
            async with device.serving():
                await field.comes("temp", 1.0)
            await until(lambda: field.gateway.state().lost == 2)
            await asyncio.sleep(0.3)
            device.put("holding", 0, [20])
            async with device.serving():
                await field.comes("temp", 2.0)

    with caplog.at_level(logging.INFO, "yuanli.devices"):
        run_apart(tried())
    told = [record.message for record in caplog.records if record.name.startswith("yuanli")]
    assert sum("is lost" in line for line in told) == 2
    assert sum("is back" in line for line in told) == 2


def test_readings_wait_while_the_store_takes_none() -> None:
    async def tried() -> None:
        device = Device()
        field = Field(device.line(*ROWS[:1]), ["temp"])
        field.store.broken.set()
        async with device.serving(), field.running():
            await until(lambda: field.gateway.state().samples >= 5)
            assert not field.store.kept
            field.store.broken.clear()
            await until(lambda: field.gateway.state().readings >= 5)
        assert field.gateway.state().dropped == 0

    run_apart(tried())


def test_registers_that_hold_something_are_found() -> None:
    async def tried() -> None:
        device = Device()
        device.put("holding", 5, [9])
        device.put("coil", 2, [1])
        async with device.serving():
            await asyncio.sleep(0.1)  # the server listens
            found = await discover_once(device.line())
        assert [(one.address, one.value) for one in found] == [("1/coil:2", 1), ("1/holding:5:uint16", 9)]

    run_apart(tried())


@pytest.mark.parametrize(
    "url",
    [
        "http://plc",
        "modbus://",
        "modbus://plc:x",
        "modbus://plc?baudrate=1",
        "modbus+rtu://",
        "modbus+rtu:///dev/t?baudrate=x",
        "modbus+rtu:///dev/t?speed=1",
    ],
)
def test_what_is_no_address_of_a_device_is_refused(url: str) -> None:
    with pytest.raises(ModbusAddressError):
        ModbusLine(url)


def test_a_serial_line_is_named_by_its_port() -> None:
    assert ModbusLine("modbus+rtu:///dev/ttyUSB0?baudrate=19200&parity=E").name == "Modbus /dev/ttyUSB0"
