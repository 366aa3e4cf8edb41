"""Small problems of rooms and times, and all their plans."""

from collections.abc import Iterator
from itertools import product

import numpy as np
from hypothesis import strategies as st

from yuanli.scheduling import (
    ROOMS,
    Course,
    Event,
    Placed,
    Room,
    RoomsPlan,
    RoomsProblem,
    Time,
)
from yuanli.solver import Search, Stop, Wish, make_plan

CTT = """Name: Toy
Courses: 3
Rooms: 2
Days: 2
Periods_per_day: 3
Curricula: 1
Constraints: 2

COURSES:
maths ada 2 2 30
art bob 2 1 12
sport ada 1 1 40

ROOMS:
big 32
small 10

CURRICULA:
first 2 maths art

UNAVAILABILITY_CONSTRAINTS:
art 0 0
sport 1 2

END.
"""


def meeting(
    name: str,
    *,
    size: int = 2,
    people: tuple[str, ...] = (),
    starts: tuple[int, ...] = (0, 1),
    **more: object,
) -> Event:
    times = {Time(days=(0,), start=s): 0.0 for s in starts}
    return Event(name=name, size=size, people=people, times=times, rooms={"a": 0.0, "b": 1.0}, **more)  # type: ignore[arg-type]


def day(*events: Event, **more: object) -> RoomsProblem:
    rooms = (Room(name="a", capacity=4, features=frozenset({"screen"})), Room(name="b", capacity=8))
    return RoomsProblem(name="day", days=1, periods=4, rooms=rooms, events=events, **more)  # type: ignore[arg-type]


def place(**where: tuple[int, str]) -> RoomsPlan:
    return RoomsPlan(placed={n: Placed(time=Time(days=(0,), start=s), room=r) for n, (s, r) in where.items()})


def solve(problem: RoomsProblem, wish: Wish[RoomsPlan] = Wish(), **stop: float):  # type: ignore[no-untyped-def]
    return make_plan(ROOMS, problem, Search(Stop(**(stop or {"time_s": 120}))), wish)  # type: ignore[arg-type]


@st.composite
def days(draw: st.DrawFn) -> RoomsProblem:
    events = [
        meeting(
            f"m{i}", size=draw(st.integers(1, 8)), course=draw(st.sampled_from([None, "c"])),
            starts=tuple(draw(st.sets(st.integers(0, 3), min_size=1, max_size=3))),
            people=tuple(sorted(draw(st.sets(st.sampled_from("pqr"), max_size=2)))),
            features=frozenset(draw(st.sets(st.just("screen")))),
        )
        for i in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    walk = draw(st.sampled_from([None, np.array([[0.0, 300.0], [240.0, 0.0]])]))
    return day(*events, courses=(Course(name="c"),), curricula=frozenset({"p"}), walking_s=walk,
               capacity=draw(st.sampled_from(["hard", "soft"])))  # fmt: skip


def every_plan(problem: RoomsProblem) -> Iterator[RoomsPlan]:
    choices = [[Placed(time=t, room=r) for t in e.times for r in e.rooms] for e in problem.events]
    for chosen in product(*choices):
        yield RoomsPlan(placed={e.name: c for e, c in zip(problem.events, chosen, strict=True)})
