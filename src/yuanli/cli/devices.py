"""`yuanli devices`: discover."""

from __future__ import annotations

import asyncio
import csv
import io
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from yuanli.cli.opening import AsJson
from yuanli.cli.printing import OUT, print_json_lines, print_table, said
from yuanli.devices import BacnetLine, Line, ModbusLine, OpcUaLine, discover_once
from yuanli.errors import Text
from yuanli.operations import FoundPoint, found_rows

app = typer.Typer(no_args_is_help=True, help="Devices in the field. 现场设备。")


class Protocol(StrEnum):
    """The protocols that can be asked for points."""

    MODBUS = "modbus"
    BACNET = "bacnet"
    OPCUA = "opcua"


@app.callback()
def devices() -> None:
    """Devices in the field. 现场设备。"""


@app.command("discover")
def discover(
    protocol: Annotated[Protocol, typer.Argument(help="modbus, bacnet or opcua. 协议。")],
    url: Annotated[str, typer.Argument(help="modbus://…, bacnet://…, opc.tcp://… 地址。")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write a table of points. 写成点位表。")
    ] = None,
    gateway: Annotated[
        str, typer.Option("--gateway", help="Name of the gateway for the table. 网关名。")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """List the points that a device or server has. 列出设备的点位。

    Example: yuanli devices discover opcua opc.tcp://plc:4840 -o points.csv
    """
    found = asyncio.run(discover_once(_line(protocol, url)))
    if output is not None:
        _write(output, found, gateway)
    if as_json:
        print_json_lines(found)
    elif output is not None:
        OUT.print(
            said(Text(f"{len(found)} 个点位已写入 {output}。", f"{len(found)} points written to {output}."))
        )
    else:
        headers = (Text("地址", "Address"), Text("名称", "Name"), Text("单位", "Unit"), Text("值", "Value"))
        print_table(
            headers, ((p.address, p.name, p.unit or "", "" if p.value is None else p.value) for p in found)
        )
    if not found:
        raise typer.Exit(1)


def _line(protocol: Protocol, url: str) -> Line:
    if protocol is Protocol.MODBUS:
        return ModbusLine(url)
    return BacnetLine(url) if protocol is Protocol.BACNET else OpcUaLine(url)


def _write(path: Path, found: tuple[FoundPoint, ...], gateway: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(found_rows(found, gateway=gateway))
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
