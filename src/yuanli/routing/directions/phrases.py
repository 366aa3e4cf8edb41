"""Words of the way in zh and en: sentences from `phrases.csv`, distances and levels as people say them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from yuanli.campus import LanguageMap, name_in
from yuanli.errors import Text

HEADINGS = (
    Text("北", "north"), Text("东北", "north-east"), Text("东", "east"), Text("东南", "south-east"),
    Text("南", "south"), Text("西南", "south-west"), Text("西", "west"), Text("西北", "north-west"),
)  # fmt: skip
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_FLOOR = re.compile(r"(?:[FL](\d+)|(\d+)F)", re.IGNORECASE)
_BASEMENT = re.compile(r"(?:B(\d+)F?|-(\d+)F?)", re.IGNORECASE)


@cache
def phrases() -> Mapping[str, Text]:
    """Return the sentences by key."""
    text = (files("yuanli.routing.directions") / "phrases.csv").read_text(encoding="utf-8")
    return {row["key"]: Text(row["zh"], row["en"]) for row in csv.DictReader(text.splitlines())}


@lru_cache(maxsize=8192)
def say(key: str, **words: Text) -> Text:
    """Return a sentence with its words put in."""
    phrase = phrases()[key]
    zh = {name: word.zh for name, word in words.items()}
    en = {name: word.en for name, word in words.items()}
    return Text(phrase.zh.format(space="", **zh), phrase.en.format(space=" ", **en))


@lru_cache(maxsize=2048)
def say_distance(metres: int) -> Text:
    """Return a distance as people say it: to 5 m below 50, to 10 below 500, to 50 below 1 km, then 0.1 km."""
    step = 1 if metres < 10 else 5 if metres < 50 else 10 if metres < 500 else 50
    rounded = int(step * round(metres / step))
    if rounded >= 1000:
        return Text(f"约{metres / 1000:.1f}公里", f"about {metres / 1000:.1f} km")
    return Text(f"约{rounded}米", f"about {rounded} m")


@lru_cache(maxsize=8192)
def say_walk(text: Text, way: Text | None, metres: int) -> Text:
    """Return what is to be done with how far to go then, along a named way where there is one."""
    distance = say_distance(metres)
    tail = say("along", way=way, distance=distance) if way else say("walk", distance=distance)
    return Text(text.zh + tail.zh, text.en + tail.en)


def say_level(names: LanguageMap, ordinal: float) -> Text:
    """Return a level as people say it: `3F` and `3` are 3层 and level 3, others keep their own name."""
    zh, en = name_in(names, "zh") if names else "", name_in(names, "en") if names else ""
    if not zh and not en:
        floor = int(ordinal) + 1 if ordinal >= 0 else int(ordinal)
        zh = en = str(floor)
    return Text(_level_zh(zh or en), _level_en(en or zh))


def _level_zh(name: str) -> str:
    if match := _BASEMENT.fullmatch(name):
        return f"地下{match[1] or match[2]}层"
    if match := _FLOOR.fullmatch(name):
        return f"{match[1] or match[2]}层"
    return f"{name}层" if _NUMBER.fullmatch(name) else name


def _level_en(name: str) -> str:
    if match := _FLOOR.fullmatch(name):
        return f"level {match[1] or match[2]}"
    return f"level {name}" if _NUMBER.fullmatch(name) or _BASEMENT.fullmatch(name) else name


def say_name(names: LanguageMap) -> Text:
    """Return a name in zh and en, each falling back to any other language."""
    return Text(name_in(names, "zh"), name_in(names, "en"))
