"""Whether so many things that serve so many people each can serve everybody, told before a plan is sought."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from yuanli.errors import InfeasibleError, Text


class TooSmallError(InfeasibleError):
    """What is to be placed can't serve everybody."""


def require_room(people: Mapping[str, float], *, capacity: float, most: int, candidates: int) -> None:
    """Check that as many as there may be have room for all, and each for those of any one space, who stay together.

    Parameters
    ----------
    people
        By space.
    most, candidates
        How many there may be, with those that are there already, and how many places there are for them.

    Raises
    ------
    TooSmallError
        They can't serve everybody; it tells how many would.
    """
    everybody, most = sum(people.values()), min(most, candidates)
    fullest = max(people, key=lambda name: people[name])
    least, needed = ceil(people[fullest] - 1e-6), ceil(everybody / capacity - 1e-6)
    zh, en = [], []
    if needed > most:
        zh.append(
            f"{most} 处、每处最多 {capacity:g} 人，共 {most * capacity:g} 人；这里有 {everybody:,.0f} 人，"
            f"至少要 {needed:,} 处。"
        )
        en.append(
            f"{most} that serve {capacity:g} people each serve {most * capacity:g}, and {everybody:,.0f} are here: at "
            f"least {needed:,} are needed."
        )
    if people[fullest] > capacity:
        zh.append(
            f"同一空间的人去同一处，“{fullest}”有 {people[fullest]:g} 人，每处最多 {capacity:g} 人不够。"
        )
        en.append(
            f"Those of a space go to one together, and {fullest} has {people[fullest]:g}: {capacity:g} each is too few."
        )
    if not zh:
        return
    places = most if needed <= candidates else candidates
    larger = max(least, ceil(everybody / places - 1e-6))
    hint = Text(f"让 {places} 处每处能服务 {larger:,} 人", f"Let {places} serve {larger:,} people each")
    if needed > candidates:
        hint = Text(f"{hint.zh}，或增加候选点。", f"{hint.en}, or add candidates.")
    elif people[fullest] <= capacity:
        hint = Text(
            f"放 {needed:,} 处（含已有的），或{hint.zh}。",
            f"Place {needed:,}, with those there are. Or: {hint.en}.",
        )
    else:
        hint = Text(f"{hint.zh}。", f"{hint.en}.")
    raise TooSmallError(Text("".join(zh), " ".join(en)), field="capacity", hint=hint)
