"""Which device, room, person or group, and when?"""

from yuanli.scheduling.documents import InvalidProblemError
from yuanli.scheduling.flows import FLOWS, FlowsPlan, FlowsProblem
from yuanli.scheduling.projects import PROJECTS, ProjectsPlan, ProjectsProblem
from yuanli.scheduling.rosters import ROSTERS, RostersPlan, RostersProblem
from yuanli.scheduling.rounds import ROUNDS, RoundsPlan, RoundsProblem

__all__ = [
    "FLOWS",
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
