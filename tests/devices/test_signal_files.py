"""Recordings of machines: whatever loggers write as times and numbers."""

import gzip
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest

from yuanli.devices import UnreadableFileError, read_signals
from yuanli.errors import InvalidInputError

SECOND = 1_000_000


def written(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize(
    "times",
    [
        ("2026-05-01 00:00:00", "2026-05-01 00:01:00"),
        ("5/1/2026 0:00", "5/1/2026 0:01"),
        ("1777593600", "1777593660"),
        ("01.05.2026 00:00", "01.05.2026 00:01"),
    ],
)
def test_times_are_read_as_they_are_written(tmp_path: Path, times: tuple[str, str]) -> None:
    path = written(
        tmp_path / "a.csv.gz",
        f"Datetime;Flow;Fault Detection Ground Truth\n{times[0]};1.5;0\n{times[1]};2;1\n",
    )
    signals = read_signals(path, zone=UTC)
    assert signals.names == ("Flow",)
    assert signals.step == 60 * SECOND
    np.testing.assert_array_equal(signals.at, [1_777_593_600 * SECOND, 1_777_593_660 * SECOND])
    np.testing.assert_array_equal(signals.values, [[1.5, 2]])


def test_days_above_twelve_tell_which_comes_first(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "time,x\n13/05/2026 00:00,1\n14/05/2026 00:00,2\n")
    assert read_signals(path, zone=UTC).at[0] == 1_778_630_400 * SECOND


def test_cells_that_are_no_numbers_are_missing_and_times_come_once(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv",
        "日期时间记录,温度,备注\n2026-05-01 00:01,#VALUE!,好\n2026-05-01 00:00,20,\n2026-05-01 00:00,9,\n",
    )
    signals = read_signals(path, zone=UTC)
    assert signals.names == ("温度",)
    np.testing.assert_array_equal(signals.values, [[20, np.nan]])


@pytest.mark.parametrize(
    "text", ["", "time,x\n", "time,x\n2026-05-01,warm\n", "a,b\n1,2\n", "time,x\nnever,1\nnow,2\n"]
)
def test_what_is_no_recording_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInputError):
        read_signals(written(tmp_path / "a.csv", text), zone=UTC)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        read_signals(written(tmp_path / "a.pdf", "x"), zone=UTC)
