"""Of every kind: what is named as a conflict can't hold together, and could without any one of its rules.

Each case is a problem without rules and the rules that are put in; a rule is known in the conflict by its words. What
is named is solved again, alone and without one after the other; what was put in and is not named is left out.
"""

# ruff: noqa: E501  (a table: a rule a line reads best)
import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.pace import within

from yuanli import planning, scheduling
from yuanli.solver import Kind, Plan, Search, Status, Stop, make_plan

Json = dict[str, Any]
Rules = Mapping[str, Callable[[Json], object]]
NAMED_S = 2.0


def put(*path: Any, value: Any) -> Callable[[Json], object]:
    """Return what sets a field; a last part of the path that is a list's is added to it."""

    def change(document: Json) -> None:
        at: Any = document
        for part in path[:-1]:
            at = at[part]
        if isinstance(at, list) or (isinstance(at, dict) and isinstance(at.get(path[-1]), list)):
            (at if isinstance(at, list) else at[path[-1]]).append(value)
        else:
            at[path[-1]] = value

    return change


def jobs(**more: Json) -> Json:
    return {
        "crews": {"men": 1},
        "jobs": [{"id": name, "duration": 2, "needs": {"men": 1}, **more.get(name, {})} for name in "abcd"],
    }


def stops(*staff: Json) -> Json:
    return {"places": ["hut", "gate", "lab"], "walking_s": [[0, 60, 60], [60, 0, 60], [60, 60, 0]], "stops": [],
            "staff": [{"start": "hut", "earliest": "08:00", "latest": "12:00", **one} for one in staff]}  # fmt: skip


def stop(name: str, place: str, earliest: str = "08:00", latest: str = "12:00", **more: Any) -> Any:
    return put("stops", value={"id": name, "place": place, "earliest": earliest, "latest": latest, **more})


def roster(people: int, days: int = 7) -> Json:
    return {
        "first": "2026-11-30", "days": days,
        "shifts": [{"id": "day", "begin": "08:00", "end": "16:00"}, {"id": "night", "begin": "22:00", "end": "06:00"}],
        "people": [{"id": f"p{i}"} for i in range(people)], "needs": [],
        "law": {"max_week_h": 168, "rest_h": 0, "rest_days_week": 0, "max_consecutive": 31},
    }  # fmt: skip


def lunch(*sizes: int) -> Json:
    return {
        "slots": ["1", "2", "3"], "slot_min": 10, "passages": [{"id": "hall", "capacity": 50}],
        "groups": [{"id": f"g{i}", "size": size, "uses": [{"passage": "hall"}]} for i, size in enumerate(sizes)],
    }  # fmt: skip


def week(*names: str, rooms: int = 2, **more: Any) -> Json:
    return {
        "periods": 2, "rooms": [{"name": f"r{i}", "capacity": 10} for i in range(rooms)],
        "events": [{"name": name, "size": 2} for name in names], "rules": [], **more,
    }  # fmt: skip


def relation(kind: str, *events: str, values: tuple[int, ...] = ()) -> Any:
    return put("rules", value={"kind": kind, "events": list(events), "values": list(values)})


def house() -> Json:
    return {
        "rooms": [
            {"name": "N", "capacity_m2": 30, "floor": "1", "zone": "west", "adjacent": ["O"]},
            {"name": "O", "capacity_m2": 30, "floor": "1", "zone": "east"},
            {"name": "P", "capacity_m2": 30, "floor": "2", "zone": "west"},
        ],
        "entities": [{"name": name, "need_m2": 20, "room": room} for name, room in zip("xyz", "NOP", strict=True)],
        "rules": [],
    }  # fmt: skip


def wish(kind: str, *entities: str, **more: Any) -> Any:
    return put(
        "rules", value={"kind": kind, "entities": list(entities), "name": "+".join((kind, *entities)), **more}
    )


def road() -> Json:
    return {
        "demands": [{"name": f"d{i}", "people": 10} for i in range(4)], "sites": [{"name": f"s{i}"} for i in range(4)],
        "seconds": [[abs(i - j) * 60 for j in range(4)] for i in range(4)], "count": 4, "fixed": [], "forbidden": [],
    }  # fmt: skip


def rooms_of(document: Json, capacity: float) -> None:
    for site in document["sites"]:
        site["capacity"] = capacity


def plant() -> Json:
    names = "abc"
    return {"units": list(names), "places": ["A", "B", "C"], "flows": [[0, 1, 2], [0, 0, 3], [0, 0, 0]],
            "distances": [[0, 1, 2], [1, 0, 1], [2, 1, 0]], "fixed": {}, "allowed": {}}  # fmt: skip


def fans(**more: Any) -> Json:
    return {
        "slots": 4, "slot_minutes": 60, "price": [1, 1, 1, 1], "zones": [{"name": "hall", "demand": [0, 0, 0, 0]}],
        "devices": [{"name": f"fan{i}", "power_kw": 3, "service": 1, "zone": "hall"} for i in range(3)]
        + [{"name": f"car{i}", "power_kw": 2} for i in range(2)], "exclusions": [], "needs": [], **more,
    }  # fmt: skip


CASES: Mapping[str, tuple[str, Json, Rules]] = {
    "deadlines of one crew": ("projects", jobs(), {
        f"{name} ≤": put("jobs", i, "deadline", value=due) for i, (name, due) in enumerate(zip("abcd", (4, 4, 5, 9), strict=True))
    }),
    "a deadline after a chain": ("projects", jobs(b={"after": ["a"]}, c={"after": ["b"]}), {
        "c ≤": put("jobs", 2, "deadline", value=5), "d ≤": put("jobs", 3, "deadline", value=20),
    }),
    "leave and a need": ("rosters", roster(3), {
        "p0 is on leave": put("people", 0, "leave", value=["2026-12-01"]),
        "p1 is on leave": put("people", 1, "leave", value=["2026-12-01", "2026-12-03"]),
        "p2 is on leave": put("people", 2, "leave", value=["2026-12-05"]),
        "2026-12-01 (Tue), shift": put("needs", value={"shift": "day", "days": ["2026-12-01"], "least": 2}),
        "2026-12-02 (Wed)": put("needs", value={"shift": "day", "days": ["2026-12-02"], "least": 1}),
    }),
    "rest, days off and nights": ("rosters", roster(2, 4), {
        "hours between": put("law", "rest_h", value=11),
        "days in a row": put("law", "max_consecutive", value=4),
        "2026-12-01 (Tue), shift day": put("needs", value={"shift": "day", "days": ["2026-12-01"], "least": 2}),
        "2026-11-30 (Mon), shift night": put("needs", value={"shift": "night", "days": ["2026-11-30"], "least": 1}),
    }),
    "hours of a week": ("rosters", roster(2), {
        "p0: 16": put("people", 0, "max_week_h", value=16), "p1: 16": put("people", 1, "max_week_h", value=16),
        "p0: 8": put("people", 0, "min_week_h", value=8),
        **{f"2026-12-0{d} (": put("needs", value={"shift": "day", "days": [f"2026-12-0{d}"], "least": 1}) for d in range(1, 6)},
    }),
    "a queue and slots": ("flows", lunch(80, 60, 40), {
        "wait at hall": put("passages", 0, "most_waiting", value=40),
        "g0 (80)": put("groups", 0, "allowed", value=["1"]), "g1 (60)": put("groups", 1, "allowed", value=["1"]),
        "g2 (40)": put("groups", 2, "allowed", value=["2", "3"]),
    }),
    "three stops at once": ("rounds", stops({"id": "wang"}, {"id": "li"}), {
        **{f"{name} (": stop(name, place, "09:00", "09:01", service_s=600) for name, place in
           (("one", "gate"), ("two", "lab"), ("three", "hut"))}, "four (": stop("four", "gate"),
    }),
    "loads": ("rounds", stops({"id": "wang", "capacity": 5}), {
        "at a,": stop("a", "gate", load=3), " b;": stop("b", "lab", load=3), "c,": stop("c", "lab", load=1),
    }),
    "long stops in a short shift": ("rounds", stops({"id": "wang"}), {
        "one (": stop("one", "gate", service_s=7000), "two (": stop("two", "lab", service_s=7500), "three (": stop("three", "lab"),
    }),
    "rules between events": ("rooms", week("x", "y", "z"), {
        "'x', 'y' in the same room": relation("same_room", "x", "y"),
        "'x', 'y' at the same time": relation("same_time", "x", "y"),
        "'y', 'z' in different rooms": relation("different_room", "y", "z"),
    }),
    "breaks of a day": ("rooms", week("x", "y", "z", rooms=3, periods=5), {
        "'x', 'y', 'z' at most 1 break a day": relation("max_breaks", "x", "y", "z", values=(1, 0)),
        "'x', 'y', 'z' at least 1 period apart": relation("min_gap", "x", "y", "z", values=(1,)),
        "'x', 'y' in different rooms": relation("different_room", "x", "y"),
    }),
    "a person, a size and a room": ("rooms", week("x", "y", "z", rooms=3, periods=1), {
        "'x' has 30": put("events", 0, "size", value=30), "'ann' can't": lambda d: [e.__setitem__("people", ["ann"]) for e in d["events"][1:]],
    }),
    "a path of wishes": ("spaces", house(), {
        "not_sharing+x": wish("not_sharing", "x"), "same_room+x+y": wish("same_room", "x", "y"), "near+y+z": wish("near", "y", "z"),
    }),
    "capacity and a place": ("spaces", house(), {
        "capacity": wish("capacity"), "in+x": wish("in", "x", rooms=["N"]), "in+y": wish("in", "y", rooms=["N"]),
        "in+z": wish("in", "z", rooms=["P"]),
    }),
    "few moves": ("spaces", house(), {
        "max_moves": wish("max_moves", value=1), "in+x": wish("in", "x", floors=["2"]), "in+y": wish("in", "y", floors=["2"]),
        "in+z": wish("in", "z", zones=["west"]),
    }),
    "few sites and short walks": ("sites", road(), {
        "At most 1": put("count", value=1), "more than 60 s": put("limit_s", value=60), "“s0” can't": put("forbidden", value="s0"),
    }),
    "short walks to what is closed": ("sites", road(), {
        "more than 0 s": put("limit_s", value=0), "“s1” can't": put("forbidden", value="s1"), "“s2” has": put("fixed", value="s2"),
    }),
    "capacities of few sites": ("sites", road(), {
        "At most 2": put("count", value=2), "capacities": lambda d: rooms_of(d, 15), "“s3” has": put("fixed", value="s3"),
    }),
    "three units for two places": ("layout", plant(), {
        **{f"“{unit}” may only": put("allowed", unit, value=["A", "B"]) for unit in "abc"},
    }),
    "fixed and allowed": ("layout", plant(), {
        "“a” has": put("fixed", "a", value="A"), "“b” may only": put("allowed", "b", value=["A"]), "“c” may only": put("allowed", "c", value=["B", "C"]),
    }),
    "a demand and a limit": ("devices", fans(), {
        "demand of zone hall": (
            lambda d: d["zones"][0].__setitem__("demand", [0, 3, 0, 0])),
        "power limit": lambda d: d.__setitem__("limit_kw", [9, 8, 9, 9]),
    }),
    "tasks that exclude each other": ("devices", fans(), {
        "car0 is to be on": put("devices", 3, "task", value={"first": 0, "last": 3, "slots": 3}),
        "car1 is to be on": put("devices", 4, "task", value={"first": 0, "last": 3, "slots": 2}),
        "at most one of car0, car1": lambda d: d["exclusions"].append(["car0", "car1"]),
        "at most one of fan0, fan1": lambda d: d["exclusions"].append(["fan0", "fan1"]),
    }),
}  # fmt: skip
KINDS: Mapping[str, Kind[Any, Any]] = {kind.name: kind for kind in (*scheduling.KINDS, *planning.KINDS)}


def solved(kind: str, bare: Json, rules: Rules, held: list[str]) -> Plan:
    document = copy.deepcopy(bare)
    for name in held:
        rules[name](document)
    problem = KINDS[kind].parse(json.dumps(document).encode(), "problem.json")
    search = Search[Any](Stop(time_s=20), cancelled=lambda: search.best is not None)
    return make_plan(KINDS[kind], problem, search)


@pytest.mark.parametrize("name", CASES)
def test_what_is_named_is_needed_and_enough(name: str) -> None:
    kind, bare, rules = CASES[name]
    with within(NAMED_S):
        plan = solved(kind, bare, rules, list(rules))
    assert plan.status is Status.INFEASIBLE
    said = " ".join(text.en for text in plan.conflicts).lower()
    named = [words for words in rules if words.lower() in said]
    assert named, said
    assert solved(kind, bare, rules, named).status is Status.INFEASIBLE, said
    for given_up in named:
        assert solved(kind, bare, rules, [one for one in named if one != given_up]).assignments, (
            given_up,
            said,
        )
