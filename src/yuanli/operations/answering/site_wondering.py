"""Why a shared thing does not go to another place, asked in words of the newest plan of sites."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from zoneinfo import ZoneInfo

from yuanli.campus import FeatureId, Unit, facility_kinds, kind_of
from yuanli.errors import Text
from yuanli.language import Understanding
from yuanli.operations.answering.allocating import BUILDING
from yuanli.operations.answering.asked import try_place
from yuanli.operations.answering.plan_wondering import longest_said
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker
from yuanli.operations.solving import SolveJob, Solving, ask_why_not
from yuanli.planning import SITES, SitesProblem
from yuanli.solver import Search, Stop

WHY_S = 4.0
MOST_HITS = 50
LEAST_SCORE = 0.6
LONGEST_WORD = 12


def tell_why_not_there(
    solving: Solving, guide: Guide, heard: Understanding, asker: Asker, job: SolveJob, words: str
) -> Text | None:
    """Say what the plan would cost more with the place that is named among the sites; None where none is named.

    Raises
    ------
    WrongPlanError
        The checker refuses the plan that was found: a fault of ours.
    """
    order = solving.problem(guide.campus.id, job.summary.id)
    problem = SITES.parse(order.problem, order.file_name)
    if job.plan is None or problem.on_map is None:
        return None
    meant = _meant(guide, heard, asker, problem, words)
    rows = {str(row["site"]): row for row in job.plan.assignments}
    chosen = [name for name in meant if rows[name]["chosen"]]
    if chosen:
        return Text(f"方案里已选用“{chosen[0]}”。", f"“{chosen[0]}” is chosen by the plan.")
    if not meant:
        return None
    bound = -inf if job.plan.bound is None else job.plan.bound
    told = ask_why_not(
        SITES, problem, SITES.read_rows(problem, tuple(rows.values())), {meant[0]: {"chosen": True}},
        search=Search(Stop(time_s=WHY_S)), bound=bound, zone=ZoneInfo(guide.campus.time_zone),
    )  # fmt: skip
    return Text("".join(one.zh for one in told.explanation), " ".join(one.en for one in told.explanation))


def _meant(guide: Guide, heard: Understanding, asker: Asker, problem: SitesProblem, words: str) -> list[str]:
    """Return the candidates that words mean, best first: by their names, else by kind and building."""
    assert problem.on_map is not None
    if (named := longest_said(list(problem.sites), words)) is not None:
        return [named]
    by_id = {
        spot.ref: name for name, spot in problem.on_map.spots.items() if spot.ref and name in problem.sites
    }
    kind = _kind_in(words)
    building = next(iter((*heard.values("place"), *(one[0] for one in BUILDING.finditer(words)))), None)
    where = None if building is None else try_place(guide, building, heard, asker)
    if kind is not None:
        return _of_kind(guide, by_id, kind, None if where is None else where.id)
    said = (*heard.values("place"), *heard.values("room"), words)
    hits = [
        hit for text in said for hit in guide.index.search(text, limit=MOST_HITS) if hit.score >= LEAST_SCORE
    ]
    return list(dict.fromkeys(by_id[str(hit.place_id)] for hit in hits if str(hit.place_id) in by_id))


def _kind_in(words: str) -> str | None:
    """Return the kind of space that is named in words."""
    tokens = words.split() if words.isascii() else [
        words[at : at + size] for size in range(LONGEST_WORD, 1, -1) for at in range(len(words) - size + 1)
    ]  # fmt: skip
    return next((kind for one in tokens if (kind := kind_of(one.strip(" ?？.,。"))) is not None), None)


def _of_kind(guide: Guide, by_id: Mapping[str, str], kind: str, within: FeatureId | None) -> list[str]:
    covers = facility_kinds()[kind].covers
    found = []
    for key, name in by_id.items():
        unit = guide.campus.find(FeatureId(key))
        spot = guide.campus.spot(FeatureId(key))
        inside = within is None or (spot is not None and within in (key, spot.level_id, spot.building_id))
        if isinstance(unit, Unit) and covers(unit.category) and inside:
            found.append(name)
    return found
