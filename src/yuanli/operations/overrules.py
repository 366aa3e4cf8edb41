"""What a person says of an interval of a point, which wins over every rule; and the port that keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Protocol

from yuanli.campus import CampusId, PointId
from yuanli.errors import InfeasibleError, InvalidInputError, NotFoundError, Text
from yuanli.operations.moments import micros_of
from yuanli.telemetry import Overrule, Quality

LONGEST = timedelta(days=366)
MOST_NOTE = 500
LARGEST = 1e15


class ReadingVerdict(StrEnum):
    """What readings are, by a person's word."""

    GOOD = "good"
    """What came is right, whatever the rules found."""
    BAD = "bad"
    """What came is wrong."""
    ESTIMATED = "estimated"
    """What came is wrong, and the value that held is known."""


QUALITIES: Mapping[ReadingVerdict, Quality] = {
    ReadingVerdict.GOOD: Quality.GOOD,
    ReadingVerdict.BAD: Quality.BAD,
    ReadingVerdict.ESTIMATED: Quality.ESTIMATED,
}


class BadOverruleError(InvalidInputError):
    """An overrule's interval is empty or too long, its value is missing or too many, or its note too long."""


class OwnOverruleError(InfeasibleError):
    """Nobody reviews their own word."""


class OverruleNotFoundError(NotFoundError):
    """The point has no such overrule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFlags:
    """What the rules found in an interval when somebody overruled them.

    Parameters
    ----------
    version
        `RULES_VERSION` of the rules that were asked.
    tunings
        The versions of the changes of rules that held then, ascending.
    readings
        How many rows the interval had, filled gaps among them.
    qualities, reasons
        How many of them by the name of each quality, and by the rule that found something.
    """

    version: int
    readings: int
    qualities: Mapping[str, int]
    reasons: Mapping[str, int]
    tunings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOverrule:
    """A person's word on an interval of a point; of two that hold the one with the greater number wins.

    Parameters
    ----------
    number
        Given by the store, ascending.
    start, end
        Both included.
    value
        What held, with the verdict `estimated` only; in the point's unit.
    flags
        What the rules found; None until they have been asked.
    undone_by, undone_at
        Who took the word back, and when.
    reviewed_by, reviewed_at, agreed
        Who else looked at it, when, and whether they agree; a word that is disputed holds, and is not learnt from.
    """

    number: int
    campus_id: CampusId
    point: PointId
    start: datetime
    end: datetime
    verdict: ReadingVerdict
    value: float | None
    note: str
    who: str
    at: datetime
    flags: RuleFlags | None = None
    undone_by: str | None = None
    undone_at: datetime | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    agreed: bool | None = None

    def __post_init__(self) -> None:
        _check(self)

    @property
    def holds(self) -> bool:
        """Whether nobody took it back."""
        return self.undone_at is None

    @property
    def disputed(self) -> bool:
        """Whether a second person disagrees."""
        return self.agreed is False


class OverruleStore(Protocol):
    """Keeps what people say of readings. Each call is one transaction, on disk when it returns."""

    def add_overrule(self, overrule: KeptOverrule) -> KeptOverrule:
        """Keep a new word; return it with the number that it got."""

    def list_overrules(
        self, campus_id: CampusId, points: Sequence[PointId] = (), *, undone: bool = False
    ) -> tuple[KeptOverrule, ...]:
        """Return what holds of points, or of all, ascending by number; with `undone` what was taken back too."""

    def note_flags(self, number: int, flags: RuleFlags) -> None:
        """Keep what the rules found when they were overruled."""

    def undo_overrule(
        self, campus_id: CampusId, point: PointId, number: int, *, who: str, at: datetime
    ) -> KeptOverrule:
        """Take a word back, which stays kept; one that was taken back before is returned as it is.

        Raises
        ------
        OverruleNotFoundError
            The point has no such word.
        """

    def review_overrule(
        self, campus_id: CampusId, point: PointId, number: int, *, who: str, agreed: bool, at: datetime
    ) -> KeptOverrule:
        """Keep what a second person says of a word; the last who looked at it counts.

        Raises
        ------
        OverruleNotFoundError
            The point has no such word.
        """


def words_of(kept: Iterable[KeptOverrule], numbers: Mapping[PointId, int]) -> tuple[Overrule, ...]:
    """Return what holds as the judging takes it, in its order; words on points without a number are left out."""
    return tuple(
        Overrule(
            point=numbers[one.point],
            start=micros_of(one.start),
            end=micros_of(one.end),
            quality=QUALITIES[one.verdict],
            value=one.value,
        )
        for one in sorted(kept, key=lambda one: one.number)
        if one.holds and one.point in numbers
    )


def training_row(one: KeptOverrule) -> dict[str, object]:
    """Return a word as a row to learn from: the point and interval, what the rules found, and the verdict."""
    flags = one.flags
    return {
        "campus": one.campus_id,
        "point": one.point,
        "start": one.start.isoformat(),
        "end": one.end.isoformat(),
        "rules_version": None if flags is None else flags.version,
        "tunings": [] if flags is None else list(flags.tunings),
        "readings": None if flags is None else flags.readings,
        "qualities": {} if flags is None else dict(flags.qualities),
        "reasons": {} if flags is None else dict(flags.reasons),
        "verdict": one.verdict.value,
        "value": one.value,
        "note": one.note,
        "who": one.who,
        "at": one.at.isoformat(),
        "reviewed_by": one.reviewed_by,
        "agreed": one.agreed,
    }


def _check(one: KeptOverrule) -> None:
    if one.start > one.end or one.end - one.start > LONGEST:
        raise BadOverruleError(
            Text(
                f"区间 {one.start} 至 {one.end} 为空，或超过 {LONGEST.days} 天。",
                f"The interval {one.start} – {one.end} is empty, or longer than {LONGEST.days} days.",
            ),
            field="from",
            hint=Text(
                "请给出先后两个时间，过长的分几次说。", "Give an earlier and a later time; split a long one."
            ),
        )
    estimated = one.verdict is ReadingVerdict.ESTIMATED
    if estimated != (one.value is not None):
        raise BadOverruleError(
            Text(
                f"判定“{one.verdict.value}”{'需要' if estimated else '不能带'}一个数值。",
                f"The verdict {one.verdict.value!r} {'needs a value' if estimated else 'takes no value'}.",
            ),
            field="value",
            hint=Text("只有“estimated”带数值。", "Only 'estimated' comes with a value."),
        )
    if one.value is not None and not (isfinite(one.value) and abs(one.value) <= LARGEST):
        raise BadOverruleError(
            Text(f"数值 {one.value} 不可用。", f"The value {one.value} can't be used."),
            field="value",
            hint=Text(f"绝对值不超过 {LARGEST:g}。", f"Give a number of at most {LARGEST:g}."),
        )
    if len(one.note) > MOST_NOTE:
        raise BadOverruleError(
            Text(
                f"备注有 {len(one.note)} 字，最多 {MOST_NOTE}。",
                f"The note has {len(one.note)} characters; {MOST_NOTE} at most.",
            ),
            field="note",
            hint=Text("请写短一些。", "Write less."),
        )
