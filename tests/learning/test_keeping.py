"""Files are written whole, and one process changes them at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from yuanli.learning import BusyError, locked, sweep, write_durably


def test_a_folder_that_somebody_else_has_locked_is_busy(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool, locked(tmp_path):

        def enter() -> None:
            with locked(tmp_path, patience_s=0.05):
                pass

        with pytest.raises(BusyError):
            pool.submit(enter).result()
    with locked(tmp_path, patience_s=0.05):
        pass


def test_what_is_written_leaves_no_draft_and_sweeping_leaves_what_is_written(tmp_path: Path) -> None:
    write_durably(tmp_path / "a.json", "{}")
    (tmp_path / ".draft-1-a.json").write_text("{", encoding="utf-8")
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
