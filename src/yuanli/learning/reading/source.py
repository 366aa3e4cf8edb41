"""One file being read, and the faults found in it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yuanli.errors import Text, YuanliError


@dataclass(frozen=True, slots=True)
class Source:
    """A file of examples.

    Parameters
    ----------
    faults
        Collects what is wrong in it, line by line.
    part
        Where records name the part of the data they belong to, as MASSIVE's do, only this one is read.
    """

    path: Path
    faults: list[Text]
    part: str | None = None

    def text(self) -> str:
        """Return the whole text, unpacked where the name ends in `.gz`; a byte-order mark is left out."""
        if self.path.suffix == ".gz":
            with gzip.open(self.path, "rt", encoding="utf-8-sig") as file:
                return file.read()
        return self.path.read_text("utf-8-sig")

    def lines(self) -> Iterator[str]:
        """Return the lines without their ends; only a line feed ends one, as in every editor."""
        yield from self.text().split("\n")

    def where(self, line: int) -> str:
        """Return file and line as people and editors write them."""
        return f"{self.path}:{line}"

    def fault(self, line: int, problem: YuanliError | Text) -> None:
        """Note what is wrong with a line."""
        message = problem.message if isinstance(problem, YuanliError) else problem
        where = self.where(line)
        self.faults.append(Text(f"{where}: {message.zh}", f"{where}: {message.en}"))
