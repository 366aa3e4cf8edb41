"""Reads a file or folder of examples in one of the known forms; all faults are told at once, with their lines."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.examples import Example
from yuanli.learning.reading.bio import read_bio
from yuanli.learning.reading.markup import read_markup
from yuanli.learning.reading.rasa import read_rasa
from yuanli.learning.reading.records import read_records
from yuanli.learning.reading.sheets import read_csv, read_excel
from yuanli.learning.reading.source import Source

MOST_FAULTS = 20
FACTS = "data.json"
"""Describes a data set on disk; it holds no examples."""
Reader = Callable[[Source], Iterator[Example]]
FORMATS: Mapping[str, Reader] = {
    "yaml": read_markup,
    "jsonl": read_records,
    "rasa": read_rasa,
    "bio": read_bio,
    "csv": read_csv,
    "excel": read_excel,
}
"""MASSIVE is `jsonl`: its own fields are known there."""
SUFFIXES = {
    ".yaml": "yaml", ".yml": "yaml", ".jsonl": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv",
    ".xlsx": "excel",
}  # fmt: skip


class InvalidDataError(InvalidInputError):
    """A file of examples can't be read, or some of its lines break a rule: nothing of it is used."""


def load_examples(path: Path, *, form: str = "auto", part: str | None = None) -> tuple[Example, ...]:
    """Read all examples of a file or folder.

    Parameters
    ----------
    path
        A file, or a folder with files.
    form
        One of `FORMATS`, or `auto`: by suffix and content. A folder with `seq.in`, `seq.out` and `label`
        is BIO; any other folder is read file by file.
    part
        Only records of this part, where they name one: MASSIVE's `partition`.

    Raises
    ------
    InvalidDataError
        The path is not there, holds no examples, or has faults; they are listed with their lines.
    """
    if form != "auto" and form not in FORMATS:
        raise InvalidDataError(
            Text(f"没有格式“{form}”。", f"There is no format {form!r}."),
            field="format",
            hint=Text(f"可用：{'、'.join(FORMATS)}。", f"Known: {', '.join(FORMATS)}."),
        )
    if not path.exists():
        raise _refused(path, [Text(f"{path}: 找不到", f"{path}: not found")])
    faults: list[Text] = []
    examples: list[Example] = []
    for file in _files(path) if form == "auto" else [path]:
        examples.extend(_read(Source(file, faults, part), form))
    if not examples and not faults:
        faults.append(Text(f"{path}: 没有例句", f"{path}: no examples"))
    if faults:
        raise _refused(path, faults)
    return tuple(examples)


def _read(source: Source, form: str) -> list[Example]:
    try:
        return list(FORMATS[form if form != "auto" else _form(source)](source))
    except UnicodeDecodeError as error:
        source.faults.append(
            Text(
                f"{source.path}: 不是 UTF-8，请另存为 UTF-8：{error}",
                f"{source.path}: save it as UTF-8: {error}",
            )
        )
    except (OSError, EOFError, zlib.error) as error:
        source.faults.append(Text(f"{source.path}: 读不出：{error}", f"{source.path}: {error}"))
    except InvalidDataError as error:
        source.faults.append(error.message)
    return []


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir() and not (path / "seq.in").is_file():
        for file in sorted(path.iterdir()):
            if file.is_dir() or (_suffix(file) in SUFFIXES and file.name != FACTS):
                yield from _files(file)
    else:
        yield path


def _form(source: Source) -> str:
    if source.path.is_dir():
        return "bio"
    form = SUFFIXES.get(_suffix(source.path))
    if form is None:
        known = ", ".join(SUFFIXES)
        raise InvalidDataError(
            Text(f"{source.path}: 不认识这种文件；可用：{known}",
                 f"{source.path}: unknown kind of file; known are {known}")
        )  # fmt: skip
    rasa = form == "yaml" and any(line.startswith("nlu:") for line in source.lines())
    return "rasa" if rasa else form


def _suffix(path: Path) -> str:
    return path.with_suffix("").suffix.lower() if path.suffix == ".gz" else path.suffix.lower()


def _refused(path: Path, faults: list[Text]) -> InvalidDataError:
    more = len(faults) - MOST_FAULTS
    tail = f"\n… +{more}" if more > 0 else ""
    zh = "\n".join(fault.zh for fault in faults[:MOST_FAULTS]) + tail
    en = "\n".join(fault.en for fault in faults[:MOST_FAULTS]) + tail
    return InvalidDataError(
        Text(f"数据有 {len(faults)} 处错误，没有使用：\n{zh}",
             f"The data has {len(faults)} faults and was not used:\n{en}"),
        field=str(path),
        hint=Text("改正这些行后重试。", "Correct these lines and try again."),
    )  # fmt: skip
