"""Says what a plan reaches, which rules bind it, and what more room would save."""

from __future__ import annotations

from yuanli.errors import Text, counted
from yuanli.planning.spaces.checking import check_spaces, tell, violations
from yuanli.planning.spaces.naming import tell_rule
from yuanli.planning.spaces.problem import LIMITS, OFFICE_KWH_M2, SUITED, RuleKind, SpacePlan, SpaceProblem
from yuanli.planning.spaces.scenarios import compare_plans, moves_of, stack_plan, use_of
from yuanli.solver import Result

PART_NAMES = {
    "misuse": Text("空置与超用", "misuse"), "rules": Text("软规则", "soft rules"), "walking": Text("步行", "walking"),
    "moves": Text("搬动", "moves"), "rent": Text("租金", "rent"), "fit_out": Text("装修", "fit-out"),
    "fairness": Text("公平", "fairness"),
}  # fmt: skip
MOST_TOLD = 3


def explain_spaces(problem: SpaceProblem, result: Result[SpacePlan]) -> tuple[Text, ...]:
    """Tell the cost by parts, moves, what a m² more would save, the worst unmet wishes, and binding rules."""
    plan = result.best
    if plan is None:
        return ()
    return (
        _reached(problem, plan, result), *_use(problem, plan), *_energy(problem, plan), *_moved(problem, plan),
        *_more_room(problem, plan), *_unmet(problem, plan), *_binding(problem, plan),
    )  # fmt: skip


def _reached(problem: SpaceProblem, plan: SpacePlan, result: Result[SpacePlan]) -> Text:
    checked = check_spaces(problem, plan)
    parts = [(PART_NAMES[name], value) for name, value in checked.parts.items() if abs(value) > 1e-9]
    bound = "" if result.bound < -1e300 else f"，可证下限 {result.bound:.1f}"
    bound_en = "" if result.bound < -1e300 else f", surely not below {result.bound:.1f}"
    return Text(
        f"总费用 {checked.cost:.1f}（{'、'.join(f'{n.zh} {v:.1f}' for n, v in parts) or '全部为 0'}）{bound}。",
        f"The cost is {checked.cost:.1f} ({', '.join(f'{n.en} {v:.1f}' for n, v in parts) or 'all 0'}){bound_en}.",
    )


def _use(problem: SpaceProblem, plan: SpacePlan) -> list[Text]:
    used = use_of(problem, plan)
    area, need = sum(one.capacity_m2 for one in used), sum(one.used_m2 for one in used)
    fullest = max(used, key=lambda one: one.share)
    floor = " ".join(filter(None, (fullest.period, fullest.building, fullest.floor)))
    if not area:
        return []
    told, of, share = _figure(need), _figure(area), f"{need / area:.0%}"
    return [Text(
        f"{of} m² 中用了 {told} m²（{share}）；最满的楼层 {floor} 为 {fullest.share:.0%}。",
        f"{told} of {of} m² are used ({share}); the fullest floor, {floor}, by {fullest.share:.0%}.",
    )]  # fmt: skip


def _energy(problem: SpaceProblem, plan: SpacePlan) -> list[Text]:
    """Tell what the floors in use take, where some are empty or rooms differ in what they take."""
    (told,) = compare_plans(problem, {"": plan})
    empty = sum(not use.used_m2 for use in told.used)
    if not empty and all(room.energy_kwh_m2 is None for room in problem.rooms):
        return []
    assumed = any(room.energy_kwh_m2 is None for room in problem.rooms)
    zh = f"，未测房间按 {OFFICE_KWH_M2:g} kWh/m² 计" if assumed else ""
    en = f"; rooms nobody measured count {OFFICE_KWH_M2:g} kWh/m²" if assumed else ""
    return [Text(
        f"在用楼层每年约耗电 {told.energy_kwh:,.0f} kWh，关闭空楼层省 {told.closed_kwh:,.0f} kWh{zh}。",
        f"The floors in use take about {told.energy_kwh:,.0f} kWh a year; closing empty ones saves "
        f"{told.closed_kwh:,.0f} kWh{en}.",
    )]  # fmt: skip


def _moved(problem: SpaceProblem, plan: SpacePlan) -> list[Text]:
    moves = [move for move in moves_of(problem, plan) if move.origin is not None]
    if all(entity.room is None for entity in problem.entities):
        return []
    people = round(sum(move.people for move in moves))
    moved = counted(len(moves), "move")
    return [
        Text(f"共搬动 {len(moves)} 次，{people} 人。", f"{moved}, {counted(people, 'person', 'people')}.")
    ]


def _more_room(problem: SpaceProblem, plan: SpacePlan) -> list[Text]:
    """Tell the most overfull room, and what a m² more of it would save."""
    needs: dict[tuple[str, str], float] = {}
    for block in stack_plan(problem, plan):
        needs[block.period, block.room] = needs.get((block.period, block.room), 0.0) + block.need_m2
    over = {key: need - problem.rooms[problem.room_place[key[1]]].capacity_m2 for key, need in needs.items()}
    key = max(over, key=lambda one: over[one])
    if over[key] <= 1e-6:
        return []
    saving = problem.weights.overuse * min(1.0, over[key])
    return [Text(
        f"{key[1]} 超出 {_figure(over[key])} m²；多 1 m² 可省约 {_figure(saving)}。",
        f"{key[1]} is over by {_figure(over[key])} m²; one m² more would save about {_figure(saving)}.",
    )]  # fmt: skip


def _unmet(problem: SpaceProblem, plan: SpacePlan) -> list[Text]:
    unmet = sorted((one for one in violations(problem, plan) if not one.rule.hard), key=lambda one: -one.cost)
    said = [(tell(one), one.cost) for one in unmet[:MOST_TOLD]]
    return [Text(
        f"未满足的愿望 {len(unmet)} 条，最重的：{'；'.join(f'{text.zh}，计 {cost:g}' for text, cost in said)}。",
        f"{len(unmet)} wishes are not met, the worst: {'; '.join(f'{text.en}, {cost:g}' for text, cost in said)}.",
    )] if unmet else []  # fmt: skip


def _binding(problem: SpaceProblem, plan: SpacePlan) -> list[Text]:
    """Tell the hard limits that leave nothing, and how many hard rules about rooms leave one room only."""
    told = []
    moves = [move for move in moves_of(problem, plan) if move.origin is not None]
    reached = {
        RuleKind.MAX_MOVES: float(len(moves)), RuleKind.MAX_PEOPLE_MOVED: sum(move.people for move in moves),
    }  # fmt: skip
    for rule in problem.rules:
        if rule.hard and rule.kind in LIMITS and reached.get(rule.kind, -1.0) >= (rule.value or 0.0) - 1e-6:
            name = tell_rule(rule)
            told.append(Text(f"“{name.zh}”已用尽。", f'"{name.en}" is used up.'))
        elif rule.hard and rule.kind in (RuleKind.IN, *SUITED):
            fits = [room.name for room in problem.rooms if problem.suits(rule, room)]
            if len(fits) == 1:
                name = tell_rule(rule)
                told.append(Text(f"“{name.zh}”只剩 {fits[0]}。", f'"{name.en}" leaves only {fits[0]}.'))
    return told[: 2 * MOST_TOLD]


def _figure(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0") if value >= 1 else f"{value:.2g}"
