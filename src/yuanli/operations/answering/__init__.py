"""What the assistant answers from readings, and what it does to devices."""

from yuanli.operations.answering.answers import answers_of
from yuanli.operations.answering.scheduling import device_acts

__all__ = ["answers_of", "device_acts"]
