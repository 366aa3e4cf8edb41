"""Registers: addresses as text, tables with faults told by line, few reads, and numbers there and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.devices import (
    Register,
    RegisterError,
    RegisterKind,
    decode_register,
    encode_register,
    load_registers,
    parse_register,
    plan_reads,
)

NUMERIC = [kind for kind in RegisterKind if kind is not RegisterKind.BIT]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("holding:100", "1/holding:100:uint16"),
        ("3/input:7:float32:little", "3/input:7:float32:little"),
        ("coil:5", "1/coil:5"),
        ("40001", "1/holding:0:uint16"),
        ("2/30010:int32", "2/input:9:int32"),
        ("00017", "1/coil:16"),
        ("465536", "1/holding:65535:uint16"),
    ],
)
def test_addresses_are_read_as_the_field_writes_them(text: str, same: str) -> None:
    assert str(parse_register(text)) == same
    assert parse_register(same) == parse_register(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "holding",
        "holding:-1",
        "holding:65535:int32",
        "coil:1:int16",
        "holding:1:text",
        "40000",
        "300/coil:1",
        "x:1",
        "holding:65536",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(RegisterError):
        parse_register(text)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_an_address(text: str) -> None:
    try:
        register = parse_register(text)
    except RegisterError:
        return
    assert parse_register(str(register)) == register


@given(kind=st.sampled_from(NUMERIC), little=st.booleans(), value=st.floats(-30_000, 30_000, width=32))
def test_a_number_comes_back_from_its_words(kind: RegisterKind, little: bool, value: float) -> None:
    if "uint" in kind:
        value = abs(value)
    register = Register(table="holding", address=0, kind=kind, little=little)
    words = encode_register(register, value)
    assert len(words) == register.width
    back = decode_register(register, words)
    assert back == (value if "float" in kind else round(value))


def test_words_and_scales_worked_by_hand() -> None:
    register = Register(table="holding", address=0, kind=RegisterKind.FLOAT32)
    assert encode_register(register, 25.5) == [0x41CC, 0x0000]
    assert decode_register(Register(table="input", address=0, kind=RegisterKind.INT16), [0xFFFF]) == -1
    tenths = Register(table="holding", address=0, kind=RegisterKind.INT16, scale=0.1, offset=-40)
    assert decode_register(tenths, [655]) == pytest.approx(25.5)
    assert encode_register(tenths, 25.5) == [655]
    assert decode_register(register, [0x7FC0, 0]) is None
    with pytest.raises(RegisterError):
        encode_register(tenths, 10_000)


@given(
    st.lists(
        st.builds(
            Register,
            device_id=st.integers(1, 2),
            table=st.sampled_from(["holding", "input"]),
            address=st.integers(0, 2000),
            kind=st.sampled_from(NUMERIC),
        ),
        max_size=40,
    )
)
def test_a_plan_reads_each_register_whole_and_no_read_is_too_long(registers: list[Register]) -> None:
    blocks = plan_reads(registers)
    assert sum(len(block.registers) for block in blocks) == len(registers)
    for block in blocks:
        assert block.count <= 120
        for register in block.registers:
            assert (register.device_id, register.table) == (block.device_id, block.table)
            assert block.start <= register.address
            assert register.address + register.width <= block.start + block.count


def test_neighbours_are_read_at_once() -> None:
    registers = [Register(table="holding", address=at, kind=RegisterKind.UINT16) for at in range(0, 200, 2)]
    assert len(plan_reads(registers)) == 2


def test_a_table_is_read_from_csv_and_yaml(tmp_path: Path) -> None:
    csv = tmp_path / "plc.csv"
    csv.write_text("point,address,scale,offset,unit\ntemp,holding:0:int16,0.1,,°C\nlamp,coil:3,,,\n", "utf-8")
    temp, lamp = load_registers(csv)
    assert (temp.point, temp.scale, temp.unit, lamp.table) == ("temp", 0.1, "°C", "coil")
    yaml = tmp_path / "plc.yaml"
    yaml.write_text("- {point: temp, address: 'holding:0:int16', scale: 0.1, unit: °C}\n", "utf-8")
    assert load_registers(yaml) == (temp,)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("point,address\na,holding:0\n,holding:1\n", 3, "point"),
        ("point,address\na,holding:0\na,holding:1\n", 3, "point"),
        ("point,address\na,attic:0\n", 2, "address"),
        ("point,address,scale\na,holding:0,many\n", 2, "scale"),
        ("point,address,scale\na,holding:0,0\n", 2, "scale"),
        ("point,address,scale\na,holding:0,nan\n", 2, "scale"),
        ("point,adress\na,holding:0\n", 1, "adress"),
        ("point,address\n", 1, "point"),
    ],
)
def test_a_faulty_row_is_told_by_line_and_column(tmp_path: Path, text: str, line: int, column: str) -> None:
    path = tmp_path / "plc.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(RegisterError) as caught:
        load_registers(path)
    assert caught.value.field == column
    assert f"line {line}, column {column}" in caught.value.message.en
