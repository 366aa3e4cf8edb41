"""`yuanli telemetry replay` and `forward`: readings sent to a server or a broker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from yuanli.bootstrap import (
    forward_gateways,
    run_until_stopped,
    sender_to,
    set_up_logging,
    topic_to,
)
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, ImportProgress, print_json, said
from yuanli.cli.reading_tables import ColumnNames, columns_of, rows_of, zone_of
from yuanli.devices import Deliver, Replayed, ReplayParams, replay, to_sender
from yuanli.errors import InvalidInputError, Text
from yuanli.telemetry import DecodeParams, Row

REPLAYING = Text("回放", "Replaying")
Url = Annotated[str, typer.Option("--url", help="http://… or mqtt://… 目标地址。")]
Token = Annotated[str | None, typer.Option("--token", help="Token for HTTP. 访问令牌。")]
TokenFile = Annotated[
    Path | None, typer.Option("--token-file", help="A file that holds the token. 令牌文件。")
]
Topic = Annotated[str | None, typer.Option("--topic", help="Of MQTT; {campus}/telemetry. MQTT 主题。")]


class SpeedError(InvalidInputError):
    """Nothing can be replayed at such a speed."""


class TokenFileError(InvalidInputError):
    """A file holds no token."""


def replay_file(
    file: Annotated[Path, typer.Argument(help="CSV, CSV.gz, xlsx or Parquet. 读数文件。")],
    url: Url = "http://127.0.0.1:8080",
    token: Token = None,
    token_file: TokenFile = None,
    topic: Topic = None,
    campus: Annotated[str, typer.Option("--campus", "-c", help="The campus there. 园区。")] = "demo",
    speed: Annotated[
        float, typer.Option("--speed", help="Seconds in a second; inf for at once. 倍速。")
    ] = 1.0,
    now: Annotated[bool, typer.Option("--now", help="Shift the times to begin now. 平移到现在。")] = False,
    skip: Annotated[
        bool, typer.Option("--skip", help="Go on where readings are refused. 跳过被拒收的读数。")
    ] = False,
    zone: Annotated[str | None, typer.Option("--zone", help="Zone of times without one. 时区。")] = None,
    columns: ColumnNames = None,
    as_json: AsJson = False,
) -> None:
    """Play a recorded table of readings to a server or a broker, at any speed. 回放录下的读数。

    Example: yuanli telemetry replay may.csv --speed 60 --now --token-file token.txt
    """
    if not speed > 0:
        raise SpeedError(
            Text(f"速度 {speed:g} 无效。", f"A speed of {speed:g} is not valid."), field="speed",
            hint=Text("大于 0；inf 为尽快。", "Above 0; inf for as fast as it is taken."),
        )  # fmt: skip
    decoding = DecodeParams(zone=None if zone is None else zone_of(zone))
    rows = sorted(rows_of(file, columns_of(columns or ()), decoding), key=_due)
    params = ReplayParams(speed=speed, begin_at=time.time_ns() // 1_000 if now else None)
    there = topic_to(url, campus, gateway=f"replay:{file.name}", topic=topic, skip=skip)
    played = asyncio.run(_played(rows, url, _token(token, token_file), there, params, quiet=as_json))
    if as_json:
        print_json(played)
        return
    kept = played.rows - played.refused
    told = Text(f"已回放 {kept} 条读数。", f"{kept} readings were replayed.")
    if played.refused:
        told = Text(f"{told.zh}另有 {played.refused} 条被拒收。", f"{told.en} {played.refused} were refused.")
    OUT.print(said(told), markup=False)


def forward(
    spool: Annotated[Path, typer.Option("--spool", help="Folder that keeps what waits. 缓存目录。")],
    url: Url,
    token: Token = None,
    token_file: TokenFile = None,
    topic: Topic = None,
    name: Annotated[str, typer.Option("--name", help="What the server calls this sender. 名称。")] = "edge",
    data_dir: DataDir = None,
) -> None:
    """Read the gateways of yuanli.toml here, keep all on disk, and send it when the server is there. 断网续传。

    Example: yuanli telemetry forward --spool /var/lib/yuanli --url https://park.example --token-file token.txt
    """
    settings = opening.settings(data_dir)
    set_up_logging(settings.log_level)

    def announce(gateways: int, waiting: int) -> None:
        told = Text(
            f"正在转发 {gateways} 个网关，{waiting} 包待发送。",
            f"Forwarding {gateways} gateways; {waiting} parcels wait from before.",
        )
        OUT.print(said(told), markup=False)

    send = sender_to(url, token=_token(token, token_file), client_id=f"yuanli-{name}")
    run_until_stopped(
        forward_gateways(
            settings,
            spool,
            send,
            lambda campus: topic_to(url, campus, gateway=name, topic=topic),
            announce=announce,
        )
    )


async def _played(
    rows: Sequence[Row], url: str, token: str | None, topic: str, params: ReplayParams, *, quiet: bool
) -> Replayed:
    with ImportProgress(quiet=quiet) as progress:
        async with sender_to(url, token=token) as send:
            deliver = _counting(to_sender(send, topic), len(rows), progress)
            return await replay(rows, deliver, params, clock=time.monotonic)


def _counting(deliver: Deliver, total: int, progress: ImportProgress) -> Deliver:
    done = 0

    async def counted(rows: Sequence[Row]) -> int:
        nonlocal done
        refused = await deliver(rows)
        done += len(rows)
        progress(said(REPLAYING), done / total)
        return refused

    return counted


def _due(row: Row) -> int:
    return row.received if row.received is not None else row.at or 0


def _token(token: str | None, file: Path | None) -> str | None:
    if file is None:
        return token
    try:
        found = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TokenFileError(
            Text(f"无法读取 {file}：{error}", f"{file} can't be read: {error}"), field="token-file",
            hint=Text("给出只含令牌的文本文件。", "Give a text file with nothing but the token."),
        ) from error  # fmt: skip
    return found or None
