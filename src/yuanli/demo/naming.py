"""What floors and rooms are called, in Chinese and English."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from yuanli.campus import LanguageMap
from yuanli.demo.kinds import Kind
from yuanli.demo.specs import BuildingSpec


@dataclass(frozen=True, slots=True)
class LevelNames:
    """A floor's name in full and as on the lift button."""

    full: LanguageMap
    short: LanguageMap


def level_names(ordinal: int) -> LevelNames:
    """Return the names of a storey: ordinal 0 is 1层, -1 is B1层."""
    if ordinal < 0:
        short = f"B{-ordinal}"
        return LevelNames({"zh": f"{short}层", "en": f"Basement {-ordinal}"}, {"zh": short, "en": short})
    short = f"{ordinal + 1}F"
    return LevelNames({"zh": f"{ordinal + 1}层", "en": f"Level {ordinal + 1}"}, {"zh": short, "en": short})


def room_number(letter: str, ordinal: int, serial: int) -> str:
    """Return the number on the door: building, floor and two digits, as A301 or AB101."""
    floor = f"B{-ordinal}" if ordinal < 0 else str(ordinal + 1)
    return f"{letter}{floor}{serial:02d}"


@dataclass(slots=True)
class RoomNames:
    """Gives rooms their names; the own names of meeting rooms and halls are each used once."""

    own: dict[str, list[LanguageMap]]
    used: Counter[str] = field(default_factory=Counter)

    def name_of(
        self, kind: Kind, spec: BuildingSpec, *, ordinal: int, number: str, shaft: int, taken: Counter[str]
    ) -> LanguageMap:
        """Return a room's name, unique among its kind on its floor."""
        zh, en = kind.label["zh"], kind.label["en"]
        level = level_names(ordinal)
        if kind.name_rule == "shaft":
            return {"zh": f"{spec.name['zh']}{shaft}号{zh}", "en": f"{spec.name['en']} {en.lower()} {shaft}"}
        if kind.name_rule == "level":
            return {
                "zh": f"{spec.name['zh']}{level.full['zh']}{zh}",
                "en": f"{spec.name['en']} {level.short['en']} {en.lower()}",
            }
        if kind.name_rule == "number":
            prefix = spec.name["zh"] if len(spec.name["zh"]) <= 3 else f"{spec.letter}座"
            return {"zh": f"{prefix}{number.removeprefix(spec.letter)}", "en": f"{en} {number}"}
        own = self.own.get(kind.name, [])
        if kind.name_rule == "own" and self.used[kind.name] < len(own):
            self.used[kind.name] += 1
            return own[self.used[kind.name] - 1]
        if kind.name_rule == "own":
            return {"zh": f"{number}{zh}", "en": f"{en} {number}"}
        taken[kind.name] += 1
        again = taken[kind.name]
        return {"zh": zh, "en": en} if again == 1 else {"zh": f"{again}号{zh}", "en": f"{en} {again}"}
