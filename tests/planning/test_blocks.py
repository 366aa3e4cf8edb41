"""Blocks: worked by hand, checked apart from the solver, never too narrow."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanli.planning import (
    BLOCKS,
    BlocksPlan,
    BlocksProblem,
    InvalidProblemError,
    check_blocks,
    conflicts_blocks,
    parse_blocks,
    solve_blocks,
)
from yuanli.solver import Search, Status, Stop, Wish, make_plan

UAFLP = Path(__file__).parents[3] / "shared" / "data" / "optimisation" / "uaflp"
HALL: dict[str, Any] = {
    "blocks": [{"name": name, "area": 4.0, "aspect": 1.0} for name in "abc"],
    "flows": [[0, 9, 0], [0, 0, 5], [0, 0, 0]],
    "width_m": 6.0,
    "depth_m": 2.0,
}


def hall(**changes: Any) -> BlocksProblem:
    return parse_blocks(json.dumps(HALL | changes).encode(), "hall.json")


def rounds(count: int) -> Search[BlocksPlan]:
    return Search[BlocksPlan](Stop(time_s=None, rounds=count))


def test_a_row_worked_by_hand() -> None:
    """Three squares of 2 m in a row: a, b, c, with 9 × 2 + 5 × 2."""
    plan = make_plan(BLOCKS, hall(), rounds(10))
    assert plan.status is Status.OPTIMAL
    assert plan.cost == pytest.approx(28)
    assert plan.bound == pytest.approx(28)
    assert "“a” and “b” take 64.3 % of it".replace(" %", "%") in " ".join(
        text.en for text in plan.explanation
    )


@pytest.mark.parametrize(
    ("areas", "side"),
    [([2.2] * 3, 3.0), ([2.2] * 4, 3.0), ([4.0] * 3 + [1.0] * 5, 5.0), ([9.0, 4.0, 4.0, 1.0], 5.0)],
)
def test_squares_that_leave_gaps_are_placed(areas: list[float], side: float) -> None:
    """Two squares of 2.2 m² are 2.97 m wide together: in 3 × 3 m there is room for four, but no cut without a rest."""
    n = len(areas)
    problem = BlocksProblem(
        blocks=tuple(f"b{i}" for i in range(n)), flows=np.triu(np.ones((n, n)), 1), areas=np.array(areas),
        aspects=np.ones(n), width_m=side, depth_m=side,
    )  # fmt: skip
    search = Search[BlocksPlan](Stop(time_s=60), cancelled=lambda: search.best is not None)
    plan = make_plan(BLOCKS, problem, search)
    assert plan.cost is not None


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 9), st.integers(0, 2**32), st.floats(0.4, 1.0))
def test_every_plan_passes_the_check(n: int, seed: int, used: float) -> None:
    rng = np.random.default_rng(seed)
    areas = rng.integers(1, 20, n).astype(float)
    side = float(np.sqrt(areas.sum() / used))
    problem = BlocksProblem(
        blocks=tuple(f"b{i}" for i in range(n)), flows=rng.integers(0, 5, (n, n)) * (1.0 - np.eye(n)), areas=areas,
        aspects=np.full(n, 6.0), width_m=side, depth_m=side,
    )  # fmt: skip
    result = solve_blocks(problem, rounds(25))
    if result.best is not None:
        checked = check_blocks(problem, result.best)
        assert checked.broken == ()
        assert checked.cost == pytest.approx(result.cost)
        assert result.bound <= result.cost + 1e-9
        assert BLOCKS.read_rows(problem, BLOCKS.rows(problem, result.best)) == result.best


def test_a_seed_and_rounds_repeat_a_run_to_the_letter() -> None:
    rng = np.random.default_rng(0)
    problem = BlocksProblem(
        blocks=tuple("abcdefgh"), flows=rng.random((8, 8)), areas=rng.random(8) + 1, aspects=np.full(8, 4.0),
        width_m=5.0, depth_m=5.0,
    )  # fmt: skip
    one, other = (solve_blocks(problem, rounds(90), Wish(seed=3)) for _ in range(2))
    assert (one.best, one.cost) == (other.best, other.cost)
    assert solve_blocks(problem, rounds(90), Wish(seed=4)).best != one.best


def test_locked_blocks_stay_and_few_change() -> None:
    problem = hall()
    start = BlocksPlan(((0.0, 0.0, 2.0, 2.0), (4.0, 0.0, 2.0, 2.0), (2.0, 0.0, 2.0, 2.0)))
    assert make_plan(BLOCKS, problem, rounds(9), Wish(start=start, max_changes=2)).cost == pytest.approx(28)
    kept = make_plan(BLOCKS, problem, rounds(9), Wish(start=start, locked={"b", "c"}))
    assert kept.changes == 0
    assert kept.cost == pytest.approx(check_blocks(problem, start).cost)


def test_the_check_sees_what_is_broken() -> None:
    plan = BlocksPlan(((0.0, 0.0, 2.0, 2.0), (1.0, 0.0, 2.0, 2.0), (5.0, 0.0, 4.0, 1.0)))
    assert {broken.rule for broken in check_blocks(hall(), plan).broken} == {"overlap", "plant", "aspect"}
    small = BlocksPlan(((0.0, 0.0, 1.0, 1.0), (2.0, 0.0, 2.0, 2.0), (4.0, 0.0, 2.0, 2.0)))
    assert [broken.rule for broken in check_blocks(hall(), small).broken] == ["area"]
    assert not check_blocks(hall(), BlocksPlan(())).valid


def test_what_does_not_fit_is_named_and_no_more() -> None:
    plan = make_plan(BLOCKS, hall(width_m=5.0), rounds(1))
    assert plan.status is Status.INFEASIBLE
    assert plan.conflicts[0].en == "a, b, c take 12 m², the plant has 10 m²."
    assert "“a” of 4 m²" in conflicts_blocks(hall(depth_m=1.5))[0].en
    assert conflicts_blocks(hall()) == ()


@pytest.mark.parametrize(
    ("blocks", "named"),
    [
        ([("a", 4.4, 1), ("b", 4.4, 1), ("c", 0.1, 5)], "a, b"),
        ([("c", 0.1, 9), ("a", 2.4, 1), ("d", 2.4, 1), ("b", 2.4, 1)], "a, d, b"),
        ([("a", 2.2, 1), ("b", 2.2, 1), ("c", 2.2, 1)], None),
    ],
)
def test_blocks_in_each_others_way_are_named_and_no_more(
    blocks: list[tuple[str, float, float]], named: str | None
) -> None:
    """In 3 × 3 m two squares of 4.4 m² fit nowhere; of 2.4 m² (1.55 m) no two are side by side in 3 × 4.5 m."""
    problem = hall(
        blocks=[{"name": name, "area": area, "aspect": aspect} for name, area, aspect in blocks],
        flows=np.zeros((len(blocks), len(blocks))).tolist(), width_m=3, depth_m=3 if len(blocks) == 3 else 4.5,
    )  # fmt: skip
    told = conflicts_blocks(problem)
    assert [one.en.partition(" with their areas")[0] for one in told] == ([] if named is None else [named])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"areas": None, "widths": [1, 2], "lengths": [2]}, "lengths"), ({"plantX": 0}, "plantX"),
        ({"plantY": -1}, "plantY"), ({"areas": [1]}, "areas"), ({"aspects": [2]}, "aspects"),
    ],
)  # fmt: skip
def test_files_of_gym_flp_are_refused_by_their_own_fields(changes: dict[str, Any], field: str) -> None:
    given = {"flows": [[0, 1], [1, 0]], "areas": [1, 2], "plantX": 3, "plantY": 3}
    assert parse_blocks(json.dumps({**given, "aspects": [2, 3]}).encode(), "x.json").aspects.tolist() == [
        2,
        3,
    ]
    with pytest.raises(InvalidProblemError) as caught:
        parse_blocks(json.dumps({**given, **changes}).encode(), "x.json")
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"width_m": 0}, "width_m"),
        ({"flows": [[0, -9, 0], [0, 0, 5], [0, 0, 0]]}, "flows[0][1]"),
        ({"blocks": [{"name": "a", "area": 0.0}], "flows": [[0]]}, "areas[0]"),
        ({"blocks": [{"name": "a", "area": 1.0, "aspect": 0.5}], "flows": [[0]]}, "aspects[0]"),
        ({"blocks": []}, "blocks"),
        ({"depth_m": None}, "depth_m"),
    ],
)
def test_bad_tables_are_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProblemError) as caught:
        hall(**changes)
    assert caught.value.field == field


@pytest.mark.skipif(not UAFLP.is_dir(), reason="../shared/data/optimisation/uaflp is absent")
def test_published_instances_are_read_or_refused_clearly() -> None:
    plan = make_plan(BLOCKS, parse_blocks((UAFLP / "O7.json").read_bytes(), "O7.json"), rounds(80))
    assert plan.cost is not None
    assert plan.cost <= 135
    with pytest.raises(InvalidProblemError, match="no areas"):
        parse_blocks((UAFLP / "BME15.json").read_bytes(), "BME15.json")
