"""Commands to devices, what became of them, and locks, in SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from yuanli.campus import CampusId, DeviceId, FeatureId, PointId
from yuanli.errors import Text
from yuanli.operations import (
    CommandAction,
    CommandId,
    CommandRequest,
    CommandWrite,
    DeviceLock,
    LockKind,
    Proposal,
    WriteState,
    done_already,
    never_shown,
)
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import COMMAND, COMMAND_WRITE, DEVICE_LOCK


class SqlCommandStore:
    """Fills `CommandStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_proposal(self, proposal: Proposal) -> None:
        """Keep a command that waits to be confirmed."""
        values = {
            "id": proposal.id,
            "campus_id": proposal.campus_id,
            "at": proposal.at,
            "who": proposal.who,
            "request": to_text(asdict(proposal.request)),
            "writes": to_text(proposal.writes),
            "text": to_text(asdict(proposal.text)),
            "begun": proposal.begun,
        }
        with self._database.writing() as connection:
            connection.execute(insert(COMMAND).values(**values))

    def find_proposal(self, command_id: CommandId) -> Proposal | None:
        """Return a command that was shown, or None."""
        if find_storable(command_id) is None:
            return None
        with self._database.reading() as connection:
            row = connection.execute(select(COMMAND).where(COMMAND.c.id == command_id)).first()
        return None if row is None else _proposal(row)

    def remove_proposals_before(self, at: datetime) -> int:
        """Forget commands that were shown before and never confirmed; return how many."""
        old = delete(COMMAND).where(COMMAND.c.at < at, COMMAND.c.begun.is_(False))
        with self._database.writing() as connection:
            return int(connection.execute(old).rowcount)

    def begin(self, command_id: CommandId, writes: Sequence[CommandWrite]) -> None:
        """Keep the writes of a command before they are sent; of several that try, one wins."""
        mine = update(COMMAND).where(COMMAND.c.id == command_id, COMMAND.c.begun.is_(False))
        with self._database.writing() as connection:
            if connection.execute(mine.values(begun=True)).rowcount != 1:
                there = select(COMMAND.c.id).where(COMMAND.c.id == command_id)
                raise never_shown() if connection.execute(there).first() is None else done_already()
            if writes:
                connection.execute(insert(COMMAND_WRITE), [_write_values(write) for write in writes])

    def finish(
        self,
        command_id: CommandId,
        position: int,
        state: WriteState,
        *,
        at: datetime,
        message: Text | None = None,
    ) -> None:
        """Keep what became of a write."""
        here = (COMMAND_WRITE.c.command_id == command_id) & (COMMAND_WRITE.c.position == position)
        values = {"state": state.value, "answered_at": at, "message": message and to_text(asdict(message))}
        with self._database.writing() as connection:
            connection.execute(update(COMMAND_WRITE).where(here).values(**values))

    def list_writes(
        self,
        campus_id: CampusId,
        *,
        device_id: DeviceId | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = 100,
    ) -> tuple[CommandWrite, ...]:
        """Return writes in `[start, end)`, of a device or of all, newest first."""
        if find_storable(campus_id) is None or (device_id is not None and find_storable(device_id) is None):
            return ()
        query = select(COMMAND_WRITE).where(COMMAND_WRITE.c.campus_id == campus_id)
        if device_id is not None:
            query = query.where(COMMAND_WRITE.c.device_id == device_id)
        if start is not None:
            query = query.where(COMMAND_WRITE.c.at >= start)
        if end is not None:
            query = query.where(COMMAND_WRITE.c.at < end)
        columns = (COMMAND_WRITE.c.at.desc(), COMMAND_WRITE.c.command_id, COMMAND_WRITE.c.position.desc())
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(*columns).limit(limit)).all()
        return tuple(_write(row) for row in rows)

    def put_lock(self, lock: DeviceLock) -> None:
        """Keep the lock of a device in place of the one it has."""
        with self._database.writing() as connection:
            connection.execute(delete(DEVICE_LOCK).where(_lock_of(lock.campus_id, lock.device_id)))
            connection.execute(insert(DEVICE_LOCK).values(**(asdict(lock) | {"kind": lock.kind.value})))

    def remove_lock(self, campus_id: CampusId, device_id: DeviceId) -> bool:
        """Take the lock of a device off; return whether there was one."""
        if find_storable(campus_id) is None or find_storable(device_id) is None:
            return False
        with self._database.writing() as connection:
            gone = connection.execute(delete(DEVICE_LOCK).where(_lock_of(campus_id, device_id)))
            return int(gone.rowcount) > 0

    def list_locks(self, campus_id: CampusId) -> tuple[DeviceLock, ...]:
        """Return the locks of a campus, by device; also those that have run out."""
        if find_storable(campus_id) is None:
            return ()
        query = select(DEVICE_LOCK).where(DEVICE_LOCK.c.campus_id == campus_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(DEVICE_LOCK.c.device_id)).all()
        return tuple(DeviceLock(**(dict(row._mapping) | {"kind": LockKind(row.kind)})) for row in rows)


def _lock_of(campus_id: CampusId, device_id: DeviceId) -> Any:
    return (DEVICE_LOCK.c.campus_id == campus_id) & (DEVICE_LOCK.c.device_id == device_id)


def request_of(asked: dict[str, Any]) -> CommandRequest:
    """Return a command from its document."""
    asked |= {
        "action": CommandAction(asked["action"]),
        "device_ids": tuple(DeviceId(FeatureId(one)) for one in asked["device_ids"]),
    }
    return CommandRequest(**asked)


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        id=CommandId(row.id),
        campus_id=CampusId(row.campus_id),
        at=row.at,
        who=row.who,
        request=request_of(json.loads(row.request)),
        writes=tuple((PointId(FeatureId(point)), value) for point, value in json.loads(row.writes)),
        text=Text(**json.loads(row.text)),
        begun=row.begun,
    )


def _write_values(write: CommandWrite) -> dict[str, Any]:
    message = None if write.message is None else to_text(asdict(write.message))
    return asdict(write) | {"state": write.state.value, "message": message}


def _write(row: Row[Any]) -> CommandWrite:
    message = None if row.message is None else Text(**json.loads(row.message))
    values = dict(row._mapping) | {"state": WriteState(row.state), "message": message}
    return CommandWrite(**values)
