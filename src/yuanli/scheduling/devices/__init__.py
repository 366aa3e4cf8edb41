"""Which devices are on, slot by slot: from their states now to their targets, at least cost."""

from collections.abc import Collection
from typing import Final

from yuanli.errors import Text
from yuanli.scheduling.devices.checking import check_devices, contents_of, temps_of
from yuanli.scheduling.devices.documents import devices_schema
from yuanli.scheduling.devices.learned import (
    Day,
    DaysError,
    DaySplit,
    fit_plans,
    learned_devices,
    load_plans,
    preview_plan,
    project_plan,
    save_plans,
    score_plans,
    score_preview,
    split_days,
)
from yuanli.scheduling.devices.problem import (
    Climate,
    Device,
    DevicesPlan,
    DevicesProblem,
    DevicesProblemError,
    Order,
    Storage,
    Task,
    Zone,
)
from yuanli.scheduling.devices.reading import parse_devices
from yuanli.scheduling.devices.relaxations import CHANGES_DEVICES, relaxations_devices
from yuanli.scheduling.devices.tabulating import carried_devices, read_rows_of_devices, rows_of_devices
from yuanli.solver import Kind, Result, Search, Wish


def solve_devices(
    problem: DevicesProblem, search: Search[DevicesPlan], wish: Wish[DevicesPlan] = Wish()
) -> Result[DevicesPlan]:
    """Find the least cost, with a proved bound, until the search is over; compiled on first use."""
    from yuanli.scheduling.devices.solving import solve_devices as solve

    return solve(problem, search, wish)


def explain_devices(problem: DevicesProblem, result: Result[DevicesPlan]) -> tuple[Text, ...]:
    """Return sentences about a plan: cost and how sure it is, its parts, the peak, what binds."""
    from yuanli.scheduling.devices.explaining import explain_devices as explain

    return explain(problem, result)


def conflicts_of_devices(problem: DevicesProblem) -> tuple[Text, ...]:
    """Return the fewest rules that can't hold together; none where no conflict is proved."""
    from yuanli.scheduling.devices.conflicts import conflicts_of_devices as conflicts

    return conflicts(problem)


def wish_conflicts_of_devices(problem: DevicesProblem, wish: Wish[DevicesPlan]) -> tuple[Text, ...]:
    """Return the fewest rules, locks and numbers of changes that can't hold together; none where none is proved."""
    from yuanli.scheduling.devices.wishing import wish_conflicts_of_devices as conflicts

    return conflicts(problem, wish)


def ask_devices(
    problem: DevicesProblem, plan: DevicesPlan, wished: DevicesPlan, names: Collection[str]
) -> tuple[DevicesProblem, Collection[str]]:
    """Return the problem in which devices are on and off where a wish differs from the plan; storages are locked."""
    from yuanli.scheduling.devices.wishing import ask_devices as ask

    return ask(problem, plan, wished, names)


def rehearse_devices(problem: DevicesProblem) -> None:
    """Go through the compiled steps that a small problem is solved without."""
    from yuanli.scheduling.devices.rehearsing import rehearse_devices as rehearse

    rehearse(problem)


DEVICES: Final[Kind[DevicesProblem, DevicesPlan]] = Kind(
    name="devices",
    title=Text("设备启停排程", "When devices are on"),
    method=Text(
        "价格分解与逐台精确动态规划，三台一组改进",
        "prices for what is shared, exact dynamic programming by device and in threes",
    ),
    parse=parse_devices,
    schema=devices_schema,
    solve=solve_devices,
    check=check_devices,
    rows=rows_of_devices,
    read_rows=read_rows_of_devices,
    explain=explain_devices,
    conflicts=conflicts_of_devices,
    conflicts_asked=wish_conflicts_of_devices,
    carried=carried_devices,
    relaxations=relaxations_devices,
    changes=CHANGES_DEVICES,
    asked=ask_devices,
    rehearse=rehearse_devices,
)

__all__ = [
    "DEVICES",
    "Climate",
    "Day",
    "DaySplit",
    "DaysError",
    "Device",
    "DevicesPlan",
    "DevicesProblem",
    "DevicesProblemError",
    "Order",
    "Storage",
    "Task",
    "Zone",
    "check_devices",
    "conflicts_of_devices",
    "contents_of",
    "devices_schema",
    "explain_devices",
    "fit_plans",
    "learned_devices",
    "load_plans",
    "parse_devices",
    "preview_plan",
    "project_plan",
    "read_rows_of_devices",
    "rows_of_devices",
    "save_plans",
    "score_plans",
    "score_preview",
    "solve_devices",
    "split_days",
    "temps_of",
    "wish_conflicts_of_devices",
]
