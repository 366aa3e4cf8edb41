"""Which device, room, person or group, and when?"""

from typing import Any

from yuanli.scheduling.documents import InvalidProblemError
from yuanli.scheduling.flows import FLOWS
from yuanli.scheduling.flows.tables import FlowsPlan, FlowsProblem
from yuanli.scheduling.projects import PROJECTS
from yuanli.scheduling.projects.tables import ProjectsPlan, ProjectsProblem
from yuanli.scheduling.rosters import ROSTERS
from yuanli.scheduling.rosters.tables import RostersPlan, RostersProblem
from yuanli.scheduling.rounds import ROUNDS
from yuanli.scheduling.rounds.tables import RoundsPlan, RoundsProblem
from yuanli.solver import Kind

KINDS: tuple[Kind[Any, Any], ...] = (
    ROUNDS,
    PROJECTS,
    ROSTERS,
    FLOWS,
)
"""The kinds of problems there are, in the order in which they are shown."""

__all__ = [
    "FLOWS",
    "KINDS",
    "PROJECTS",
    "ROSTERS",
    "ROUNDS",
    "FlowsPlan",
    "FlowsProblem",
    "InvalidProblemError",
    "ProjectsPlan",
    "ProjectsProblem",
    "RostersPlan",
    "RostersProblem",
    "RoundsPlan",
    "RoundsProblem",
]
