"""Registers of Modbus devices: their addresses as text, tables of them, and the few reads that fetch them all."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from yuanli.devices.files import table_cells
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import POINT_COLUMNS

ADDRESS = re.compile(
    r"(?:(?P<unit>\d{1,3})/)?(?P<table>coil|discrete|holding|input):(?P<address>\d{1,5})"
    r"(?::(?P<kind>\w+))?(?::(?P<order>big|little))?"
)
REFERENCE = re.compile(r"(?:(?P<unit>\d{1,3})/)?(?P<digit>[0134])(?P<number>\d{4,5})(?::(?P<kind>\w+))?")
REFERENCES = {"0": "coil", "1": "discrete", "3": "input", "4": "holding"}
MOST_REGISTERS = 120
MOST_BITS = 1_900
JOINED_GAP = 8
"""Registers that nobody wants between two that are, and are read all the same."""
COLUMNS = ("point", "address", "scale", "offset", "unit", "gateway", "poll")


SHORTEST_S, LONGEST_S = 0.1, 86_400.0
"""Between which a point may be polled."""


class RegisterError(InvalidInputError):
    """An address or a table of registers can't be read."""


class RegisterKind(StrEnum):
    """How a number lies in registers."""

    BIT = "bit"
    INT16 = "int16"
    UINT16 = "uint16"
    INT32 = "int32"
    UINT32 = "uint32"
    INT64 = "int64"
    UINT64 = "uint64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"


FORMATS = {
    RegisterKind.INT16: ">h", RegisterKind.UINT16: ">H", RegisterKind.INT32: ">i", RegisterKind.UINT32: ">I",
    RegisterKind.INT64: ">q", RegisterKind.UINT64: ">Q", RegisterKind.FLOAT32: ">f", RegisterKind.FLOAT64: ">d",
}  # fmt: skip
WIDTHS = {kind: struct.calcsize(form) // 2 for kind, form in FORMATS.items()} | {RegisterKind.BIT: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One number of a device; `value = raw * scale + offset`.

    Parameters
    ----------
    device_id
        The device behind a gateway, 1 where there is only one.
    address
        From 0, as on the wire.
    little
        Whether the low word comes first.
    """

    device_id: int = 1
    table: str
    address: int
    kind: RegisterKind
    little: bool = False
    scale: float = 1.0
    offset: float = 0.0
    point: str = ""
    unit: str | None = None

    @property
    def width(self) -> int:
        """How many registers or bits it takes."""
        return WIDTHS[self.kind]

    @property
    def writable(self) -> bool:
        """Whether its table can be written."""
        return self.table in ("coil", "holding")

    def __str__(self) -> str:
        order = ":little" if self.little else ""
        kind = "" if self.kind is RegisterKind.BIT else f":{self.kind}"
        return f"{self.device_id}/{self.table}:{self.address}{kind}{order}"


@dataclass(frozen=True, slots=True)
class Block:
    """Registers that one read fetches."""

    device_id: int
    table: str
    start: int
    count: int
    registers: tuple[Register, ...]


def parse_register(text: str) -> Register:
    """Read an address such as `holding:100`, `3/input:7:float32:little`, `coil:5`, or the reference `40101`.

    >>> str(parse_register("40101:int32"))
    '1/holding:100:int32'

    Raises
    ------
    RegisterError
        It is none, or its kind does not go with its table.
    """
    text = text.strip()
    found = ADDRESS.fullmatch(text)
    if found is not None:
        table, address = found["table"], int(found["address"])
    else:
        found = REFERENCE.fullmatch(text)
        if found is None or int(found["number"]) == 0:
            raise _wrong(text)
        table, address = REFERENCES[found["digit"]], int(found["number"]) - 1
    bits = table in ("coil", "discrete")
    order = found.groupdict().get("order")
    try:
        kind = RegisterKind(found["kind"] or ("bit" if bits else "uint16"))
    except ValueError as error:
        raise _wrong(text) from error
    device_id = int(found["unit"] or 1)
    if bits != (kind is RegisterKind.BIT) or device_id > 255 or address + WIDTHS[kind] > 65_536:
        raise _wrong(text)
    return Register(device_id=device_id, table=table, address=address, kind=kind, little=order == "little")


def load_registers(path: Path, *, gateway: str | None = None) -> tuple[Register, ...]:
    """Read a table of registers: CSV, Excel or YAML with `point`, `address`; `scale`, `offset`, `unit`.

    A table of points (`id`, `address`, …) is one too; of the rows that name a gateway only those of `gateway` count.

    Raises
    ------
    RegisterError, UnreadableFileError
        A row is wrong (it is told by line and column), a point comes twice, or the file is no table.
    """
    registers = []
    for line, point, row in _rows(path, gateway):
        try:
            parsed = parse_register(str(row.get("address") or ""))
        except RegisterError as error:
            raise _bad_row(path, line, "address", str(row.get("address"))) from error
        registers.append(
            replace(
                parsed, point=point, unit=str(row["unit"]) if row.get("unit") else None,
                scale=_number(path, line, row, "scale", 1.0), offset=_number(path, line, row, "offset", 0.0),
            )
        )  # fmt: skip
    return tuple(registers)


def load_addresses(path: Path, *, gateway: str | None = None) -> dict[str, str]:
    """Read which point has which address, from a table as `load_registers` reads."""
    return {point: str(row.get("address") or "") for _, point, row in _rows(path, gateway)}


def load_periods(
    path: Path, plans: Mapping[str, float], *, every_s: float, gateway: str | None = None
) -> dict[str, float]:
    """Read how often each point is polled: its column `poll`, seconds or the name of a plan; else `every_s`.

    Raises
    ------
    RegisterError
        There is no such plan, or the seconds are not between 0.1 and 86,400.
    """
    periods: dict[str, float] = {}
    for line, point, row in _rows(path, gateway):
        told = str(row.get("poll") or "").strip()
        try:
            own = every_s if not told else plans[told] if told in plans else float(told)
        except ValueError as error:
            raise _bad_pace(path, line, told, plans) from error
        if not SHORTEST_S <= own <= LONGEST_S:
            raise _bad_pace(path, line, told, plans)
        periods[point] = own
    return periods


def _rows(path: Path, gateway: str | None) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Yield the rows that have an address, each with its line and point."""
    seen: set[str] = set()
    rows = _yaml_rows(path) if path.suffix.lower() in (".yaml", ".yml") else _table_rows(path)
    for line, row in rows:
        named = str(row.get("gateway") or "")
        own = "id" not in row or row.get("address")
        if not own or (gateway is not None and named not in ("", gateway)):
            continue
        point = str(row.get("point") or row.get("id") or "").strip()
        if not point or point in seen:
            raise _bad_row(path, line, "point", point)
        seen.add(point)
        yield line, point, row
    if not seen:
        raise _bad_row(path, 1, "point", "")


def plan_reads(registers: Iterable[Register]) -> tuple[Block, ...]:
    """Join registers into few reads: neighbours with small gaps, as many as one answer holds."""

    def place(register: Register) -> tuple[int, str]:
        return register.device_id, register.table

    blocks: list[Block] = []
    ordered = sorted(registers, key=lambda r: (*place(r), r.address, r.width))
    for (device_id, table), group in groupby(ordered, key=place):
        most = MOST_BITS if table in ("coil", "discrete") else MOST_REGISTERS
        joined: list[Register] = []
        for register in group:
            end = max((r.address + r.width for r in joined), default=register.address)
            far = register.address - end > JOINED_GAP
            if joined and (far or register.address + register.width - joined[0].address > most):
                blocks.append(block_of(joined))
                joined = []
            joined.append(register)
        if joined:
            blocks.append(block_of(joined))
        del device_id
    return tuple(blocks)


def block_of(registers: Sequence[Register]) -> Block:
    """Return the read that fetches registers of one table."""
    start = min(r.address for r in registers)
    end = max(r.address + r.width for r in registers)
    return Block(registers[0].device_id, registers[0].table, start, end - start, tuple(registers))


def decode_register(register: Register, words: Sequence[int]) -> float | None:
    """Return the value of a register from its words, or None where it holds no number."""
    if register.kind is RegisterKind.BIT:
        return float(bool(words[0]))
    ordered = list(reversed(words)) if register.little else list(words)
    raw = struct.unpack(FORMATS[register.kind], struct.pack(f">{len(ordered)}H", *ordered))[0]
    value = float(raw) * register.scale + register.offset
    return value if math.isfinite(value) else None


def encode_register(register: Register, value: float) -> list[int]:
    """Return the words of a value.

    Raises
    ------
    RegisterError
        The register can't hold it.
    """
    if register.kind is RegisterKind.BIT:
        return [int(value != 0)]
    raw: float | int = (value - register.offset) / register.scale
    if register.kind not in (RegisterKind.FLOAT32, RegisterKind.FLOAT64):
        raw = round(raw)
    try:
        packed = struct.pack(FORMATS[register.kind], raw)
    except (struct.error, OverflowError) as error:
        raise RegisterError(
            Text(f"{value:g} 放不进寄存器 {register}。", f"{value:g} does not fit into the register {register}."),
            field="value", hint=Text("检查 scale 和类型。", "Check its scale and type."),
        ) from error  # fmt: skip
    words = list(struct.unpack(f">{register.width}H", packed))
    return list(reversed(words)) if register.little else words


def _table_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    header: list[str] | None = None
    for line, cells in enumerate(table_cells(path), start=1):
        values = ["" if cell is None else str(cell).strip() for cell in cells]
        if header is None:
            header = [value.lower() for value in values]
            unknown = [name for name in header if name and name not in (*COLUMNS, *POINT_COLUMNS)]
            if unknown or "address" not in header or not {"point", "id"} & set(header):
                raise _bad_row(path, line, unknown[0] if unknown else "point", ", ".join(header))
        elif any(values):
            yield line, dict(zip(header, values, strict=False))


def _yaml_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        rows = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise _bad_row(path, 1, "file", str(error)) from error
    if not isinstance(rows, list):
        raise _bad_row(path, 1, "file", type(rows).__name__)
    for line, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping) or set(row) - {*COLUMNS, *POINT_COLUMNS}:
            raise _bad_row(path, line, "row", str(row))
        yield line, row


def _number(path: Path, line: int, row: Mapping[str, Any], name: str, default: float) -> float:
    told = row.get(name)
    if told in (None, ""):
        return default
    try:
        value = float(str(told))
    except ValueError as error:
        raise _bad_row(path, line, name, str(told)) from error
    if not math.isfinite(value) or (name == "scale" and value == 0):
        raise _bad_row(path, line, name, str(told))
    return value


def _bad_row(path: Path, line: int, column: str, value: str) -> RegisterError:
    return RegisterError(
        Text(
            f"{path.name} 第 {line} 行 {column} 列无效：{value[:80]!r}",
            f"{path.name}, line {line}, column {column}: {value[:80]!r} is not valid.",
        ),
        field=column,
        hint=Text(
            "列为 point、address，可加 scale、offset、unit、poll；点位不重复，地址如 holding:100:float32。",
            "Columns: point, address; scale, offset, unit, poll; each point once; an address is holding:100:float32.",
        ),
    )


def _bad_pace(path: Path, line: int, told: str, plans: Iterable[str]) -> RegisterError:
    names = ", ".join(plans) or "–"
    return RegisterError(
        Text(
            f"{path.name} 第 {line} 行 poll 列无效：{told[:80]!r}",
            f"{path.name}, line {line}, column poll: {told[:80]!r} is not valid.",
        ),
        field="poll",
        hint=Text(
            f"填写 0.1–86400 秒，或网关 polling 中的名称（{names}）。",
            f"Write 0.1 to 86400 seconds, or a name from the gateway's polling ({names}).",
        ),
    )


def _wrong(text: str) -> RegisterError:
    return RegisterError(
        Text(f"寄存器地址无效：{text[:80]!r}", f"{text[:80]!r} is no address of a register."),
        field="address",
        hint=Text(
            "例如 holding:100:float32、3/input:7:int32:little、coil:5。",
            "Write such as holding:100:float32, 3/input:7:int32:little or coil:5.",
        ),
    )
