"""Plans of devices where the process dies while a step is sent."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.api.house import Clock
from tests.operations.device_plans.fans import HALL, Deadly, Killed, approved, at, document, now_of, solved

from yuanli.bootstrap import House
from yuanli.operations import (
    StepState,
)


@pytest.mark.parametrize("dies", ["before", "after"])
def test_what_a_crash_interrupts_is_known_from_the_log_and_said_once_more_at_most(
    house: House, clock: Clock, bus: Deadly, dies: str
) -> None:
    run = approved(house, solved(house, document()))
    at(clock, 0)
    bus.dies = dies
    with pytest.raises(Killed):
        house.plan_runs.look()
    assert {s.state for s in now_of(house, run).steps if s.slot == 0} == {StepState.SENDING}
    bus.dies = None
    at(clock, 0, 20.0)
    house.plan_runs.look()
    house.plan_runs.look()
    assert {s.state for s in now_of(house, run).steps if s.slot == 0} == {StepState.DONE}
    told = [address for address, _ in bus.sent]
    assert all(told.count(f"{name}-sw") <= 2 for name in HALL)
    assert bus.values == {f"{name}-sw": 0.0 for name in HALL}
    house.plan_runs.look()
    assert len(bus.sent) == len(told)


CHILD = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from yuanli.bootstrap import build_house
from yuanli.settings import load_settings

class Bus:
    def write(self, address, value):
        with open(sys.argv[2], "a") as heard:
            heard.write(f"{address} {value}\\n")
        os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat(sys.argv[3])
house = build_house(load_settings(data_dir=Path(sys.argv[1])), now=lambda: now)
house.device_gateways.add("bus", Bus(), campus_id="small")
house.plan_runs.look()
"""


def test_kill_9_while_a_step_is_sent_loses_none_and_says_none_more_than_twice(
    house: House, clock: Clock, bus: Deadly, tmp_path: Path
) -> None:
    run = approved(house, solved(house, document()))
    at(clock, 0)
    heard = tmp_path / "heard.txt"
    heard.touch()
    child = [
        sys.executable,
        "-c",
        CHILD,
        str(house.settings.data_dir),
        str(heard),
        clock.now.isoformat(),
    ]
    assert subprocess.run(child, check=False, capture_output=True).returncode == -signal.SIGKILL
    before = [line.split()[0] for line in heard.read_text().splitlines()]
    assert len(before) == 1
    at(clock, 0, 20.0)
    house.plan_runs.look()
    house.plan_runs.look()
    assert {s.state for s in now_of(house, run).steps if s.slot == 0} == {StepState.DONE}
    told = before + [address for address, _ in bus.sent]
    assert set(told) == {f"{name}-sw" for name in HALL}
    assert max(told.count(address) for address in told) <= 2
