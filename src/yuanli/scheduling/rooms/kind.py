"""Rooms and events as a kind of problem."""

from __future__ import annotations

from typing import Final

from yuanli.errors import Text
from yuanli.scheduling.rooms.annealing import rehearse_rooms
from yuanli.scheduling.rooms.checking import check_rooms
from yuanli.scheduling.rooms.conflicts import conflicts_rooms
from yuanli.scheduling.rooms.documents import rooms_schema
from yuanli.scheduling.rooms.explaining import explain_rooms
from yuanli.scheduling.rooms.reading import parse_rooms
from yuanli.scheduling.rooms.relaxations import CHANGES_ROOMS, relaxations_rooms
from yuanli.scheduling.rooms.rows import carried_rooms, plan_rows, read_plan
from yuanli.scheduling.rooms.solving import solve_rooms
from yuanli.scheduling.rooms.tables import RoomsPlan, RoomsProblem
from yuanli.solver import Kind

ROOMS: Final[Kind[RoomsProblem, RoomsPlan]] = Kind(
    name="rooms",
    title=Text("房间与活动排期", "Rooms and events"),
    method=Text(
        "小规模用 HiGHS 证明最优，大规模用模拟退火",
        "HiGHS to proof where small, else simulated annealing",
    ),
    parse=parse_rooms,
    schema=rooms_schema,
    solve=solve_rooms,
    check=check_rooms,
    rows=plan_rows,
    read_rows=read_plan,
    carried=carried_rooms,
    explain=explain_rooms,
    conflicts=conflicts_rooms,
    relaxations=relaxations_rooms,
    changes=CHANGES_ROOMS,
    rehearse=rehearse_rooms,
)
