"""How many rooms, desks, toilets, parking spaces or lifts are enough: `yuanli plan how-many`."""

from __future__ import annotations

from math import ceil
from typing import Annotated

import typer

from yuanli.campus import FeatureId
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, language, print_json, print_table, said
from yuanli.errors import Text
from yuanli.operations import SizeCurve, SizeThing, SizeWish

MOST_LINES, NEVER = 24, 0.001

CampusOption = Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")]


def how_many(
    thing: Annotated[
        SizeThing,
        typer.Argument(help="rooms, desks, toilets, parking or lifts. 会议室、工位、卫生间、车位、电梯。"),
    ],
    place: Annotated[str | None, typer.Option("--place", help="Building or level. 楼宇或楼层。")] = None,
    people: Annotated[int | None, typer.Option("--people", help="Who need them. 人数。")] = None,
    presence: Annotated[
        float | None, typer.Option("--presence", help="The share that comes. 到岗率。")
    ] = None,
    arrivals_per_h: Annotated[
        float | None, typer.Option("--per-hour", help="Cars or visits an hour. 每小时来车或次数。")
    ] = None,
    stay_min: Annotated[float | None, typer.Option("--stay", help="Minutes. 停留分钟数。")] = None,
    wait_min: Annotated[float, typer.Option("--wait", help="Minutes one may wait. 可等分钟数。")] = 1.0,
    number: Annotated[
        int | None, typer.Option("--number", "-n", help="How many there are. 现有数量。")
    ] = None,
    chance: Annotated[
        float, typer.Option("--chance", help="Of shortage that is enough. 可接受的概率。")
    ] = 0.05,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Tell how often such things are short, by their number. 按数量给出不够用的概率。

    Example: yuanli plan how-many desks --place A座
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    where = None
    if place is not None:
        where = opened.guidance.guide(campus_id).resolve(place, language=language()).stop.feature_id
    wish = SizeWish(
        thing=thing, place=None if where is None else FeatureId(where), people=people, presence=presence,
        arrivals_per_h=arrivals_per_h, stay_min=stay_min, wait_min=wait_min, number=number, chance=chance,
    )  # fmt: skip
    found = opened.size_curves.curve(campus_id, wish, opened.now())
    if as_json:
        print_json(found)
        return
    OUT.print(said(found.method), markup=False)
    for text in found.sources:
        OUT.print(f"  {said(text)}", markup=False)
    if found.sizes:
        print_table(
            [Text("座位", "seats"), Text("会议", "meetings"), Text("现有", "there are"),
             Text("按已订需要", "needed as booked"), Text("建议", "enough")],
            [[one.seats, one.bookings, one.number, one.at_once, one.enough] for one in found.sizes],
        )  # fmt: skip
        return
    OUT.print(said(_enough(found)), markup=False)
    for count in _counts(found):
        mark = (" ✓" if count == found.enough else "") + (" *" if count == found.number else "")
        OUT.print(f"{count:>6,} {found.chances[count - 1]:>8.2%}{mark}", markup=False)


def _enough(found: SizeCurve) -> Text:
    """Say how many are enough (✓) and how often those that there are (*) are short."""
    many, chance = found.enough, f"{found.chance:.3g}" if found.chance < 0.01 else f"{found.chance:.0%}"
    told = (
        Text(f"够用（✓）：{many:,}，不够的概率至多 {chance}。",
             f"Enough (✓): {many:,}, short with a chance of at most {chance}.")
        if many is not None
        else Text(f"没有算到概率至多 {chance} 的数量。", f"No number reckoned is short with at most {chance}.")
    )  # fmt: skip
    if found.number is None:
        return told
    short = found.chances[found.number - 1] if found.number <= len(found.chances) else 0.0
    return Text(f"{told.zh}现有（*）{found.number:,}：{short:.2%}。",
                f"{told.en} There are (*) {found.number:,}: {short:.2%}.")  # fmt: skip


def _counts(found: SizeCurve) -> list[int]:
    """Return the numbers to list: where the curve falls, some of them where they are many, and those with a mark."""
    never = (count for count, short in enumerate(found.chances, 1) if short < NEVER)
    falls = range(found.first, next(never, len(found.chances)) + 1)
    listed = set(falls[:: max(1, ceil(len(falls) / MOST_LINES))]) | {falls[-1]}
    listed |= {one for one in (found.enough, found.number) if one is not None and one <= len(found.chances)}
    if found.enough is not None and found.enough > 1:
        listed.add(found.enough - 1)
    return sorted(listed)
