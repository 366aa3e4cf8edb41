"""How many of a thing are enough, asked in words: desks, toilets, parking spaces, lifts, meeting rooms."""

from __future__ import annotations

import re

from yuanli.errors import Text
from yuanli.language import Understanding, find_number
from yuanli.operations.answering.vocabulary import names_in
from yuanli.operations.size_curves import SizeCurve, SizeThing

NOT_ASKED = ("dialog_", "guidance_route", "guidance_nearest", "booking_create", "device_")
SURE = 0.8
NUMBER = re.compile(
    r"(?:需要?|得|该|应该?|才?要|至少|配|设|建|买).{0,4}(?:多少|几)(?!点|时|分|天|钱|度|电|能|米|步|人|楼|层)"
    r"|(?:多少|几)(?:个|间|张|台|部|座)?.{0,8}(?:才够|够用|合适)"
    r"|\bhow many\b.*\b(?:needs?|needed|enough|required?|suffices?|should|must)\b",
    re.I,
)
"""What asks for a number, and not only whether there are enough."""
ENOUGH = re.compile(
    r"够不够|够(?:用)?[吗么]|不够用?[吗么]|缺不缺|够用不"
    r"|\b(?:is|are|do|does|have)\b.*\b(?:enough|sufficient|short of|too few)\b",
    re.I,
)
PEOPLE = re.compile(
    r"(\d[\d,]*|[一二两三四五六七八九十百千]+)\s*(?:个|名|位)?(?:人|员工)"
    r"|\b(\d[\d,]*)\s+(?:people|staff|employees)\b"
)
COUNTED = {
    SizeThing.ROOMS: Text("会议室", "meeting rooms"), SizeThing.DESKS: Text("工位", "desks"),
    SizeThing.TOILETS: Text("厕位", "toilets"), SizeThing.PARKING: Text("车位", "parking spaces"),
    SizeThing.LIFTS: Text("电梯", "lifts"),
}  # fmt: skip


def thing_asked(heard: Understanding) -> SizeThing | None:
    """Return of what it is asked how many are needed; of parking spaces only where a number is asked for.

    Whether there are enough of them is a question of now.
    """
    text = heard.text
    if heard.intent.startswith(NOT_ASKED) and heard.confidence >= SURE:
        return None
    number = NUMBER.search(text) is not None
    if not number and ENOUGH.search(text) is None:
        return None
    named = names_in(text, "sized")
    thing = SizeThing(named[0]) if named else None
    return None if thing is SizeThing.PARKING and not number else thing


def people_asked(text: str) -> int | None:
    """Return for how many people it is asked.

    >>> people_asked("200人需要多少工位"), people_asked("电梯够用吗")
    (200, None)
    """
    found = PEOPLE.search(text)
    if found is None:
        return None
    said = found[1] or found[2]
    number = find_number(said.replace(",", ""), language="zh" if found[1] else "en")
    return None if number is None or number.low is None else int(number.low)


def told_number(curve: SizeCurve, where: Text) -> Text:
    """Say how many are needed, how many there are, how often those are short, and from what that is reckoned."""
    thing, zh, en = COUNTED[curve.thing], [], []
    if curve.enough is None:
        zh.append(f"{where.zh}的{thing.zh}：没有算到够用的数量")
        en.append(f"{where.en}: no number of {thing.en} that was reckoned is enough")
    else:
        zh.append(f"{where.zh}需要 {curve.enough} 个{thing.zh}，不够的概率至多 {curve.chance:.0%}")
        en.append(
            f"{where.en}: {curve.enough} {thing.en} are enough, short with a chance of at most {curve.chance:.0%}"
        )
    if curve.number is not None:
        short = curve.chances[curve.number - 1] if curve.number <= len(curve.chances) else 0.0
        fits = curve.enough is not None and curve.number >= curve.enough
        zh.append(f"现有 {curve.number} 个，{'够用' if fits else '不够'}：不够的概率 {short:.1%}")
        en.append(
            f"there are {curve.number}, {'enough' if fits else 'too few'}: short with a chance of {short:.1%}"
        )
    told = (curve.method, *curve.sources)
    return Text(
        f"{'；'.join(zh)}。{''.join(one.zh for one in told)}",
        f"{'; '.join(en)}. {' '.join(one.en for one in told)}",
    )
