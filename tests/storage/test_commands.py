"""The port suite of `CommandStore`, on SQLite, PostgreSQL and in memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.operations.commanding import MemoryCommandStore

from yuanli.campus import CampusId, DeviceId, FeatureId, PointId
from yuanli.errors import Text
from yuanli.operations import (
    CommandAction,
    CommandDoneError,
    CommandId,
    CommandNotFoundError,
    CommandRequest,
    CommandStore,
    CommandWrite,
    DeviceLock,
    LockKind,
    Proposal,
    WriteState,
)
from yuanli.storage import Database, SqlCommandStore, open_database

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
PARK = CampusId("park")
LAMP, FAN = DeviceId(FeatureId("lamp")), DeviceId(FeatureId("fan"))
WRITER = """
import sys
from dataclasses import replace
from tests.storage.test_commands import AT, proposal, write
from yuanli.operations import CommandId
from yuanli.storage import SqlCommandStore, open_database
store = SqlCommandStore(open_database(sys.argv[1]))
for number in range(100_000):
    store.add_proposal(proposal(str(number)))
    store.begin(CommandId(str(number)), [write(str(number), 0)])
    print(number, flush=True)
"""


def proposal(name: str = "c1", at: datetime = AT) -> Proposal:
    request = CommandRequest(
        action=CommandAction.SET,
        device_ids=(LAMP,),
        kind="照明",
        attribute="brightness",
        value=30.5,
        unit="%",
    )
    return Proposal(
        id=CommandId(name), campus_id=PARK, at=at, who="li", request=request,
        writes=((PointId(FeatureId("dim")), 30.5),), text=Text("亮度设为 30.5 %", "Set brightness"),
    )  # fmt: skip


def write(
    name: str = "c1", position: int = 0, device: DeviceId | None = LAMP, at: datetime = AT
) -> CommandWrite:
    return CommandWrite(
        command_id=CommandId(name), position=position, campus_id=PARK, at=at, who="li", device_id=device,
        point_id=PointId(FeatureId(f"p{position}")), gateway="plc", address="hr:1", old=None, new=30.5, unit="%",
    )  # fmt: skip


@pytest.fixture(params=[SqlCommandStore, MemoryCommandStore])
def store(request: pytest.FixtureRequest, database: Database) -> CommandStore:
    made: CommandStore = request.param(database) if request.param is SqlCommandStore else request.param()
    return made


def test_a_proposal_comes_back_as_it_was_kept(store: CommandStore) -> None:
    store.add_proposal(proposal())
    assert store.find_proposal(CommandId("c1")) == proposal()
    assert store.find_proposal(CommandId("c\0")) is None


def test_a_command_begins_once_and_only_if_it_was_shown(store: CommandStore) -> None:
    with pytest.raises(CommandNotFoundError):
        store.begin(CommandId("c1"), [write()])
    store.add_proposal(proposal())
    store.begin(CommandId("c1"), [write(), write(position=1, device=None)])
    with pytest.raises(CommandDoneError):
        store.begin(CommandId("c1"), [write(position=2)])
    assert store.list_writes(PARK) == (write(position=1, device=None), write())
    assert (kept := store.find_proposal(CommandId("c1"))) is not None
    assert kept.begun


def test_what_became_of_a_write_is_kept(store: CommandStore) -> None:
    store.add_proposal(proposal())
    store.begin(CommandId("c1"), [write(), write(position=1)])
    message = Text("设备拒绝", "The device refuses")
    store.finish(CommandId("c1"), 1, WriteState.REFUSED, at=AT, message=message)
    refused, pending = store.list_writes(PARK)
    assert refused == replace(write(position=1), state=WriteState.REFUSED, answered_at=AT, message=message)
    assert pending.state is WriteState.PENDING


def test_writes_are_listed_newest_first_by_device_and_time(store: CommandStore) -> None:
    for minute, device in enumerate((LAMP, FAN, LAMP)):
        at = AT + timedelta(minutes=minute)
        store.add_proposal(proposal(f"c{minute}", at))
        store.begin(CommandId(f"c{minute}"), [write(f"c{minute}", device=device, at=at)])

    def names(**of: object) -> list[str]:
        return [one.command_id for one in store.list_writes(PARK, **of)]  # type: ignore[arg-type]

    assert names() == ["c2", "c1", "c0"]
    assert names(limit=1) == ["c2"]
    assert names(device_id=LAMP) == ["c2", "c0"]
    assert names(start=AT + timedelta(minutes=1)) == ["c2", "c1"]
    assert names(end=AT + timedelta(minutes=1)) == ["c0"]
    assert store.list_writes(CampusId("other")) == ()


def test_old_proposals_go_and_what_was_carried_out_stays(store: CommandStore) -> None:
    for name in ("shown", "done"):
        store.add_proposal(proposal(name))
    store.begin(CommandId("done"), [write("done")])
    assert store.remove_proposals_before(AT + timedelta(days=1)) == 1
    assert store.find_proposal(CommandId("shown")) is None
    assert store.find_proposal(CommandId("done")) is not None


def test_a_device_has_one_lock_that_can_be_taken_off(store: CommandStore) -> None:
    lock = DeviceLock(
        campus_id=PARK, device_id=LAMP, kind=LockKind.MANUAL, reason="检修", who="li", at=AT, until=AT
    )
    store.put_lock(lock)
    newer = replace(lock, kind=LockKind.MAINTENANCE, until=None)
    store.put_lock(newer)
    store.put_lock(replace(lock, device_id=FAN))
    assert store.list_locks(PARK) == (replace(lock, device_id=FAN), newer)
    assert store.list_locks(CampusId("other")) == ()
    assert store.remove_lock(PARK, LAMP)
    assert not store.remove_lock(PARK, LAMP)


def test_of_many_who_confirm_at_once_one_wins(database_url: str) -> None:
    database = open_database(database_url)
    store, won = SqlCommandStore(database), list[int]()
    store.add_proposal(proposal())

    def confirm(number: int) -> None:
        try:
            store.begin(CommandId("c1"), [write(position=number)])
        except CommandDoneError:
            return
        won.append(number)

    threads = [threading.Thread(target=confirm, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert [one.position for one in store.list_writes(PARK)] == won
    database.close()


def test_writes_that_began_outlive_a_killed_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'yuanli.db'}"
    open_database(url).close()
    process = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    begun = [int(process.stdout.readline()) for _ in range(20)]
    os.kill(process.pid, signal.SIGKILL)
    begun += [int(line) for line in process.stdout]
    process.wait()
    process.stdout.close()
    database = open_database(url)
    kept = {one.command_id for one in SqlCommandStore(database).list_writes(PARK, limit=1_000_000)}
    assert {str(number) for number in begun} <= kept
    database.close()
