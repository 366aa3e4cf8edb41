"""Single points have a pace of their own: those of one pace are polled together, and delays never add up."""

from __future__ import annotations

from pathlib import Path

import pytest

from yuanli.devices import RegisterError, load_periods
from yuanli.devices.polling import PollClock, points_of

TABLE = "point,address,poll\na,coil:1,fast\nb,coil:2,\nc,coil:3,2.5\n"


def test_a_table_gives_points_their_pace_and_a_wrong_one_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "plc.csv"
    path.write_text(TABLE, "utf-8")
    assert load_periods(path, {"fast": 0.5}, every_s=10) == {"a": 0.5, "b": 10, "c": 2.5}
    for wrong in ("soon", "0", "nan", "90000"):
        path.write_text(TABLE.replace("fast", wrong), "utf-8")
        with pytest.raises(RegisterError, match=f"line 2, column poll: '{wrong}'"):
            load_periods(path, {"fast": 0.5}, every_s=10)


def test_each_group_is_polled_at_whole_multiples_of_its_period() -> None:
    clock = PollClock(10, {"a": 1.0, "b": 3.0, "c": 3.0})
    polled: list[tuple[float, list[str]]] = []
    now = 0.0
    while now <= 6:
        due = clock.due(now)
        polled.append((now, sorted(points_of(due) or ())))
        late = 2.5 if now == 3 else 0.1
        clock.done(due, now + late)
        now = max(clock.next_s(), now + late)
    assert polled == [
        (0, ["a", "b", "c"]), (1, ["a"]), (2, ["a"]), (3, ["a", "b", "c"]), (6, ["a", "b", "c"])
    ]  # fmt: skip
    assert [(one.every_s, one.points, one.polls, one.missed) for one in clock.told()] == [
        (1, 1, 5, 2), (3, 2, 3, 0)
    ]  # fmt: skip
    alone = PollClock(10, {})
    assert points_of(alone.due(0)) is None
