"""The commands of `yuanli`: each is loaded when it is called, since loading all of them takes seconds."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import typer


class Part(NamedTuple):
    """A command or a group of commands: where it is, and its words in the list of all, as it says them itself."""

    module: str
    attribute: str
    words: str


PARTS = {
    "up": Part("serve", "up", "Serve the console and the API. 启动园理。"),
    "forecast": Part("forecast", "forecast", "Forecast hour by hour, with 80 % and 95 % intervals. 预测。"),
    "energy": Part("energy", "energy", "Tell how much energy a place used. 能耗。"),
    "anomalies": Part(
        "anomalies", "anomalies", "Find what is unusual, with evidence and likely causes. 查找异常。"
    ),
    "savings": Part(
        "anomalies", "savings",
        "Measure what a change saved, adjusted for weather and people, with a 90 % interval. 核算节能量。",
    ),
    "route": Part("route", "route", "Find the way. 找路。"),
    "understand": Part("ask", "understand", "Show how a request is understood: intent and slots. 理解一句话。"),
    "ask": Part(
        "ask", "ask", "Ask the assistant, one turn; with --user the next of the user's conversation. 问园理。"
    ),
    "campus": Part("campus", "app", "The place: what is where. 园区地图。"),
    "devices": Part("devices", "app", "Devices in the field. 现场设备。"),
    "users": Part("users", "app", "Who may do what. 用户与角色。"),
    "learn": Part("learn", "app", "Models and what they learn from. 模型与学习。"),
    "telemetry": Part("telemetry", "app", "Readings of meters and sensors. 仪表与传感器读数。"),
    "states": Part("states", "app", "States of rooms and devices. 房间与设备的状态。"),
    "demo": Part("demo", "app", "The simulated demo park. 示范园区的模拟器。"),
    "schedule": Part("schedule", "app", "Devices, rooms, rounds, flows: when and who. 调度。"),
    "plan": Part("plan", "app", "Spaces, layouts, sites: where and how many. 空间规划。"),
    "carry": Part("carry", "app", "Plans of devices, carried out. 设备方案的执行。"),
    "policies": Part("policies", "app", "Standing policies for plans of devices. 设备方案的常设策略。"),
    "reserve": Part("reserve", "app", "Rooms reserved. 房间预订。"),
}  # fmt: skip
"""In the order of the list."""


def add_part(app: typer.Typer, name: str) -> None:
    """Load a part, and make it a command of `app`."""
    part = PARTS[name]
    loaded = getattr(import_module(f"yuanli.cli.{part.module}"), part.attribute)
    if isinstance(loaded, typer.Typer):
        app.add_typer(loaded, name=name)
    else:
        app.command(name)(loaded)


def list_part(app: typer.Typer, name: str) -> None:
    """Let the list of commands name a part, without loading it."""
    app.command(name, help=PARTS[name].words)(lambda: None)
