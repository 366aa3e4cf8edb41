"""Options that commands share, and opening what they name."""

from __future__ import annotations

import getpass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer

from yuanli.bootstrap import House, open_house
from yuanli.campus import Campus, CampusId, read_campus
from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.operations import Guide, campus_guide
from yuanli.settings import Settings, load_settings

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON. 以 JSON 输出。")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder of the embedded store. 数据目录。")]
CampusName = Annotated[
    str | None,
    typer.Option("--campus", "-c", help="A stored campus, or a map file or folder. 园区名称或地图文件。"),
]
Crs = Annotated[str, typer.Option("--crs", help="wgs84, gcj02 or bd09. 坐标系。")]


class MomentError(InvalidInputError):
    """A time can't be read."""


class NoCampusError(NotFoundError):
    """There is no campus to answer about."""


def settings(data_dir: Path | None) -> Settings:
    """Read the settings, with the data folder where one is given."""
    given: dict[str, Any] = {} if data_dir is None else {"data_dir": data_dir}
    return load_settings(**given)


def user() -> str:
    """Return who uses the shell, as histories show it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "shell"


def house(data_dir: Path | None) -> House:
    """Open the installation."""
    return open_house(settings(data_dir))


def stored_id(opened: House, name: str | None) -> CampusId:
    """Return the campus that a name or id means; without one, the newest that is stored.

    Raises
    ------
    NoCampusError
        None is stored, or none is called so.
    """
    summaries = opened.places.summaries()
    if name is None and summaries:
        return summaries[-1].id
    for summary in summaries:
        if name is not None and name.casefold() in (
            summary.id.casefold(),
            *map(str.casefold, summary.name.values()),
        ):
            return summary.id
    known = ", ".join(summary.id for summary in summaries)
    raise NoCampusError(
        Text("还没有导入园区。", "No campus is stored.")
        if name is None
        else Text(f"没有名为 {name!r} 的园区或文件。", f"No campus or file is called {name!r}."),
        field=name,
        hint=Text(f"已有：{known}。", f"Stored: {known}.")
        if known
        else Text("用 yuanli campus import 导入地图。", "Import a map with: yuanli campus import FILE"),
    )


def moment(text: str, field: str, clock: tzinfo) -> datetime:
    """Read a time, by the clock of a campus where it names no zone; `MomentError` where it is none."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise MomentError(
            Text(f"看不懂时间“{text}”。", f"The time {text!r} can't be read."), field=field,
            hint=Text("例如 2026-05-01T14:30。", "Write such as 2026-05-01T14:30."),
        ) from error  # fmt: skip
    return at if at.tzinfo else at.replace(tzinfo=clock)


def guide(name: str | None, data_dir: Path | None) -> Guide:
    """Open a stored campus, or read one from a file or folder, ready to guide."""
    if name is not None and Path(name).exists():
        return campus_guide(read_campus(Path(name)).campus)
    opened = house(data_dir)
    return opened.guidance.guide(stored_id(opened, name))


def campus(name: str | None, data_dir: Path | None) -> Campus:
    """Open a stored campus, or read one from a file or folder."""
    if name is not None and Path(name).exists():
        return read_campus(Path(name)).campus
    opened = house(data_dir)
    return opened.places.campus(stored_id(opened, name))
