"""Files that are written whole or not at all, and changed by one process at a time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from yuanli.errors import Text, UnavailableError

PATIENCE_S = 20.0
"""How long one waits for another process."""
DRAFT = ".draft-"
"""How the names of what is being written begin; `sweep` removes what a killed process left."""


class BusyError(UnavailableError):
    """Another process has been changing the same files for too long."""


@contextmanager
def locked(folder: Path, *, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Let nobody else in who locks this folder; a killed process gives its lock back.

    Raises
    ------
    BusyError
        Somebody else was in it all the time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock", timeout=patience_s)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            Text(f"另一个进程正在修改“{folder}”。", f"Another process is changing {folder}."),
            field=str(folder),
            hint=Text("稍后重试。", "Try again in a moment."),
        ) from error
    try:
        yield
    finally:
        lock.release()


def write_durably(path: Path, text: str) -> None:
    """Write a file so that, whenever the power fails, the old text or the new one is there."""
    draft = path.parent / f"{DRAFT}{os.getpid()}-{path.name}"
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def copy_durably(source: Path, target: Path) -> None:
    """Copy the files of a folder to one that is not there yet; it appears whole or not at all."""
    draft = target.parent / f"{DRAFT}{os.getpid()}-{target.name}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        for path in sorted(path for path in source.iterdir() if path.is_file()):
            shutil.copyfile(path, draft / path.name)
            _sync(draft / path.name)
        sync_folder(draft)
        draft.replace(target)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    sync_folder(target.parent)


def sweep(folder: Path) -> None:
    """Remove what killed processes left half written; call it with the folder locked."""
    for path in folder.glob(f"{DRAFT}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk, where the platform can."""
    if os.name == "posix":
        _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
