"""What is known of a gateway's line: whether it is connected, since when, and what went wrong last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations import Connection


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Link:
    """The line of one gateway to what it reads."""

    name: str
    kind: str
    campus_id: CampusId
    clock: Callable[[], datetime] = field(default=_now, repr=False)
    connected: bool = False
    since: datetime | None = None
    last_message: datetime | None = None
    last_error: Text | None = None

    def back(self) -> None:
        """Note that it is connected."""
        if not self.connected:
            self.connected, self.since, self.last_error = True, self.clock(), None

    def lost(self, why: Text) -> None:
        """Note that it is not connected."""
        if self.connected or self.since is None:
            self.since = self.clock()
        self.connected, self.last_error = False, why

    def heard(self) -> None:
        """Note that a message came."""
        self.last_message = self.clock()

    def failed(self, why: Text) -> None:
        """Note that what came can't be used."""
        self.last_error = why

    def well(self) -> None:
        """Note that what went wrong last is over."""
        if self.connected:
            self.last_error = None

    def connection(
        self, *, messages: int, readings: int, duplicates: int, conflicts: int, refused: int
    ) -> Connection:
        """Return all of it, with what was counted."""
        return Connection(
            name=self.name,
            kind=self.kind,
            campus_id=self.campus_id,
            connected=self.connected,
            since=self.since,
            last_message=self.last_message,
            messages=messages,
            readings=readings,
            duplicates=duplicates,
            conflicts=conflicts,
            refused=refused,
            last_error=self.last_error,
        )
