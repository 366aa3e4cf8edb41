"""A versioned data set: a folder with `data.json` and one JSONL file a part, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType
from typing import Any

from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.learning.examples import Example, labels_of, span_types_of
from yuanli.learning.reading import load_examples, record_of
from yuanli.learning.reading.files import FACTS

NAME_RULE = "a-z 0-9 . _ -"
NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")


class BrokenDataSetError(InvalidInputError):
    """The files of a data set are not what `data.json` says of them."""


class DataSetExistsError(InvalidInputError):
    """Another version stands where a data set is to be saved."""


class DataSetNotFoundError(NotFoundError):
    """A folder holds no data set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """Examples in named parts, with where they come from; it never changes.

    Parameters
    ----------
    parts
        Such as `train`, `dev` and `test`, by name.
    licence
        Under which all of it may be used.
    sources
        Where the examples come from: files, addresses, people.
    """

    name: str
    parts: Mapping[str, tuple[Example, ...]]
    licence: str = ""
    sources: tuple[str, ...] = ()
    version: str = field(init=False)

    def __post_init__(self) -> None:
        for name in (self.name, *self.parts):
            if not name or name[0] in "._-" or set(name) - NAME_CHARACTERS:
                raise InvalidInputError(
                    Text(f"“{name}”不能作名称。", f"{name!r} can't be a name."),
                    field="name",
                    hint=Text(
                        f"用 {NAME_RULE}，以字母或数字开头。", f"Use {NAME_RULE}, a letter or digit first."
                    ),
                )
        object.__setattr__(self, "parts", MappingProxyType(dict(self.parts)))
        lines = sorted(f"{name} {dataset_hash(part)}" for name, part in self.parts.items())
        object.__setattr__(self, "version", hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16])


def dataset_hash(examples: Iterable[Example]) -> str:
    """Return the SHA-256 of what examples say, in any order and wherever they stand."""
    digest = hashlib.sha256()
    for line in sorted(_line(example, origin=False) for example in examples):
        digest.update(line.encode())
    return digest.hexdigest()


def save_dataset(data: DataSet, folder: Path, *, replace: bool = False) -> None:
    """Write a data set as a folder; readers see it whole or not at all.

    Parameters
    ----------
    data
        What to write.
    folder
        Where; its parent must be there.
    replace
        Whether another version may be overwritten.

    Raises
    ------
    DataSetExistsError
        Something else stands there.
    """
    if folder.exists():
        if (folder / FACTS).is_file() and _facts(folder).get("version") == data.version and not replace:
            return
        if not replace or not (folder / FACTS).is_file():
            raise DataSetExistsError(
                Text(f"“{folder}”已有别的内容。", f"There is something else at {folder}."),
                field=str(folder),
                hint=Text("换一个文件夹，或明确要求替换。", "Choose another folder, or ask to replace it."),
            )
    part = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, examples in data.parts.items():
            _write(part / f"{name}.jsonl", "".join(_line(example) for example in examples))
        _write(part / FACTS, json.dumps(_description(data), ensure_ascii=False, indent=1) + "\n")
        part.chmod(0o755)
        _exchange(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def load_dataset(folder: Path) -> DataSet:
    """Read a data set and check that it is the version it says.

    Raises
    ------
    DataSetNotFoundError
        The folder has no `data.json`.
    BrokenDataSetError
        A file is missing or was changed since the data set was saved.
    InvalidDataError
        A line of a file can't be read.
    """
    facts = _facts(folder)
    try:
        parts = {
            str(name): load_examples(folder / f"{name}.jsonl") if count else ()
            for name, count in facts["parts"].items()
        }
        data = DataSet(
            name=facts["name"], parts=parts, licence=facts["licence"], sources=tuple(facts["sources"])
        )
        expected = str(facts["version"])
    except (KeyError, TypeError, AttributeError) as error:
        raise _broken(folder, f"{FACTS}: {error}") from error
    if data.version != expected:
        raise _broken(folder, f"{data.version} ≠ {expected}")
    return data


def _description(data: DataSet) -> dict[str, Any]:
    examples = [example for part in data.parts.values() for example in part]
    return {
        "name": data.name,
        "version": data.version,
        "licence": data.licence,
        "sources": list(data.sources),
        "parts": {name: len(part) for name, part in data.parts.items()},
        "labels": len(labels_of(examples)),
        "span_types": len(span_types_of(examples)),
    }


def _line(example: Example, *, origin: bool = True) -> str:
    record = record_of(example)
    if not origin:
        record.pop("origin", None)
    return json.dumps(record, ensure_ascii=False, sort_keys=not origin) + "\n"


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _exchange(part: Path, folder: Path) -> None:
    if not folder.exists():
        part.rename(folder)
        return
    old = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    folder.rename(old / folder.name)
    try:
        part.rename(folder)
    except OSError:
        (old / folder.name).rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _facts(folder: Path) -> dict[str, Any]:
    path = folder / FACTS
    if not path.is_file():
        raise DataSetNotFoundError(
            Text(f"“{folder}”不是数据集。", f"{folder} is no data set."),
            field=str(folder),
            hint=Text(f"给出含 {FACTS} 的文件夹。", f"Give a folder that holds {FACTS}."),
        )
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _broken(folder, f"{FACTS}: {error}") from error
    if not isinstance(document, dict):
        raise _broken(folder, f"{FACTS}: {document!r}")
    return document


def _broken(folder: Path, problem: str) -> BrokenDataSetError:
    return BrokenDataSetError(
        Text(f"数据集“{folder}”存下后被改过或已损坏：{problem}。",
             f"The data set {folder} was changed since it was saved, or is damaged: {problem}."),
        field=str(folder),
        hint=Text("改动后用 save_dataset 存成新版本，或恢复原文件。",
                  "Save changes as a new version with save_dataset, or restore the files."),
    )  # fmt: skip
