"""What was prepared once, kept in a folder: written whole or not at all, checked before it is used."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
MANIFEST = "manifest.json"
MOST_KEPT = 100
log = logging.getLogger(__name__)


def kept_folder(
    cache_dir: Path,
    key: str,
    *,
    build: Callable[[], T],
    save: Callable[[T, Path], None],
    load: Callable[[Path], T],
) -> T:
    """Return what is kept under a key, or build and keep it.

    Every file is hashed when written, and again before it is loaded: a damaged entry is rebuilt,
    never given to `load`. A cache that can't be written costs time and nothing else.
    """
    folder = cache_dir / key
    if folder.is_dir():
        if _is_whole(folder):
            try:
                return load(folder)
            except (OSError, ValueError, RuntimeError) as error:
                log.warning("What is kept as %s can't be used (%s): building it again", key, error)
        else:
            log.warning("What is kept as %s is damaged: building it again", key)
        shutil.rmtree(folder, ignore_errors=True)
    made = build()
    try:
        _keep(made, cache_dir, folder, save)
    except OSError as error:
        log.warning("%s can't be kept: %s", key, error)
    return made


def _keep(made: T, cache_dir: Path, folder: Path, save: Callable[[T, Path], None]) -> None:
    cache_dir.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=cache_dir))
    try:
        save(made, draft)
        (draft / MANIFEST).write_text(json.dumps(_digests(draft)), encoding="utf-8")
        draft.replace(folder)
        _forget(cache_dir)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        # Another process may have kept the same first: then all is well.
        if not folder.is_dir():
            raise


def _forget(cache_dir: Path) -> None:
    """Remove the oldest folders: every revision with other walls makes new ones."""
    kept = sorted((f for f in cache_dir.iterdir() if f.is_dir()), key=lambda f: f.stat().st_mtime)
    for folder in kept[:-MOST_KEPT]:
        shutil.rmtree(folder, ignore_errors=True)


def _digests(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.iterdir() if path.name != MANIFEST)
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in paths}


def _is_whole(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return bool(manifest == _digests(folder))
    except (OSError, ValueError):
        return False
