"""What the assistant does in the world, once it is confirmed: the port that other use cases fill."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from yuanli.errors import Text
from yuanli.operations.dialogue import Request
from yuanli.operations.replies import Asker, Reply


class Act(Protocol):
    """One thing that changes the world, registered by the intent that asks for it."""

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Check that it can be done, changing nothing; return what it will do, in one line.

        None leaves the line of the intent's frame. An error says why it can't be done: the person
        is asked what to change.
        """

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Do it, at most once for one `key`: a confirmation that comes again has the same key."""
