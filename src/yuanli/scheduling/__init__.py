"""Which device, room, person or group, and when?"""

from yuanli.scheduling.documents import InvalidProblemError
from yuanli.scheduling.flows import FLOWS
from yuanli.scheduling.flows.tables import FlowsPlan, FlowsProblem
from yuanli.scheduling.projects import PROJECTS
from yuanli.scheduling.projects.tables import ProjectsPlan, ProjectsProblem
from yuanli.scheduling.rosters import ROSTERS
from yuanli.scheduling.rosters.tables import RostersPlan, RostersProblem
from yuanli.scheduling.rounds import ROUNDS
from yuanli.scheduling.rounds.tables import RoundsPlan, RoundsProblem

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
