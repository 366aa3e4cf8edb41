"""The data sets of an installation: uploaded all or nothing, looked at, and given back as files."""

from __future__ import annotations

import json
import os
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from yuanli.errors import InvalidInputError, Text
from yuanli.learning import (
    DataFinding,
    DataStatistics,
    Example,
    InvalidDataError,
    InvalidExampleError,
    Leak,
    clean,
    dataset_hash,
    describe,
    find_leaks,
    load_examples,
    record_of,
    write_markup,
)
from yuanli.operations.labels import DatasetId, KeptDataset, find_final, known_names
from yuanli.operations.ports import DatasetNotFoundError, DatasetStore

MOST_REVIEWERS = 5
VERSION_DIGITS = 16


class BadDatasetError(InvalidInputError):
    """What describes an upload breaks a rule."""


class ExportedLabels(StrEnum):
    """Which labels an export holds: as uploaded, or the final ones of the examples that have some."""

    UPLOADED = "uploaded"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetParams:
    """What an upload may hold, and how many findings and leaks are listed."""

    most_examples: int = 100_000
    most_characters: int = 2_000
    most_unpacked_bytes: int = 500_000_000
    listed: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDetail:
    """A data set, what it is made of, and what cleaning finds in it: all counted, the first listed."""

    dataset: KeptDataset
    statistics: DataStatistics
    finding_counts: Mapping[str, int]
    findings: tuple[DataFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakReport:
    """Examples of one data set that are as good as in another: all counted, the first listed."""

    count: int
    kinds: Mapping[str, int]
    leaks: tuple[Leak, ...]


class Datasets:
    """Keeps data sets, over the store that keeps them.

    Parameters
    ----------
    new_id
        Returns a fresh id.
    """

    def __init__(
        self,
        store: DatasetStore,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        params: DatasetParams = DatasetParams(),
    ) -> None:
        self._store, self._clock, self._new_id, self._params = store, clock, new_id, params

    def add(
        self, path: Path, *, name: str, who: str, reviewers: int = 2, licence: str = "", form: str = "auto"
    ) -> KeptDataset:
        """Keep the examples of a file or folder as a data set, all or none.

        Raises
        ------
        InvalidDataError
            The file can't be read, or lines of it have faults; they are listed.
        BadDatasetError
            It has no name, is too large, or the number of reviewers is not 1–5.
        DatasetExistsError
            A data set of this name and content is kept already.
        """
        if not name or not 1 <= reviewers <= MOST_REVIEWERS:
            raise BadDatasetError(
                Text(
                    f"名称“{name}”为空，或标注人数 {reviewers} 不在 1–{MOST_REVIEWERS}。",
                    f"The name {name!r} is empty, or {reviewers} reviewers are not 1–{MOST_REVIEWERS}.",
                ),
                field="reviewers" if name else "name",
                hint=Text("填写名称和标注人数。", "Give a name and a number of reviewers."),
            )
        self._check_packed(path)
        examples = self._read(path, form)
        labels, span_types = known_names(examples)
        dataset = KeptDataset(
            id=DatasetId(self._new_id()),
            name=name,
            version=dataset_hash(examples)[:VERSION_DIGITS],
            licence=licence,
            source=path.name if path.is_file() else ", ".join(sorted(p.name for p in path.iterdir())),
            uploaded_by=who,
            uploaded_at=self._clock(),
            count=len(examples),
            reviewers=reviewers,
            labels=labels,
            span_types=span_types,
        )
        self._store.add_dataset(dataset, examples)
        return dataset

    def all(self) -> tuple[KeptDataset, ...]:
        """Return the data sets, newest first."""
        return self._store.list_datasets()

    def find(self, dataset_id: str) -> KeptDataset:
        """Return a data set; `DatasetNotFoundError` where there is none."""
        found = self._store.find_dataset(dataset_id)
        if found is None:
            raise _missing(dataset_id)
        return found

    def detail(self, dataset_id: str) -> DatasetDetail:
        """Return what a data set is made of, and what is wrong with it."""
        dataset = self.find(dataset_id)
        examples = self._store.list_examples(dataset_id)
        findings = clean(examples).findings
        return DatasetDetail(
            dataset=dataset,
            statistics=describe(examples),
            finding_counts=Counter(finding.kind.value for finding in findings),
            findings=findings[: self._params.listed],
        )

    def leaks(self, dataset_id: str, train_id: str) -> LeakReport:
        """Return which examples of a data set are in another one that is learned from."""
        train, other = (self._store.list_examples(self.find(name).id) for name in (train_id, dataset_id))
        leaks = find_leaks(train, other)
        return LeakReport(
            count=len(leaks),
            kinds=Counter(leak.kind.value for leak in leaks),
            leaks=leaks[: self._params.listed],
        )

    def export(self, dataset_id: str, labels: ExportedLabels) -> Iterator[str]:
        """Return the lines of a data set as JSON Lines in markup; each ends with a line feed."""
        dataset = self.find(dataset_id)
        uploaded = map(_row, self._store.list_examples(dataset_id))
        rows = uploaded if labels is ExportedLabels.UPLOADED else self._final(dataset)
        return (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def remove(self, dataset_id: str) -> None:
        """Forget a data set and its labels."""
        if not self._store.remove_dataset(dataset_id):
            raise _missing(dataset_id)

    def _final(self, dataset: KeptDataset) -> Iterator[dict[str, Any]]:
        for item in self._store.list_labelled(dataset.id):
            example = find_final(item, needed=dataset.reviewers)
            if example is not None:
                provenance = {
                    "dataset": dataset.name,
                    "version": dataset.version,
                    "reviewers": [annotation.reviewer for annotation in item.annotations],
                    "adjudicated_by": item.decision and item.decision.reviewer,
                }
                yield _row(example) | {"provenance": provenance}

    def _read(self, path: Path, form: str) -> tuple[Example, ...]:
        """Read the examples with their places told by the name of the file alone."""
        own = f"{path.parent if path.is_file() else path}{os.sep}"
        try:
            examples = load_examples(path, form=form)
        except InvalidDataError as error:
            zh, en = (
                said.replace(own, "").replace(str(path), path.name)
                for said in (error.message.zh, error.message.en)
            )
            message = Text(zh, en)
            raise InvalidDataError(message, field="file", hint=error.hint) from error
        if len(examples) > self._params.most_examples:
            raise _too_large(Text(f"{len(examples)} 条例句", f"{len(examples)} examples"), self._params)
        examples = tuple(replace(e, origin=e.origin.removeprefix(own)) for e in examples)
        faults = [fault for example in examples if (fault := self._find_fault(example))]
        if faults:
            raise InvalidDataError(
                Text(
                    f"数据有 {len(faults)} 处错误，没有使用：\n" + "\n".join(f.zh for f in faults[:20]),
                    f"The data has {len(faults)} faults and was not used:\n"
                    + "\n".join(f.en for f in faults[:20]),
                ),
                field="file",
                hint=Text("改正这些行后重试。", "Correct these lines and try again."),
            )
        return examples

    def _find_fault(self, example: Example) -> Text | None:
        where, most = example.origin, self._params.most_characters
        if len(example.text) > most:
            return Text(f"{where}: 超过 {most} 字", f"{where}: more than {most} characters")
        try:
            json.dumps(record_of(example), ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return Text(
                f"{where}: 有残缺的 Unicode 字符", f"{where}: half of a Unicode character stands alone"
            )
        return None

    def _check_packed(self, path: Path) -> None:
        """Refuse an archive that would unpack to more than the memory can take."""
        for file in [path] if path.is_file() else path.iterdir():
            if file.suffix.lower() == ".gz":
                raise BadDatasetError(
                    Text(f"“{file.name}”是压缩文件。", f"{file.name} is packed."),
                    field="file",
                    hint=Text("解压后再上传。", "Unpack it, then upload it."),
                )
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as archive:
                    size = sum(entry.file_size for entry in archive.infolist())
                if size > self._params.most_unpacked_bytes:
                    raise _too_large(Text(f"解开后 {size} 字节", f"{size} bytes unpacked"), self._params)


def _row(example: Example) -> dict[str, Any]:
    """Return an example as a record: in markup where that reads back, else with offsets."""
    record = record_of(example)
    try:
        markup = write_markup(Example(text=example.text, spans=example.spans))
    except InvalidExampleError:
        return record
    del record["slots"]
    return record | {"text": markup}


def _too_large(what: Text, params: DatasetParams) -> BadDatasetError:
    return BadDatasetError(
        Text(
            f"数据集有{what.zh}，超过上限（{params.most_examples} 条，{params.most_unpacked_bytes} 字节）。",
            f"The data set has {what.en}, more than {params.most_examples} examples or "
            f"{params.most_unpacked_bytes} bytes.",
        ),
        field="file",
        hint=Text("分成几个数据集上传。", "Upload it as several data sets."),
    )


def _missing(dataset_id: str) -> DatasetNotFoundError:
    return DatasetNotFoundError(
        Text(f"没有数据集 {dataset_id!r}。", f"There is no data set {dataset_id!r}."),
        field="dataset_id",
        hint=Text("刷新数据集列表。", "Load the list of data sets again."),
    )
