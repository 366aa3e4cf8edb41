"""`yuanli up`: serve the console and the API."""

from __future__ import annotations

from typing import Annotated

import typer

from yuanli.bootstrap import feed_demo, open_house, serve
from yuanli.cli.opening import DataDir
from yuanli.cli.printing import OUT, said
from yuanli.errors import Text
from yuanli.settings import load_settings


def up(
    demo: Annotated[bool, typer.Option("--demo", help="With the demo park. 载入示范园区。")] = False,
    still: Annotated[
        bool, typer.Option("--still", help="With --demo: don't simulate readings. 不模拟读数。")
    ] = False,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on. 监听地址。")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port; 0 takes a free one. 端口。")] = None,
    data_dir: DataDir = None,
) -> None:
    """Serve the console and the API. 启动园理。

    Example: yuanli up --demo
    """
    given = {"host": host, "port": port, "data_dir": data_dir}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    house = open_house(settings)
    if demo:
        house.ensure_demo()
        house.ensure_demo_meetings()
    password = house.ensure_admin()
    if password is not None:
        OUT.print(
            said(
                Text(
                    f"管理员账号 admin，密码 {password}（只显示这一次）",
                    f"Administrator: admin, password: {password} (shown only once)",
                )
            ),
            markup=False,
        )
    serve(
        house,
        lambda url: OUT.print(said(Text(f"园理已启动：{url}", f"yuanli is up: {url}")), markup=False),
        beside=(lambda url: feed_demo(house, url)) if demo and not still else None,
    )
