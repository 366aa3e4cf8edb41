"""Whether rules can hold together, exactly: a programme without costs whose rows belong to rules, by HiGHS."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from yuanli.scheduling.devices.checking import TOLERANCE
from yuanli.scheduling.devices.moves import Floats
from yuanli.scheduling.devices.problem import Device, DevicesPlan, DevicesProblem, Flags, Zone
from yuanli.scheduling.devices.ruled import Key, ruled_milp
from yuanli.scheduling.devices.ruling import (
    BrokenRule,
    change_rule,
    device_rules,
    lock_rule,
    relation_rules,
    slots_rule,
)
from yuanli.solver import (
    Aside,
    Milp,
    MissingSolverError,
    Rows,
    Search,
    Status,
    Stop,
    Wish,
    minimal_conflict,
    solve_milp,
)

Group = tuple[str | int, ...]
"""The first parts of a key."""
R = TypeVar("R")
MOST_POWER, FEW_DEVICES, FIRST_SHARE, SHRINK_S = 1e15, 22, 0.5, 0.5
"""Above any power; of a zone whose least power is computed; of the time left, for whether rules hold at all; seconds to
leave rules out that whole devices don't need to contradict themselves, where devices that are on in part do."""


class TimeIsUpError(Exception):
    """There is no time left to find out whether rules hold together."""


def contradiction(
    problem: DevicesProblem,
    search: Search[Floats],
    wish: Wish[DevicesPlan] = Wish(),
    *,
    span: range | None = None,
    partly: bool = False,
) -> tuple[BrokenRule, ...]:
    """Return rules that can't hold together though they can without any one of them; none where none is proved.

    First it is found out which kinds of rules are needed, then of which device or zone, then in which slots. Where
    the time of the search ends before, the fewest that were proved until then are returned.

    Parameters
    ----------
    span
        Only what is asked in these slots is looked at, whatever is before and after them.
    partly
        Only what not even devices that are on in part can keep is looked for, which takes little time.
    """
    here, asked = (problem, wish) if span is None else _within(problem, wish, span)
    first = 0 if span is None else span.start
    try:
        ruled = Aside(search).run(lambda: ruled_milp(here, asked, begun=first > 0))
        if ruled is None:
            return ()
        found = _minimal(*ruled, search, partly=partly)
    except (MissingSolverError, TimeIsUpError):
        return ()
    return rules_of(problem, [(part, one, t + first if t >= 0 else t) for part, one, t in found], wish)


def _within(
    problem: DevicesProblem, wish: Wish[DevicesPlan], span: range
) -> tuple[DevicesProblem, Wish[DevicesPlan]]:
    """Return the problem and the wish in some slots: without tasks, and with targets only where they are the last."""
    here, last = slice(span.start, span.stop), span.stop == problem.slots

    def series(values: Floats | None) -> Floats | None:
        return None if values is None else values[here]

    def slots(locked: Collection[int]) -> frozenset[int]:
        return frozenset(t - span.start for t in locked if t in span)

    def zone(one: Zone) -> Zone:
        air = one.climate
        if air is not None:
            air = replace(
                air, outdoor_c=air.outdoor_c[here], gains_kw=air.gains_kw[here], low_c=series(air.low_c),
                high_c=series(air.high_c),
            )  # fmt: skip
        return replace(one, demand=one.demand[here], limit_kw=series(one.limit_kw), climate=air)

    part = replace(
        problem, slots=len(span), price=problem.price[here], carbon_price=None, feed_in=None,
        devices=tuple(
            replace(
                d, task=None, target=d.target if last else None, must_be_on=slots(d.must_be_on),
                must_be_off=slots(d.must_be_off),
            )
            for d in problem.devices
        ),
        zones=tuple(map(zone, problem.zones)), limit_kw=series(problem.limit_kw), base_kw=series(problem.base_kw),
        solar_kw=series(problem.solar_kw), orders=(),
        storages=tuple(
            replace(
                s, target=s.target if last else 0.0,
                held={t - span.start: flow for t, flow in s.held.items() if t in span},
            )
            for s in problem.storages
        ),
    )  # fmt: skip
    if wish.start is None:
        return part, wish
    start = DevicesPlan(on=wish.start.on[:, here], storage=wish.start.storage[:, here])
    return part, replace(wish, start=start)


def contradiction_of_slot(problem: DevicesProblem, at: int, search: Search[Floats]) -> tuple[BrokenRule, ...]:
    """Return the fewest rules that can't hold together in one slot whatever is in the others; as `contradiction`."""
    here = slice(at, at + 1)

    def device(one: Device) -> Device:
        left = (one.min_up if one.on else one.min_down) - one.held
        up, down = (one.min_up, one.min_down) if at < left else (1, 1)
        return replace(
            one, heat_kw=0.0, task=None, must_be_on=frozenset({0} if at in one.must_be_on else ()),
            must_be_off=frozenset({0} if at in one.must_be_off else ()),
            target=one.target if at == problem.slots - 1 else None, min_up=up, min_down=down,
        )  # fmt: skip

    def series(values: Floats | None) -> Floats | None:
        return None if values is None else values[here]

    full = [
        replace(
            s, capacity=1e9, content=1e9, target=0.0, loss=0.0, held={0: s.held[at]} if at in s.held else {}
        )
        for s in problem.storages
    ]
    one_slot = replace(
        problem, slots=1, price=problem.price[here], devices=tuple(device(d) for d in problem.devices),
        zones=tuple(
            replace(z, demand=z.demand[here], limit_kw=series(z.limit_kw), climate=None) for z in problem.zones
        ),
        carbon_price=None, feed_in=None, limit_kw=series(problem.limit_kw), base_kw=series(problem.base_kw),
        solar_kw=series(problem.solar_kw), ramp_kw=None, orders=(), storages=tuple(full),
    )  # fmt: skip
    try:
        milp, keys = ruled_milp(one_slot)
        found = _minimal(milp, keys, search, _LeastPower(one_slot).enough)
    except (MissingSolverError, TimeIsUpError):
        return ()
    return rules_of(problem, [(part, subject, at if slot >= 0 else -1) for part, subject, slot in found])


class _LeastPower:
    """Between what bounds the least power lies that the demands of zones take in a problem of one slot.

    Of zones with few devices it is known; else at least as if the last device could be on in part, at most with it on.
    """

    def __init__(self, problem: DevicesProblem) -> None:
        self.stored = bool(problem.storages)
        self.most, self.near = np.inf, 0.0
        if problem.limit_kw is not None:
            limit = float(problem.limit_kw[0])
            self.most = limit - _first(problem.base_kw) + _first(problem.solar_kw)
            self.near = 2 * TOLERANCE * max(1.0, limit)
        inside: dict[str, list[Device]] = {z.name: [] for z in problem.zones}
        for device in problem.devices:
            if device.zone is not None and device.service > 0:
                inside[device.zone].append(device)
        self.low, self.high = dict[str, float](), dict[str, float]()
        for zone in problem.zones:
            ones = sorted(inside[zone.name], key=lambda d: d.power_kw / d.service)
            power, service = np.array([(d.power_kw, d.service) for d in ones]).reshape(-1, 2).T
            few = len(ones) <= FEW_DEVICES
            bounds = (_knapsack if few else _relaxed)(power, service, float(zone.demand[0]))
            self.low[zone.name], self.high[zone.name] = bounds

    def enough(self, held: Sequence[Key]) -> bool | None:
        """Say whether the limit is enough for the demands that are held; None where the bounds don't tell."""
        if self.stored:
            return None
        zones = [subject for part, subject, _ in held if part == "demand"]
        limited = ("limit", "site", 0) in held
        if limited and sum(self.low[z] for z in zones) > self.most + self.near:
            return False
        plain = len(zones) + limited == len(held)
        fits = sum(self.high[z] for z in zones) <= (self.most if limited else MOST_POWER)
        return True if plain and fits else None


def _knapsack(power: Floats, service: Floats, demand: float) -> tuple[float, float]:
    """Return the least power for a demand, with the checker's tolerance and without (Horowitz and Sahni 1974)."""

    def sums(values: Floats) -> Floats:
        total = np.zeros(1)
        for value in values:
            total = np.concatenate([total, total + value])
        return total

    half = len(power) // 2
    order = np.argsort(sums(service[half:]))
    gives, takes = sums(service[half:])[order], sums(power[half:])[order]
    least = np.append(np.minimum.accumulate(takes[::-1])[::-1], np.inf)
    low, high = (
        float((sums(power[:half]) + least[np.searchsorted(gives, wanted - sums(service[:half]))]).min())
        for wanted in (demand - 2 * TOLERANCE * max(1.0, demand), demand)
    )
    return low, high


def _relaxed(power: Floats, service: Floats, demand: float) -> tuple[float, float]:
    """Return bounds of the least power for a demand by devices in order of their power for a unit of service."""
    before = np.cumsum(service) - service
    shares = np.clip((demand - 2 * TOLERANCE * max(1.0, demand) - before) / service, 0.0, 1.0)
    high = float(power[before < demand].sum()) if service.sum() >= demand else np.inf
    return float(power @ shares), high


def _first(values: Floats | None) -> float:
    return 0.0 if values is None else float(values[0])


def _minimal(
    milp: Milp,
    keys: Sequence[Key | None],
    search: Search[Floats],
    quickly: Callable[[Sequence[Key]], bool | None] = lambda held: None,
    *,
    partly: bool = False,
) -> tuple[Key, ...]:
    """Return the keys of rules that can't hold together, none where they can.

    Devices that are on in part are looked at first: where not even those can keep all rules, it leaves few to look at
    exactly.

    Parameters
    ----------
    quickly
        Says whether some rules can hold together, where that is easy to say.
    """
    owned = sorted({key for key in keys if key is not None}, key=_place)
    number = {key: k for k, key in enumerate(owned)}
    owner = np.array([-1 if key is None else number[key] for key in keys], np.int64)
    rows = Rows(milp)

    def kept(held: Sequence[Key]) -> Flags:
        wanted = np.zeros(len(owned) + 1, np.bool_)
        wanted[[*(number[key] for key in held), -1]] = True
        kept: Flags = wanted[owner]
        return kept

    def within(held: Sequence[Key]) -> bool:
        """Say whether rules can hold together where devices may be on in part."""
        said = quickly(held)
        if said is None and not search.over():
            said = rows.hold(kept(held), search.clock_left_s)
        if said is None:
            raise TimeIsUpError
        return said

    def exactly(held: Sequence[Key], search: Search[Floats] = search) -> bool:
        said = quickly(held)
        if said is None:
            said = within(held) and _hold(milp, kept(held), search)
        return said

    all_ = np.ones(len(keys), np.bool_)
    loosely = Aside(search).run(lambda: rows.hold(all_, search.clock_left_s))
    if loosely is None:
        raise TimeIsUpError
    if not loosely:
        wrong = {keys[row] for row in np.flatnonzero(rows.contradicting()).tolist()}
        few = [key for key in owned if key in wrong]
        few = _reduced(few if not within(few) else owned, _remembering(within))
        moment = _for_share(search, SHRINK_S)
        return tuple(_reduced(few, _remembering(lambda held: exactly(held, moment), few), left_out))
    said = partly or quickly(owned)
    if _hold(milp, all_, _for_share(search)) if said is None else said:
        return ()
    return tuple(_reduced(owned, _remembering(exactly, owned)))


def _remembering(
    holds: Callable[[Sequence[Key]], bool], wrong: Sequence[Key] = ()
) -> Callable[[Sequence[Key]], bool]:
    """Return a question that is not asked twice, nor about what is known to be wrong."""
    known = {frozenset(wrong): False} if wrong else {}

    def remembered(held: Sequence[Key]) -> bool:
        asked = frozenset(held)
        if asked not in known:
            known[asked] = holds(held)
        return known[asked]

    return remembered


def fewest(
    rules: Sequence[R], holds: Callable[[Sequence[R]], bool], *, background: Sequence[R] = ()
) -> tuple[R, ...]:
    """Return a minimal conflict; the smallest that was proved where time is up before."""
    proved, always = tuple(rules), set(background)

    def asked(held: Sequence[R]) -> bool:
        nonlocal proved
        here = holds(held)
        own = tuple(one for one in held if one not in always)
        if not here and len(own) < len(proved):
            proved = own
        return here

    try:
        return minimal_conflict(rules, asked, background=background)
    except TimeIsUpError:
        return proved


def left_out(rules: Sequence[R], holds: Callable[[Sequence[R]], bool]) -> tuple[R, ...]:
    """Return a minimal conflict of rules that don't hold, nearly all of which are needed: each is left out once."""
    kept = list(rules)
    try:
        for one in rules:
            fewer = [other for other in kept if other != one]
            if not holds(fewer):
                kept = fewer
    except TimeIsUpError:
        pass
    return tuple(kept)


def _reduced(
    keys: Sequence[Key],
    holds: Callable[[Sequence[Key]], bool],
    reduce: Callable[[list[Group], Callable[[Sequence[Group]], bool]], tuple[Group, ...]] = fewest,
) -> list[Key]:
    """Return the fewest of rules that don't hold: first by kind, then by device or zone, then by slot."""
    some = list(keys)
    for depth in (1, 2, 3):
        groups: dict[Group, list[Key]] = {}
        for key in some:
            groups.setdefault(key[:depth], []).append(key)
        needed = reduce(list(groups), lambda held: holds([key for group in held for key in groups[group]]))
        some = [key for group in needed for key in groups[group]]
    return some


def _for_share(search: Search[Floats], most_s: float = np.inf) -> Search[Floats]:
    """Return a search for a share of the time that is left: other parts of a problem want some, too."""
    share_s = min(most_s, FIRST_SHARE * search.clock_left_s)
    return Search(Stop(time_s=share_s, patience=search.stop.patience), cancelled=search.over)


def _hold(milp: Milp, kept: Flags, search: Search[Floats]) -> bool:
    """Say whether there is an answer with some of the rows.

    Raises
    ------
    TimeIsUpError
        The search is over first.
    """
    if search.over():
        raise TimeIsUpError
    some = replace(milp, rows=milp.rows[kept], row_low=milp.row_low[kept], row_high=milp.row_high[kept])
    inner = Search[Floats](
        Stop(time_s=search.clock_left_s, patience=search.stop.patience), cancelled=search.over
    )
    status = solve_milp(some, inner).status
    if status is Status.UNKNOWN:
        raise TimeIsUpError
    return status is not Status.INFEASIBLE


PARTS = (
    "lock", "max_changes", "demand", "comfort", "zone_limit", "limit", "ramp", "exclusion", "needs", "order",
    "storage_target", "storage_held", "held", "minimum", "target", "task", "must_be_on", "must_be_off",
)  # fmt: skip


def _place(key: Key) -> tuple[int, str, int]:
    return PARTS.index(key[0]), *key[1:]


def rules_of(
    problem: DevicesProblem, keys: Sequence[Key], wish: Wish[DevicesPlan] = Wish()
) -> tuple[BrokenRule, ...]:
    """Return rules in words, each once with all its slots."""
    named = {key[1] for key in keys}
    own = [one for d in problem.devices if d.name in named for one in device_rules(problem, d)]
    known = {(one.part, one.subject): one for one in (*own, *relation_rules(problem))}
    slots: dict[tuple[str, str], list[int]] = {}
    for key in keys:
        slots.setdefault(key[:2], []).append(key[2])

    def word(part: str, subject: str, at: list[int]) -> BrokenRule:
        if part == "lock":
            return lock_rule(subject)
        if part == "max_changes":
            return change_rule(wish.max_changes or 0)
        if at[0] >= 0:
            return replace(slots_rule(problem, part, subject, at), slots=tuple(at))
        return known[part, subject]

    return tuple(word(*kind, at) for kind, at in slots.items())
