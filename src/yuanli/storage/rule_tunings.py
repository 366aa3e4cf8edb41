"""Changes of cleaning rules, a file of JSON a campus: written whole or not at all, by one process at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from yuanli.campus import CampusId
from yuanli.errors import Text, UnavailableError
from yuanli.learning import locked, write_durably
from yuanli.operations import RuleTuning

TUNINGS = TypeAdapter(tuple[RuleTuning, ...])


class BrokenTuningsError(UnavailableError):
    """The file of changes can't be read."""


class FileRuleTunings:
    """Keeps the changes of rules in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, tuple[int, tuple[RuleTuning, ...]]] = {}

    def list_tunings(self, campus_id: CampusId) -> tuple[RuleTuning, ...]:
        """Return every change of a campus, ascending by version, those taken back too."""
        path = self._path(campus_id)
        try:
            changed = path.stat().st_mtime_ns
            held = self._read.get(path)
            if held is None or held[0] != changed:
                held = self._read[path] = changed, TUNINGS.validate_json(path.read_bytes())
            return held[1]
        except FileNotFoundError:
            return ()
        except (OSError, ValidationError) as error:
            raise BrokenTuningsError(
                Text(f"读不出“{path}”：{error}", f"{path} can't be read: {error}"),
                field=str(path), hint=Text("从备份恢复这个文件。", "Restore this file from a backup."),
            ) from error  # fmt: skip

    def change_tunings(
        self, campus_id: CampusId, change: Callable[[tuple[RuleTuning, ...]], tuple[RuleTuning, ...]]
    ) -> tuple[RuleTuning, ...]:
        """Change the changes of a campus while nobody else does."""
        with locked(self._folder):
            changed = change(self.list_tunings(campus_id))
            write_durably(self._path(campus_id), TUNINGS.dump_json(changed, indent=1).decode())
        return changed

    def _path(self, campus_id: CampusId) -> Path:
        return self._folder / f"{hashlib.sha256(campus_id.encode()).hexdigest()[:16]}.json"
