"""Which device, room, person or group, and when?"""

from yuanli.scheduling.documents import InvalidProblemError
from yuanli.scheduling.projects import PROJECTS, ProjectsPlan, ProjectsProblem
from yuanli.scheduling.rosters import ROSTERS, RostersPlan, RostersProblem
from yuanli.scheduling.rounds import ROUNDS, RoundsPlan, RoundsProblem

__all__ = [
    "PROJECTS",
    "ROSTERS",
    "ROUNDS",
    "InvalidProblemError",
    "ProjectsPlan",
    "ProjectsProblem",
    "RostersPlan",
    "RostersProblem",
    "RoundsPlan",
    "RoundsProblem",
]
