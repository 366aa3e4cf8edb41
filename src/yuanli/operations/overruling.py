"""Overruling: people say what readings are, it takes effect at once, and it is kept to learn from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from yuanli.campus import CampusId, PointId
from yuanli.errors import InvalidInputError, Text
from yuanli.operations.judging import ALWAYS
from yuanli.operations.moments import EPOCH, micros_of
from yuanli.operations.overrules import (
    BadOverruleError,
    KeptOverrule,
    OverruleStore,
    OwnOverruleError,
    ReadingVerdict,
    RuleFlags,
    training_row,
)
from yuanli.operations.rule_tuning import RuleTuningStore
from yuanli.operations.telemetry import Telemetry, reasons_of
from yuanli.telemetry import RULES_VERSION, Quality, Series, Window

MOST_A_POINT = 1_000


class TooManyOverrulesError(InvalidInputError):
    """A point has as many overrules as are kept of one."""


class Overruling:
    """Sets, lists and takes back what people say of readings, over the store that keeps it."""

    def __init__(
        self,
        store: OverruleStore,
        telemetry: Telemetry,
        tunings: RuleTuningStore,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._telemetry, self._tunings, self._clock = store, telemetry, tunings, clock

    def overrule(
        self,
        campus_id: CampusId,
        point: PointId,
        start: datetime,
        end: datetime,
        *,
        verdict: ReadingVerdict,
        value: float | None = None,
        note: str = "",
        who: str,
    ) -> KeptOverrule:
        """Keep a word on the readings of `[start, end]`, and judge them anew at once.

        Raises
        ------
        PointNotFoundError
            The campus has no such point.
        BadOverruleError, TooManyOverrulesError
            The interval, the value or the note is not right, or the point has 1,000 words already.
        """
        self._telemetry.point(campus_id, point)
        said = KeptOverrule(
            number=0, campus_id=campus_id, point=point, start=start, end=end, verdict=verdict,
            value=value, note=note, who=who, at=self._clock(),
        )  # fmt: skip
        window = _window(said)
        said = replace(said, start=start.astimezone(UTC), end=end.astimezone(UTC))
        held = self._store.list_overrules(campus_id, (point,))
        if len(held) >= MOST_A_POINT:
            raise TooManyOverrulesError(
                Text(f"该点位已有 {len(held)} 条人工判定。", f"The point has {len(held)} overrules already."),
                field="point",
                hint=Text(
                    "先撤销一些，或合并成更长的区间。", "Undo some, or say one word on a longer interval."
                ),
            )
        kept = self._store.add_overrule(said)
        held_rules = tuple(one.version for one in self._tunings.list_tunings(campus_id) if one.holds)
        flags = _flags(self._telemetry.judge_again(campus_id, point, window), held_rules)
        self._store.note_flags(kept.number, flags)
        return replace(kept, flags=flags)

    def list(self, campus_id: CampusId, point: PointId, *, undone: bool = False) -> tuple[KeptOverrule, ...]:
        """Return what holds of a point, newest first; with `undone` what was taken back too."""
        self._telemetry.point(campus_id, point)
        return self._store.list_overrules(campus_id, (point,), undone=undone)[::-1]

    def undo(self, campus_id: CampusId, point: PointId, number: int, *, who: str) -> KeptOverrule:
        """Take a word back, and judge its readings by the rules and by the words that are left.

        Raises
        ------
        PointNotFoundError, OverruleNotFoundError
            There is no such point, or it has no such word.
        """
        self._telemetry.point(campus_id, point)
        undone = self._store.undo_overrule(campus_id, point, number, who=who, at=self._clock())
        self._telemetry.judge_again(campus_id, point, _window(undone))
        return undone

    def review(
        self, campus_id: CampusId, point: PointId, number: int, *, agreed: bool, who: str
    ) -> KeptOverrule:
        """Keep whether a second person agrees with a word; it holds either way, and is not learnt from if disputed.

        Raises
        ------
        PointNotFoundError, OverruleNotFoundError
            There is no such point, or it has no such word.
        OwnOverruleError
            It is who said it.
        """
        self._telemetry.point(campus_id, point)
        own = {one.number: one for one in self._store.list_overrules(campus_id, (point,))}
        if number in own and own[number].who == who:
            raise OwnOverruleError(
                Text(f"第 {number} 号判定是您自己说的，须由别人复核。",
                     f"Overrule {number} is your own; somebody else reviews it."),
                field="number", hint=Text("请另一位同事复核。", "Ask a colleague to review it."),
            )  # fmt: skip
        return self._store.review_overrule(campus_id, point, number, who=who, agreed=agreed, at=self._clock())

    def export(self, campus_id: CampusId) -> Iterator[str]:
        """Return what holds as JSON Lines to learn from; each ends with a line feed."""
        self._telemetry.points(campus_id)
        held = self._store.list_overrules(campus_id)
        return (json.dumps(training_row(one), ensure_ascii=False) + "\n" for one in held)


def _window(said: KeptOverrule) -> Window:
    start, end = micros_of(said.start), micros_of(said.end) + 1
    if start < 0 or end > ALWAYS.end:
        raise BadOverruleError(
            Text(
                f"区间须在 1970 与 2100 年之间：{said.start}。",
                f"The interval lies outside of 1970–2100: {said.start}.",
            ),
            field="from",
            hint=Text(f"请给出 {EPOCH.year} 年之后的时间。", f"Give times after {EPOCH.year}."),
        )
    return Window(start, end)


def _flags(series: Series, tunings: tuple[int, ...]) -> RuleFlags:
    return RuleFlags(
        version=RULES_VERSION,
        tunings=tunings,
        readings=len(series),
        qualities=dict(Counter(Quality(quality).name.lower() for quality in series.quality.tolist())),
        reasons=dict(Counter(name for bits in series.reason.tolist() for name in reasons_of(bits))),
    )
