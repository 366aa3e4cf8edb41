"""`yuanli demo`: play the demo park's life anywhere, and tell which faults it has."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from yuanli.bootstrap import PlayParams, play_demo
from yuanli.cli.opening import AsJson
from yuanli.cli.printing import OUT, print_json, print_json_lines, print_table, said
from yuanli.errors import InvalidInputError, Text

app = typer.Typer(no_args_is_help=True, help="The simulated demo park. 示范园区的模拟器。")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HEADERS = (
    Text("开始", "From"),
    Text("结束", "To"),
    Text("类型", "Kind"),
    Text("位置", "Place"),
    Text("说明", "What is wrong"),
)
Seed = Annotated[int, typer.Option("--seed", help="Seed of the simulation. 随机种子。")]


class MomentError(InvalidInputError):
    """A time can't be read, or has no zone."""


@app.command("play")
def play(
    url: Annotated[
        str, typer.Option("--url", help="http://… or mqtt://… 目标地址。")
    ] = "http://127.0.0.1:8080",
    token: Annotated[str | None, typer.Option("--token", help="Token for HTTP. 访问令牌。")] = None,
    speed: Annotated[float, typer.Option("--speed", help="Seconds in a second. 倍速。")] = 60.0,
    begin: Annotated[str | None, typer.Option("--from", help="Begin; a day ago. 起始时间。")] = None,
    end: Annotated[str | None, typer.Option("--until", help="End; never. 结束时间。")] = None,
    campus: Annotated[str, typer.Option("--campus", "-c", help="The campus there. 园区。")] = "demo",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Play simulated readings to a server or a broker; at the present it goes on live. 播放模拟数据。

    Example: yuanli demo play --url mqtt://localhost:1883 --speed 600
    """
    from yuanli.demo import Simulator, demo_campus

    start = _moment(begin, "from") or datetime.now(UTC) - timedelta(days=1)
    params = PlayParams(begin=start, end=_moment(end, "until"), speed=speed)
    simulator = Simulator(demo_campus(), seed=seed)
    played = asyncio.run(
        play_demo(simulator, url, params, token=token, campus=campus, clock=lambda: datetime.now(UTC))
    )
    if as_json:
        print_json(played)
        return
    text = Text(f"已发送 {played.rows} 条模拟读数。", f"{played.rows} simulated readings were sent.")
    OUT.print(said(text), markup=False)


@app.command("faults")
def faults(
    begin: Annotated[str | None, typer.Option("--from", help="Begin; 28 days ago. 起始时间。")] = None,
    end: Annotated[str | None, typer.Option("--until", help="End; now. 结束时间。")] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Tell the truth: which simulated faults there were, are and will be. 列出模拟故障的真值。

    Example: yuanli demo faults --json
    """
    from yuanli.demo import Simulator, demo_campus

    until = _moment(end, "until") or datetime.now(UTC)
    start = _moment(begin, "from") or until - timedelta(days=28)
    first, last = ((moment - EPOCH) // timedelta(microseconds=1) for moment in (start, until))
    found = Simulator(demo_campus(), seed=seed).faults(first, last)
    if as_json:
        print_json_lines(
            {
                "kind": one.kind, "from": _time(one.start), "until": _time(one.end), "place": one.place,
                "points": one.points, "real": one.real, "size": one.size, "what": one.told,
            }
            for one in found
        )  # fmt: skip
        return
    print_table(
        HEADERS,
        ((_time(one.start), _time(one.end), one.kind, one.place or "", said(one.told)) for one in found),
    )


def _time(at: int) -> str:
    return (EPOCH + timedelta(microseconds=at)).isoformat()


def _moment(text: str | None, field: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min
    if moment.tzinfo is None:
        raise MomentError(
            Text(f"时间“{text}”无效或没有时区。", f"The time {text!r} can't be read, or has no zone."),
            field=field,
            hint=Text("例如 2026-05-01T00:00+08:00。", "Give such as 2026-05-01T00:00+08:00."),
        )
    return moment
