"""What the assistant answers from readings, and what it does to devices."""

from yuanli.operations.answering.answers import answers_of, space_acts, space_answers
from yuanli.operations.answering.device_planning import PlanDevicesAct
from yuanli.operations.answering.following import follow_up
from yuanli.operations.answering.people_planning import PeopleAct
from yuanli.operations.answering.rereading import reread
from yuanli.operations.answering.scheduling import device_acts

__all__ = [
    "PeopleAct",
    "PlanDevicesAct",
    "answers_of",
    "device_acts",
    "follow_up",
    "reread",
    "space_acts",
    "space_answers",
]
