"""Who goes where in which order: patrol, cleaning, inspection, maintenance, parcels."""

from typing import Final

from yuanli.errors import Text
from yuanli.scheduling.rounds.checks import check_rounds
from yuanli.scheduling.rounds.conflicts import conflicts_rounds
from yuanli.scheduling.rounds.documents import RoundsDocument
from yuanli.scheduling.rounds.reading import parse_rounds
from yuanli.scheduling.rounds.relaxations import CHANGES_ROUNDS, relaxations_rounds
from yuanli.scheduling.rounds.tables import RoundsPlan, RoundsProblem
from yuanli.scheduling.rounds.touring import solve_rounds
from yuanli.scheduling.rounds.words import carried_rounds, explain_rounds, read_rows_rounds, rows_rounds
from yuanli.solver import Kind

ROUNDS: Final[Kind[RoundsProblem, RoundsPlan]] = Kind(
    name="rounds",
    title=Text("巡更、保洁与巡检路线", "Rounds of patrol, cleaning and inspection"),
    method=Text("迭代局部搜索（PyVRP）", "iterated local search (PyVRP)"),
    parse=parse_rounds,
    schema=RoundsDocument.model_json_schema,
    solve=solve_rounds,
    check=check_rounds,
    rows=rows_rounds,
    read_rows=read_rows_rounds,
    carried=carried_rounds,
    explain=explain_rounds,
    conflicts=conflicts_rounds,
    changed_by=("staff",),
    relaxations=relaxations_rounds,
    changes=CHANGES_ROUNDS,
)
