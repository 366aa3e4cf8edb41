"""Which device, room, person or group, and when?"""

from yuanli.scheduling.documents import InvalidProblemError
from yuanli.scheduling.projects import PROJECTS, ProjectsPlan, ProjectsProblem
from yuanli.scheduling.rounds import ROUNDS, RoundsPlan, RoundsProblem

__all__ = [
    "PROJECTS",
    "ROUNDS",
    "InvalidProblemError",
    "ProjectsPlan",
    "ProjectsProblem",
    "RoundsPlan",
    "RoundsProblem",
]
