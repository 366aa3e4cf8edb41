"""Modbus over TCP or a serial line: few reads fetch all registers, writes are answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from yuanli.devices.field import LineLostError, Sample, missing_extra
from yuanli.devices.registers import (
    Block,
    Register,
    RegisterKind,
    block_of,
    decode_register,
    encode_register,
    parse_register,
    plan_reads,
)
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import Answer, FieldValue, FoundPoint, NoAnswerError
from yuanli.telemetry import Quality

if TYPE_CHECKING:
    from pymodbus.client.base import ModbusBaseClient

SCHEMES = ("modbus", "modbus+rtutcp", "modbus+rtu")
SCANNED = 1_000
SCAN_STEP = 100


class ModbusAddressError(InvalidInputError):
    """The address of a Modbus device can't be read."""


class ModbusLine:
    """Fills `Line`.

    Parameters
    ----------
    url
        `modbus://host:502`, `modbus+rtutcp://host:4001` (serial frames through a converter), or
        `modbus+rtu:///dev/ttyUSB0?baudrate=9600&parity=N&stopbits=1`.
    registers
        What is polled, each with its point.
    """

    def __init__(self, url: str, registers: Sequence[Register] = (), *, timeout_s: float = 3.0) -> None:
        self._url, self._timeout_s = url, timeout_s
        self._make = _client_of(url, timeout_s)
        self._client: ModbusBaseClient | None = None
        self._registers = tuple(registers)
        self._plans: dict[frozenset[str] | None, list[Block]] = {None: list(plan_reads(registers))}
        self._scaled = {str(register): register for register in registers}

    @property
    def name(self) -> str:
        """What it is called in the log."""
        parts = urlsplit(self._url)
        return f"Modbus {parts.hostname or parts.path}{f':{parts.port}' if parts.port else ''}"

    @property
    def addresses(self) -> dict[str, str]:
        """The address of each point."""
        return {register.point: text for text, register in self._scaled.items()}

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The reads that fetch all registers."""
        return tuple(self._plans[None])

    async def connect(self) -> None:
        """Connect."""
        client = self._make()
        if not await client.connect():
            client.close()
            raise self._lost("no connection")
        self._client = client

    async def close(self) -> None:
        """Close."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def watch(self, hear: object) -> None:
        """Do nothing: Modbus devices are only polled."""

    async def poll(self, points: frozenset[str] | None = None) -> Sequence[Sample]:
        """Read registers; a read that a device refuses is split, until the wrong register is alone."""
        samples: list[Sample] = []
        if points not in self._plans:
            self._plans[points] = list(plan_reads(r for r in self._registers if r.point in (points or ())))
        plan = self._plans[points]
        for block in tuple(plan):
            words = await self._read(block)
            if words is None and len(block.registers) > 1:
                _split(plan, block)
                continue
            for register in block.registers:
                if words is None:
                    samples.append(Sample(register.point, None, Quality.MISSING, unit=register.unit))
                    continue
                at = register.address - block.start
                value = decode_register(register, words[at : at + register.width])
                quality = Quality.GOOD if value is not None else Quality.BAD
                samples.append(Sample(register.point, value, quality, unit=register.unit))
        return samples

    async def read(self, address: str) -> FieldValue:
        """Read one register."""
        register = self._register(address)
        words = await self._read(block_of([register]))
        if words is None:
            return FieldValue(value=None, quality=Quality.MISSING)
        value = decode_register(register, words)
        return FieldValue(value=value, quality=Quality.BAD if value is None else Quality.GOOD)

    async def write(self, address: str, value: float | None) -> Answer:
        """Write one coil or register; Modbus has nothing to give back to, so None is refused."""
        register = self._register(address)
        if value is None or not register.writable:
            return Answer(
                acknowledged=False, message=Text(f"{register} 不能写。", f"{register} can't be written.")
            )
        words, client, at = encode_register(register, value), self._connected(), register.address
        send: Any
        if register.kind is RegisterKind.BIT:
            send = client.write_coil(at, bool(words[0]), device_id=register.device_id)
        elif len(words) == 1:
            send = client.write_register(at, words[0], device_id=register.device_id)
        else:
            send = client.write_registers(at, words, device_id=register.device_id)
        try:
            reply = await send
        except _modbus_error() as error:
            why = str(error)
            raise NoAnswerError(
                Text(f"{self.name} 没有回音：{why}", f"{self.name} does not answer: {why}")
            ) from error
        if reply.isError():
            code = reply.exception_code
            return Answer(
                acknowledged=False,
                message=Text(
                    f"设备拒绝写 {register}（异常码 {code}）。",
                    f"The device refuses {register} (exception {code}).",
                ),
            )
        return Answer(acknowledged=True)

    async def discover(self) -> tuple[FoundPoint, ...]:
        """Return the registers and coils among the first 1,000 of device 1 that hold something.

        Modbus devices don't tell what they have: what these mean is in their manual.
        """
        found: list[FoundPoint] = []
        for table in ("coil", "discrete", "holding", "input"):
            kind = RegisterKind.BIT if table in ("coil", "discrete") else RegisterKind.UINT16
            for start in range(0, SCANNED, SCAN_STEP):
                registers = [
                    Register(table=table, address=at, kind=kind) for at in range(start, start + SCAN_STEP)
                ]
                found += await self._scan(registers)
        return tuple(found)

    async def _scan(self, registers: Sequence[Register]) -> list[FoundPoint]:
        words = await self._read(block_of(registers))
        if words is None:
            if len(registers) == 1:
                return []
            half = len(registers) // 2
            first = await self._read(block_of(registers[:1]))
            if (
                first is None
                and await self._read(block_of(registers[-1:])) is None
                and half <= SCAN_STEP // 8
            ):
                return []
            return [*await self._scan(registers[:half]), *await self._scan(registers[half:])]
        return [
            FoundPoint(
                address=str(register), name=f"{register.table} {register.address}", writable=register.writable,
                value=float(word),
            )
            for register, word in zip(registers, words, strict=False)
            if word
        ]  # fmt: skip

    async def _read(self, block: Block) -> list[int] | None:
        """Return the words of a block, or None where the device refuses."""
        client = self._connected()
        calls: dict[str, Any] = {
            "coil": client.read_coils, "discrete": client.read_discrete_inputs,
            "holding": client.read_holding_registers, "input": client.read_input_registers,
        }  # fmt: skip
        try:
            reply = await calls[block.table](block.start, count=block.count, device_id=block.device_id)
        except _modbus_error() as error:
            raise self._lost(str(error)) from error
        if reply.isError():
            return None
        words = reply.bits if block.table in ("coil", "discrete") else reply.registers
        return [int(word) for word in words[: block.count]] if len(words) >= block.count else None

    def _register(self, address: str) -> Register:
        parsed = parse_register(address)
        return self._scaled.get(str(parsed), parsed)

    def _connected(self) -> Any:
        if self._client is None:
            raise self._lost("not connected")
        return self._client

    def _lost(self, why: str) -> LineLostError:
        return LineLostError(
            Text(f"{self.name} 失联：{why}", f"{self.name} is lost: {why}"),
            hint=Text("检查设备、地址和网络。", "Check the device, its address and the network."),
        )


def _split(plan: list[Block], block: Block) -> None:
    at, half = plan.index(block), len(block.registers) // 2
    plan[at : at + 1] = [block_of(part) for part in (block.registers[:half], block.registers[half:])]


def _modbus_error() -> type[Exception]:
    from pymodbus.exceptions import ModbusException

    kind: type[Exception] = ModbusException
    return kind


def _client_of(url: str, timeout_s: float) -> Any:
    """Return what makes a client of an address."""
    try:
        from pymodbus import FramerType
        from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
    except ImportError as error:
        raise missing_extra(error) from error
    try:
        parts = urlsplit(url)
        port, asked = parts.port, {name: values[-1] for name, values in parse_qs(parts.query).items()}
        serial = {
            "baudrate": int(asked.pop("baudrate", 9600)), "bytesize": int(asked.pop("bytesize", 8)),
            "stopbits": int(asked.pop("stopbits", 1)), "parity": asked.pop("parity", "N"),
        }  # fmt: skip
    except ValueError:
        parts, port, asked, serial = urlsplit(""), None, {}, {}
    if parts.scheme == "modbus+rtu" and parts.path.strip("/") and not asked:
        return lambda: AsyncModbusSerialClient(
            parts.path, timeout=timeout_s, retries=1, reconnect_delay=0, **serial
        )
    if parts.scheme in SCHEMES[:2] and parts.hostname and not parts.query:
        framer = FramerType.RTU if parts.scheme == "modbus+rtutcp" else FramerType.SOCKET
        host = parts.hostname
        return lambda: AsyncModbusTcpClient(
            host, port=port or 502, framer=framer, timeout=timeout_s, retries=1, reconnect_delay=0
        )
    raise ModbusAddressError(
        Text("Modbus 地址无效。", "The address of the Modbus device is not valid."),
        field="url",
        hint=Text(
            "例如 modbus://主机:502 或 modbus+rtu:///dev/ttyUSB0?baudrate=9600。",
            "Write such as modbus://host:502 or modbus+rtu:///dev/ttyUSB0?baudrate=9600.",
        ),
    )
