"""Cleaning rules learn from overrules: how strict each should be with a kind of points, adopted by a person only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np

from yuanli.campus import CampusId
from yuanli.errors import InfeasibleError, InvalidInputError, NotFoundError, Text
from yuanli.operations.judging import Judging, PointGroup
from yuanli.operations.moments import micros_of
from yuanli.operations.overrules import KeptOverrule, OverruleStore, ReadingVerdict
from yuanli.operations.readings import ReadingStore
from yuanli.telemetry import KNOBS, Calibration, Feed, Reason, Window, Word, calibrate


class UnknownRuleError(InvalidInputError):
    """A rule has no threshold that can be learnt, or a factor is none of those that are tried."""


class NotBetterError(InfeasibleError):
    """A change of a rule is not better on held-out words, or too little was said to tell."""


class NoTuningError(NotFoundError):
    """There is no such change of rules, or it was taken back before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTuning:
    """A change of how strict a rule is with a kind of points of a campus, and why.

    Parameters
    ----------
    version
        Counts the changes of a campus from 1; readings are judged by all that hold.
    factor
        By what the rule's thresholds are multiplied.
    calibration
        What held-out words and injected faults said of it when it was adopted.
    """

    version: int
    quantity: str
    rule: str
    factor: float
    calibration: Calibration
    who: str
    at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether nobody took it back."""
        return self.undone_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProposal:
    """What people's words say of a rule for a kind of points; None where they are too few to hold any out."""

    quantity: str
    rule: str
    words: int
    calibration: Calibration | None
    better: bool


class RuleTuningStore(Protocol):
    """Keeps changes of rules, on disk when a call returns."""

    def list_tunings(self, campus_id: CampusId) -> tuple[RuleTuning, ...]:
        """Return every change of a campus, ascending by version, those taken back too."""

    def change_tunings(
        self, campus_id: CampusId, change: Callable[[tuple[RuleTuning, ...]], tuple[RuleTuning, ...]]
    ) -> tuple[RuleTuning, ...]:
        """Change the changes of a campus while nobody else does."""


class RuleTuner:
    """Proposes, adopts and takes back how strict rules are, by what people said of readings."""

    def __init__(
        self,
        store: ReadingStore,
        judging: Judging,
        overrules: OverruleStore,
        tunings: RuleTuningStore,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._judging, self._overrules = store, judging, overrules
        self._tunings, self._clock = tunings, clock

    def propose(
        self, campus_id: CampusId, *, told: Callable[[float], None] = lambda share: None
    ) -> tuple[RuleProposal, ...]:
        """Return what people's words say of each rule and kind of points that they concern."""
        by_kind = self._concerned(campus_id)
        holds = factors_of(self._tunings.list_tunings(campus_id))
        found = []
        for done, ((quantity, reason), said) in enumerate(sorted(by_kind.items())):
            feeds, words = self._words(said)
            calibration = calibrate(
                feeds, words, reason, rng=np.random.default_rng(0),
                told=lambda share, done=done: told((done + share) / len(by_kind)),  # type: ignore[misc]
            )  # fmt: skip
            found.append(
                RuleProposal(
                    quantity=quantity, rule=name_of(reason), words=len(said), calibration=calibration,
                    better=calibration is not None and calibration.better
                    and calibration.factor != holds.get(quantity, {}).get(reason),
                )
            )  # fmt: skip
        return tuple(found)

    def adopt(self, campus_id: CampusId, quantity: str, rule: str, *, who: str) -> RuleTuning:
        """Let a rule be as strict as the words say, from the next judging on.

        Raises
        ------
        UnknownRuleError
            The rule has no threshold that can be learnt.
        NotBetterError
            It would not be better on held-out words, or costs too much on injected faults.
        """
        reason = reason_of(rule)
        said = self._concerned(campus_id).get((quantity, reason), [])
        feeds, words = self._words(said)
        found = calibrate(feeds, words, reason, rng=np.random.default_rng(0))
        if found is None or not found.better:
            raise _not_better(quantity, rule, len(said))
        at = self._clock()

        def added(kept: tuple[RuleTuning, ...]) -> tuple[RuleTuning, ...]:
            one = RuleTuning(
                version=len(kept) + 1, quantity=quantity, rule=rule, factor=found.factor, calibration=found,
                who=who, at=at,
            )  # fmt: skip
            return (*kept, one)

        return self._tunings.change_tunings(campus_id, added)[-1]

    def undo(self, campus_id: CampusId, version: int, *, who: str) -> RuleTuning:
        """Take a change back; `NoTuningError` where there is none that holds."""
        at = self._clock()

        def undone(kept: tuple[RuleTuning, ...]) -> tuple[RuleTuning, ...]:
            if not any(one.version == version and one.holds for one in kept):
                raise NoTuningError(
                    Text(f"没有生效的规则调整 {version}。", f"There is no change of rules {version} that holds."),
                    field="version", hint=Text("先列出规则调整。", "List the changes of rules first."),
                )  # fmt: skip
            return tuple(
                RuleTuning(
                    version=one.version, quantity=one.quantity, rule=one.rule, factor=one.factor,
                    calibration=one.calibration, who=one.who, at=one.at, undone_by=who, undone_at=at,
                ) if one.version == version else one
                for one in kept
            )  # fmt: skip

        return next(one for one in self._tunings.change_tunings(campus_id, undone) if one.version == version)

    def changes(self, campus_id: CampusId) -> tuple[RuleTuning, ...]:
        """Return every change of a campus, newest first."""
        self._judging.groups(campus_id)
        return self._tunings.list_tunings(campus_id)[::-1]

    def _concerned(
        self, campus_id: CampusId
    ) -> dict[tuple[str, Reason], list[tuple[KeptOverrule, PointGroup]]]:
        """Return the words by the kind of their points and the rules that they concern.

        A word that readings are good concerns the rules that had flagged them; one that they are wrong concerns every
        rule, for each may lose them or might have found them. Words that a second person disputes are left out.
        """
        groups = {point: group for group in self._judging.groups(campus_id) for point in group.points}
        found: dict[tuple[str, Reason], list[tuple[KeptOverrule, PointGroup]]] = defaultdict(list)
        bad: dict[str, list[tuple[KeptOverrule, PointGroup]]] = defaultdict(list)
        for one in self._overrules.list_overrules(campus_id):
            group = groups.get(one.point)
            if group is None or not group.facts or one.disputed:
                continue
            quantity = group.facts[group.points.index(one.point)].quantity.name
            if one.verdict is not ReadingVerdict.GOOD:
                bad[quantity].append((one, group))
                continue
            for reason in KNOBS:
                if one.flags is not None and one.flags.reasons.get(name_of(reason)):
                    found[quantity, reason].append((one, group))
        for quantity, said in bad.items():
            for reason in KNOBS:
                found[quantity, reason].extend(said)
        return dict(found)

    def _words(
        self, said: list[tuple[KeptOverrule, PointGroup]]
    ) -> tuple[tuple[Feed, ...], tuple[Word, ...]]:
        """Return the readings that the words are about, with what is near, and the words on them."""
        spans: dict[tuple[int, int], list[KeptOverrule]] = defaultdict(list)
        groups: dict[int, PointGroup] = {}
        for one, group in said:
            window = Window(micros_of(one.start), micros_of(one.end) + 1).context
            spans[group.numbers[0], window.start].append(one)
            groups[group.numbers[0]] = group
        feeds: list[Feed] = []
        words: list[Word] = []
        for (number, _), own in spans.items():
            group = groups[number]
            near = Window(
                min(micros_of(one.start) for one in own), max(micros_of(one.end) for one in own) + 1
            ).context
            arrivals = self._store.arrivals(np.array(group.numbers, np.int32), max(near.start, 0), near.end)
            words += [
                Word(
                    feed=len(feeds), point=group.numbers[group.points.index(one.point)],
                    start=micros_of(one.start), end=micros_of(one.end),
                    faulty=one.verdict is not ReadingVerdict.GOOD,
                )
                for one in own
            ]  # fmt: skip
            feeds.append(Feed(readings=arrivals, facts=group.facts))
        return tuple(feeds), tuple(words)


def factors_of(tunings: tuple[RuleTuning, ...]) -> Mapping[str, Mapping[Reason, float]]:
    """Return the factors that hold, by kind of points and rule; of two changes of one rule the later holds."""
    found: dict[str, dict[Reason, float]] = defaultdict(dict)
    for one in tunings:
        if one.holds:
            found[one.quantity][reason_of(one.rule)] = one.factor
    return found


def name_of(reason: Reason) -> str:
    """Return the name of a rule as readings' reasons are written."""
    return (reason.name or "").lower()


def reason_of(rule: str) -> Reason:
    """Return the rule of a name; `UnknownRuleError` where none can be learnt."""
    found = {name_of(reason): reason for reason in KNOBS}
    if rule not in found:
        raise UnknownRuleError(
            Text(
                f"规则“{rule}”没有可学习的阈值。", f"The rule {rule!r} has no threshold that can be learnt."
            ),
            field="rule",
            hint=Text(f"可学习：{', '.join(found)}。", f"Those that can: {', '.join(found)}."),
        )
    return found[rule]


def _not_better(quantity: str, rule: str, words: int) -> NotBetterError:
    return NotBetterError(
        Text(f"{quantity} 的规则 {rule} 按 {words} 条人工判定没有更好的阈值。",
             f"{words} words give no better threshold of {rule} for {quantity}."),
        field="rule",
        hint=Text("再判定一些读数（至少 4 条、2 天）后重试。",
                  "Judge more readings by hand (4 words of 2 days at least), then try again."),
    )  # fmt: skip
