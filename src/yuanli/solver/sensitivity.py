"""What one more of something would change, and which rule costs what: changed problems solved from a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf, isfinite
from typing import Any, Generic, TypeVar

from yuanli.errors import Text, counted, figured
from yuanli.solver.kinds import Kind, Wish, refuse_wrong
from yuanli.solver.relaxation import Relaxation, Sort, without
from yuanli.solver.replanning import count_changes
from yuanli.solver.results import PROVED
from yuanli.solver.searching import Search, never
from yuanli.solver.stopping import Stop

P = TypeVar("P")
S = TypeVar("S")


class Effect(StrEnum):
    """What a change of the problem does: `NONE_FOUND` says that the time ended, not that there is nothing.

    `NO_PLAN` says that none was found with it.
    """

    CHEAPER = "cheaper"
    NONE_PROVED = "none_proved"
    NONE_FOUND = "none_found"
    DEARER = "dearer"
    NO_PLAN = "no_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """What one change of the problem does to the least cost.

    Parameters
    ----------
    saving
        How much less the best plan found costs; below 0 where the change itself costs something.
    at_least, at_most
        Between which limits the saving surely is; None where nothing is proved.
    changes
        How many assignments of the plan differ in it.
    """

    name: Text
    sort: str
    effect: Effect
    saving: float
    at_least: float | None
    at_most: float | None
    changes: int
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """What changes of the problem do, those that save most first.

    Parameters
    ----------
    better
        How much less the plan itself costs after as long a search; savings are counted from there.
    left_out
        How many changes were not looked at, for want of time.
    """

    better: float
    share_s: float | None
    senses: tuple[Sense, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class _Known(Generic[S]):
    plan: S
    cost: float
    bound: float


def sensitivity(
    kind: Kind[P, S],
    problem: P,
    plan: S,
    *,
    stop: Stop,
    wish: Wish[S] = Wish(),
    bound: float = -inf,
    most: int = 8,
    asked: Sequence[Relaxation[P, S]] | None = None,
    cancelled: Callable[[], bool] = never,
) -> Sensitivity:
    """Solve each of a kind's changed problems from the present plan, in equal shares of the time.

    The plan's own problem has the first share, so that what a longer search alone finds doesn't count as a saving.
    Both least costs lie between bound and cost, so that what is saved lies between `at_least` and `at_most`. Every
    plan is checked.

    Parameters
    ----------
    stop
        Seconds for all together; rounds, instead, for each.
    wish
        What was asked of the plan besides: what is locked stays in all of them, and few may differ from its start;
        giving up either is looked at too.
    bound
        What no plan of the problem costs less than, where it is known.
    most
        Of how many changes, the first of the kind's list.
    asked
        The changed problems that are looked at in place of the kind's own.

    Raises
    ------
    WrongPlanError
        The checker finds a plan at fault.
    """
    if asked is not None:
        offered = [(one, wish) for one in asked]
    else:
        own_list = () if kind.relaxations is None else kind.relaxations(problem, plan)
        offered = [*_of_wish(problem, wish), *((one, wish) for one in own_list)]
    looked_at = offered[:most]
    clock: Search[S] = Search(Stop(time_s=stop.time_s), cancelled=cancelled)
    todo = len(looked_at) + 1
    began = kind.check(problem, plan).cost
    own = _solved(kind, problem, plan, _share(clock, stop, todo), wish)
    own = _Known(own.plan, own.cost, max(own.bound, bound))
    senses = []
    for one, its_wish in looked_at:
        todo -= 1
        if cancelled():
            break
        share = _share(clock, stop, todo)
        if its_wish.start is not None:
            its_wish = replace(its_wish, start=one.carry(its_wish.start))
        after = _solved(kind, one.problem, one.carry(own.plan), share, its_wish)
        senses.append(_sense(kind, problem, own, one, after, share.stop.time_s))
    senses.sort(key=lambda sense: -sense.saving)
    return Sensitivity(
        better=max(0.0, began - own.cost),
        share_s=None if stop.time_s is None else stop.time_s / (len(looked_at) + 1),
        senses=tuple(senses),
        left_out=len(offered) - len(senses),
    )


def _share(clock: Search[Any], stop: Stop, todo: int) -> Search[Any]:
    """Return a search with an equal share of the time that is left."""
    time_s = None if stop.time_s is None else clock.clock_left_s / todo
    return Search(replace(stop, time_s=time_s), cancelled=lambda: clock.cancelled)


def _of_wish(problem: P, wish: Wish[S]) -> list[tuple[Relaxation[P, S], Wish[S]]]:
    """Return what giving up locks, or one more change, is called, with the wish that is left."""
    found: list[tuple[Relaxation[P, S], Wish[S]]] = []
    if wish.locked:
        many = len(wish.locked)
        name = without(f"求解时锁定的 {many} 项", f"{many} that were locked")
        found.append(
            (Relaxation(name=name, sort=Sort.RULE, problem=problem), replace(wish, locked=frozenset()))
        )
    if wish.max_changes is not None:
        more = replace(wish, max_changes=wish.max_changes + 1)
        name = Text("多允许改动 1 处", "One change more")
        found.append((Relaxation(name=name, sort=Sort.RESOURCE, problem=problem), more))
    return found


def _solved(kind: Kind[P, S], problem: P, start: S, search: Search[S], wish: Wish[S]) -> _Known[S]:
    """Return the better of a start and of what a search finds from it, both by the checker's cost."""
    if wish.max_changes is None:
        wish = replace(wish, start=start)
    result = kind.solve(problem, search, wish)
    before = kind.check(problem, start)
    found = None if result.best is None else kind.check(problem, result.best)
    if found is not None and result.best is not None:
        refuse_wrong(found, result.cost)
        if not before.valid or found.cost < before.cost:
            return _Known(result.best, found.cost, result.bound)
    return _Known(start, before.cost if before.valid else inf, result.bound)


def _sense(
    kind: Kind[P, S], problem: P, own: _Known[S], one: Relaxation[P, S], after: _Known[S], share_s: float | None
) -> Sense:  # fmt: skip
    saving = own.cost - after.cost
    # a wider problem has each plan of the narrower at its cost: its bound holds for both
    lower = max(own.bound, after.bound) if one.wider else own.bound
    least, highest = lower - after.cost, own.cost - after.bound
    if one.wider:
        saving, least = max(0.0, saving), max(0.0, least)
    small = PROVED * max(1.0, abs(own.cost))
    if not isfinite(after.cost):
        effect = Effect.NO_PLAN
    elif saving > small:
        effect = Effect.CHEAPER
    elif saving < -small:
        effect = Effect.DEARER
    else:
        effect = Effect.NONE_PROVED if highest <= small else Effect.NONE_FOUND
    rows = [tuple(kind.rows(at, known.plan)) for at, known in ((problem, own), (one.problem, after))]
    sense = Sense(
        name=one.name, sort=one.sort.value, effect=effect, saving=saving if isfinite(saving) else 0.0,
        at_least=least if isfinite(least) else None, at_most=highest if isfinite(highest) else None,
        changes=count_changes(rows[0], rows[1], kind.changed_by) if isfinite(after.cost) else 0, text=one.name,
    )  # fmt: skip
    return replace(sense, text=tell_sense(sense, share_s))


def tell_sense(sense: Sense, share_s: float | None = None) -> Text:
    """Say what a change of the problem does, and how sure that is."""
    name = sense.name
    if sense.effect is Effect.NONE_PROVED:
        return Text(f"{name.zh}：已证明不会更省。", f"{name.en}: proved to save nothing.")
    if sense.effect is Effect.NO_PLAN:
        return Text(f"{name.zh}：没有找到可行方案。", f"{name.en}: no plan was found.")
    if sense.effect is Effect.DEARER:
        more, changes = f"{figured(-sense.saving)}", sense.changes
        return Text(
            f"{name.zh}：多花 {more}（它自身带来的费用也算在内），改动 {changes} 处。",
            f"{name.en}: costs {more} more, what it brings itself included, with {counted(changes, 'change')}.",
        )
    least, most = sense.at_least or 0.0, sense.at_most
    if sense.effect is Effect.NONE_FOUND:
        zh, en = (
            ("", "") if share_s is None else (f"{_seconds(share_s)} 秒内", f" within {_seconds(share_s)} s")
        )
        limit = (
            Text("但未能证明没有", "but that there is none is not proved") if most is None
            else Text(f"可证至多省 {figured(most)}", f"surely {figured(most)} at most")
        )  # fmt: skip
        return Text(
            f"{name.zh}：{zh}没有找到更省的方案（{limit.zh}）。",
            f"{name.en}: no saving was found{en} ({limit.en}).",
        )
    return _tell_saving(sense, least, most)


def _seconds(value: float) -> str:
    return f"{value:.0f}" if value >= 1 else f"{value:.1g}"


def _tell_saving(sense: Sense, least: float, most: float | None) -> Text:
    name, changes = sense.name, sense.changes
    known = Text("", "")
    if most is not None and most - least <= PROVED * max(1.0, sense.saving):
        known = Text("（已证明）", " (proved)")
    elif least > 0 or most is not None:
        zh = [f"至少 {figured(least)}"] * (least > 0) + ([] if most is None else [f"至多 {figured(most)}"])
        en = [f"{figured(least)} at least"] * (least > 0) + (
            [] if most is None else [f"{figured(most)} at most"]
        )
        known = Text(f"（可证{'、'.join(zh)}）", f" (surely {', '.join(en)})")
    return Text(
        f"{name.zh}：可省 {figured(sense.saving)}{known.zh}，改动 {changes} 处。",
        f"{name.en}: saves {figured(sense.saving)}{known.en}, with {changes} change{'s' * (changes != 1)}.",
    )
