"""Which device, room, person or group, and when?"""

from yuanli.scheduling.documents import InvalidProblemError
from yuanli.scheduling.rounds import ROUNDS
from yuanli.scheduling.rounds.tables import RoundsPlan, RoundsProblem

__all__ = ["ROUNDS", "InvalidProblemError", "RoundsPlan", "RoundsProblem"]
