"""Flows as a table and in words, and why there is no plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from yuanli.errors import Text, counted
from yuanli.scheduling.flows.checks import check_flows
from yuanli.scheduling.flows.queues import fluid_queue, simulated_wait
from yuanli.scheduling.flows.solving import Floats, arrivals_of, flows_model, unit_name
from yuanli.scheduling.flows.tables import MOST_PEOPLE, FlowsPlan, FlowsProblem, room_of
from yuanli.solver import (
    PATIENCE,
    Result,
    Row,
    Search,
    Status,
    Stop,
    find_whole,
    minimal_conflict,
    refuse,
    solve_milp,
)

ASK_S = 0.3


def rows_flows(problem: FlowsProblem, plan: FlowsPlan) -> list[Row]:
    """Return a row for each group, and one for each slot of lanes or departures that are chosen."""
    rows: list[Row] = [
        {
            "group": group.id, "slot": problem.slots[s],
            "current": None if group.current is None else problem.slots[group.current], "size": group.size,
        }
        for group, s in zip(problem.groups, plan.slots, strict=True)
    ]  # fmt: skip
    chosen: list[Row] = [
        {
            "group": unit_name(passage, slot), "slot": slot,
            "current": None if passage.supply.current is None else str(passage.supply.current[t]), "size": None,
            "open": plan.of_passage(f)[t],
        }
        for f, passage in enumerate(problem.passages) if passage.supply is not None
        for t, slot in enumerate(problem.slots)
    ]  # fmt: skip
    return [*({**row, "open": None} for row in rows), *chosen] if chosen else rows


def read_rows_flows(problem: FlowsProblem, rows: Sequence[Row]) -> FlowsPlan:
    """Return the plan of a table.

    Raises
    ------
    InvalidProblemError
        A group is missing, or a group or slot isn't there.
    """
    number = {slot: t for t, slot in enumerate(problem.slots)}
    found: dict[str, int] = {}
    chosen = {
        unit_name(passage, slot): (f, t)
        for f, passage in enumerate(problem.passages) if passage.supply is not None
        for t, slot in enumerate(problem.slots)
    }  # fmt: skip
    units = [[0] * len(problem.slots) if p.supply is not None else [] for p in problem.passages]
    missing = set(chosen)
    for line, row in enumerate(rows, 1):
        name = str(row.get("group"))
        if name in chosen:
            f, t = chosen[name]
            many = find_whole(str(row.get("open") or 0))
            if many is None:
                refuse(
                    f"第 {line} 行的 open“{row.get('open')}”不是整数。",
                    f"Row {line}: open is {row.get('open')!r}; it is a whole number.", field="open",
                )  # fmt: skip
            units[f][t] = many
            missing.discard(name)
            continue
        if str(row.get("slot")) not in number:
            refuse(
                f"第 {line} 行的时段“{row.get('slot')}”不存在。",
                f"Row {line}: there is no slot {row.get('slot')!r}.",
                field="slot",
            )
        found[str(row.get("group"))] = number[str(row["slot"])]
    wrong = sorted((found.keys() ^ {group.id for group in problem.groups}) | missing)
    if wrong:
        refuse(
            f"“{wrong[0]}”只在方案或只在问题中。",
            f"{wrong[0]!r} is only in the plan, or only in the problem.",
            field="group",
        )
    return FlowsPlan(
        slots=tuple(found[group.id] for group in problem.groups),
        units=tuple(map(tuple, units)) if chosen else (),
    )


def carried_flows(problem: FlowsProblem, rows: Sequence[Row]) -> list[Row]:
    """Return rows of a plan made before a change for the problem as it is now.

    Who is new, or whose slot is gone, has today's slot, else the first it may have; a new passage has as many open as
    today.
    """
    told = {str(row.get("group")): row for row in rows}
    found: list[Row] = []
    for group in problem.groups:
        row = told.get(group.id)
        if row is None or row.get("slot") not in problem.slots:
            first = group.allowed[0] if group.current is None else group.current
            row = {"group": group.id, "slot": problem.slots[first]}
        found.append(row)
    for passage in problem.passages:
        if passage.supply is not None:
            current = passage.supply.current or (passage.supply.least,) * len(problem.slots)
            for slot, open_ in zip(problem.slots, current, strict=True):
                name = unit_name(passage, slot)
                found.append(told.get(name, {"group": name, "slot": slot, "open": open_}))
    return found


def explain_flows(problem: FlowsProblem, result: Result[FlowsPlan]) -> tuple[Text, ...]:
    """Say what becomes of queues and waits, who is moved how far, what is narrowest, and how sure it is."""
    plan = result.best
    if plan is None:
        return ()
    today = FlowsPlan(
        slots=tuple(
            s if g.current is None else g.current for g, s in zip(problem.groups, plan.slots, strict=True)
        ),
        units=tuple(
            plan.of_passage(f) if p.supply is None or p.supply.current is None else p.supply.current
            for f, p in enumerate(problem.passages)
        ),
    )
    before, after = arrivals_of(problem, today), arrivals_of(problem, plan)
    said = []
    for f, passage in enumerate(problem.passages):
        both = [(come[f], room_of(problem, one, f)) for come, one in ((before, today), (after, plan))]
        queues = [float(fluid_queue(come, room).max()) for come, room in both]
        if passage.supply is not None:
            said.append(_tell_supply(problem, plan, f, queues))
            continue
        waits = [
            simulated_wait(come, float(room.mean()), slot_min=problem.slot_min, rng=np.random.default_rng(0))
            for come, room in both
        ]
        said.append(
            Text(
                f"{passage.id}：最长排队从 {queues[0]:.0f} 人到 {queues[1]:.0f} 人，"
                f"模拟平均等待从 {waits[0]:.1f} 分钟到 {waits[1]:.1f} 分钟。",
                f"{passage.id}: the longest queue goes from {queues[0]:.0f} to {queues[1]:.0f}, the simulated mean "
                f"wait from {waits[0]:.1f} to {waits[1]:.1f} minutes.",
            )
        )
    moves = [(problem.moved_min(g, s), g.id) for g, s in zip(problem.groups, plan.slots, strict=True)]
    moved = sum(minutes > 0 for minutes, _ in moves)
    far, who = max(moves)
    said.append(
        Text(
            f"调整 {moved} 个团队（共 {len(moves)} 个），最多的是 {who}，{far:g} 分钟。"
            if moved
            else "没有团队需要调整。",
            f"{moved} of {counted(len(moves), 'group')} {'is' if moved == 1 else 'are'} moved, {who} most: by "
            f"{counted(far, 'minute')}."
            if moved
            else "No group is moved.",
        )
    )
    more = [
        (check_flows(problem, plan).cost - check_flows(_wider(problem, f), plan).cost, passage.id)
        for f, passage in enumerate(problem.passages)
    ]
    saved, where = max(more)
    if saved > 0:
        said.append(
            Text(
                f"{where} 每个时段多通过 1 人，代价至少降 {saved:.1f}。",
                f"One more person through {where} in each slot would save at least {saved:.1f}.",
            )
        )
    said.append(
        Text(
            f"代价 {result.cost:.1f}，已证明不可能低于 {result.bound:.1f}。",
            f"It costs {result.cost:.1f}; less than {result.bound:.1f} is proved to be impossible.",
        )
    )
    return tuple(said)


def _tell_supply(problem: FlowsProblem, plan: FlowsPlan, f: int, queues: Sequence[float]) -> Text:
    """Say how many lanes are open or shuttles leave when, and what becomes of the longest queue."""
    passage, units = problem.passages[f], plan.of_passage(f)
    spans: list[list[int]] = []
    for t, many in enumerate(units):
        if spans and spans[-1][1] == t - 1 and units[t - 1] == many:
            spans[-1][1] = t
        elif many:
            spans.append([t, t])
    names = [
        f"{problem.slots[a]}" + (f"–{problem.slots[b]}" if b > a else "") + f" × {units[a]}" for a, b in spans
    ]
    open_zh, open_en = "、".join(names) or "无", ", ".join(names) or "none"
    return Text(
        f"{passage.id}：共 {sum(units)} 次（{open_zh}），最长排队从 {queues[0]:.0f} 人到 {queues[1]:.0f} 人。",
        f"{passage.id}: {sum(units)} in all ({open_en}); the longest queue goes from {queues[0]:.0f} to "
        f"{queues[1]:.0f}.",
    )


def conflicts_flows(problem: FlowsProblem) -> tuple[Text, ...]:
    """Name the fewest limits of queues and slots of groups that can't hold together."""
    limited = [f for f, passage in enumerate(problem.passages) if passage.most_waiting is not None]
    rules = [("queue", f) for f in limited] + [("slots", g) for g in range(len(problem.groups))]

    def feasible(part: Sequence[tuple[str, int]]) -> bool:
        model = flows_model(
            problem, limits={i for kind, i in part if kind == "queue"},
            bound_groups={i for kind, i in part if kind == "slots"},
        )  # fmt: skip
        found = solve_milp(model.milp, Search[Floats](Stop(time_s=ASK_S, patience=PATIENCE, gap=1.0)))
        return found.status is not Status.INFEASIBLE

    said = []
    for kind, i in minimal_conflict(rules, feasible):
        if kind == "queue":
            passage = problem.passages[i]
            supply = passage.supply
            through = max(passage.capacity) + (0 if supply is None else supply.people * supply.most)
            said.append(
                Text(
                    f"{passage.id} 排队不超过 {passage.most_waiting:g} 人（每时段至多通过 {through:g} 人）",
                    f"at most {passage.most_waiting:g} wait at {passage.id}, which lets {through:g} through a slot",
                )
            )
        else:
            group = problem.groups[i]
            slots = "、".join(problem.slots[s] for s in group.allowed)
            said.append(
                Text(
                    f"{group.id}（{group.size} 人）只能在 {slots}",
                    f"{group.id} ({group.size}) can only have {slots.replace('、', ', ')}",
                )
            )
    return tuple(said)


def _wider(problem: FlowsProblem, f: int) -> FlowsProblem:
    passages = tuple(
        replace(passage, capacity=tuple(min(MOST_PEOPLE, c + 1) for c in passage.capacity))
        if i == f
        else passage
        for i, passage in enumerate(problem.passages)
    )
    return replace(problem, passages=passages)
