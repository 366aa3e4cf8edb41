"""Networks kept on disk: computed once for a place, as long as neither the place nor the code changes."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np

from yuanli.campus import Campus, Frame
from yuanli.routing.building import build_network
from yuanli.routing.cache import kept_folder
from yuanli.routing.network import Network

ARRAYS, REST = "arrays.npz", "rest.json"
TUPLES = ("level_ids", "feature_ids", "hours", "restrictions")
TABLES = ("shafts", "entrances")


def kept_network(campus: Campus, cache_dir: Path | None) -> Network:
    """Return the walking network of a campus, from the cache folder where it is kept."""
    if cache_dir is None:
        return build_network(campus)
    key = sha256(_code()).copy()
    # Only a key: what is loaded from the folder is plain arrays and JSON.
    key.update(pickle.dumps((tuple(campus.features.values()), campus.country, campus.time_zone), protocol=5))
    return kept_folder(
        cache_dir,
        f"network-{key.hexdigest()[:32]}",
        build=lambda: build_network(campus),
        save=_save,
        load=_load,
    )


@cache
def _code() -> bytes:
    """Return a digest of the code that networks depend on."""
    digest = sha256()
    for package in ("yuanli.campus", "yuanli.routing"):
        _digest(files(package), digest)
    return digest.digest()


def _digest(folder: Traversable, digest: Any) -> None:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name != "__pycache__":
            _digest(entry, digest)
        elif entry.name.endswith((".py", ".yaml", ".csv")):
            digest.update(entry.name.encode())
            digest.update(entry.read_bytes())


def _save(network: Network, folder: Path) -> None:
    values = {field.name: getattr(network, field.name) for field in fields(network)}
    arrays: dict[str, Any] = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    np.savez(folder / ARRAYS, **arrays)
    rest: dict[str, Any] = {name: values[name] for name in (*TUPLES, *TABLES)}
    rest["frame"] = (network.frame.lon, network.frame.lat)
    (folder / REST).write_text(json.dumps(rest, ensure_ascii=False), encoding="utf-8")


def _load(folder: Path) -> Network:
    with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
        values: dict[str, Any] = dict(arrays)
    rest = json.loads((folder / REST).read_text(encoding="utf-8"))
    values |= {name: tuple(rest[name]) for name in TUPLES}
    values |= {name: _tupled(rest[name]) for name in TABLES}
    try:
        return Network(frame=Frame(*rest["frame"]), **values)
    except TypeError as error:
        raise ValueError(f"not a network of this version: {error}") from error


def _tupled(table: Mapping[str, list[Any]]) -> dict[str, tuple[Any, ...]]:
    return {key: tuple(values) for key, values in table.items()}
