"""Which times, lengths, recurrences and numbers do the words mean?"""

from yuanli.language.grounding.durations import find_duration, ground_duration
from yuanli.language.grounding.folding import half_width
from yuanli.language.grounding.numbers import Number, find_number, ground_number
from yuanli.language.grounding.quantities import (
    Kind,
    Quantity,
    Threshold,
    find_quantity,
    find_threshold,
    ground_quantity,
    ground_threshold,
)
from yuanli.language.grounding.recurrence import Recurrence, find_recurrence, ground_recurrence, occurrences
from yuanli.language.grounding.spans import Grain, NotGroundedError, Prefer, TimeSpan
from yuanli.language.grounding.times import find_when, ground_when

__all__ = [
    "Grain",
    "Kind",
    "NotGroundedError",
    "Number",
    "Prefer",
    "Quantity",
    "Recurrence",
    "Threshold",
    "TimeSpan",
    "find_duration",
    "find_number",
    "find_quantity",
    "find_recurrence",
    "find_threshold",
    "find_when",
    "ground_duration",
    "ground_number",
    "ground_quantity",
    "ground_recurrence",
    "ground_threshold",
    "ground_when",
    "half_width",
    "occurrences",
]
