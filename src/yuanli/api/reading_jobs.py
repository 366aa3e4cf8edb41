"""Files of readings that people brought: kept while they are looked at, checked and imported beside the requests."""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path
from threading import Event, Lock

from yuanli.api.errors import PLAIN
from yuanli.api.jobs import MOST_WAITING, JobNotFoundError, JobStoppedError, TooManyJobsError
from yuanli.api.problems import Problem, problem_of
from yuanli.bootstrap import House
from yuanli.campus import CampusId
from yuanli.devices import read_table_file, table_cells
from yuanli.errors import InfeasibleError, Text, YuanliError
from yuanli.operations import FileReceipt, FileReport, FileStage, refuse_wrong
from yuanli.telemetry import ColumnRole, Columns, DecodeParams, read_header

log = logging.getLogger(__name__)
KEPT = 20
SAMPLES = 50
SHOWN_SAMPLES = 3
SHOWN_CHARACTERS = 40


class FileBusyError(InfeasibleError):
    """A file is being checked or imported already."""


class FileState(StrEnum):
    """Where a file stands; `checked` waits for somebody's word."""

    NEW = "new"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    DONE = "done"
    REFUSED = "refused"


RUNNING = (FileState.CHECKING, FileState.IMPORTING)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumn:
    """A column of a file: its header, what it seems to hold, and its first cells."""

    header: str
    role: ColumnRole
    point: str | None
    unit: str | None
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFile:
    """A file that was brought, and how far the work on it is.

    Parameters
    ----------
    columns, zone, time_format
        What is proposed; `zone` is of times that tell none.
    through, share
        How many readings of the stage are through, and the share of it (0–1) where that is known.
    report
        What the last check found.
    receipt
        What is on disk of it so far.
    """

    id: str
    campus_id: CampusId
    name: str
    size: int
    columns: tuple[FileColumn, ...]
    zone: str
    time_format: str | None
    state: FileState = FileState.NEW
    stage: FileStage = FileStage.READING
    through: int = 0
    share: float = 0.0
    report: FileReport | None = None
    receipt: FileReceipt | None = None
    error: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrder:
    """How a file is read, and whether its wrong rows are left out."""

    columns: Columns
    decoding: DecodeParams
    partial: bool = False


@dataclass(slots=True)
class _Held:
    folder: Path
    path: Path
    shown: ReadingFile
    stopped: Event = field(default_factory=Event)


class ReadingFileJobs:
    """The files of readings brought since this server started, the last 20; one is worked on at a time."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = Lock()
        self._files: OrderedDict[str, _Held] = OrderedDict()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading-files")

    def open(self, campus_id: CampusId, folder: Path, path: Path) -> ReadingFile:
        """Take a file over with its folder, and propose what its columns hold."""
        cells = table_cells(path)
        headers = [read_header(cell) for cell in next(cells, ())]
        samples = list(islice(cells, SAMPLES))
        proposed = self._house.reading_files.propose(campus_id, headers, samples)
        columns = tuple(
            FileColumn(
                header=column.header, role=column.role, point=column.point, unit=column.unit,
                samples=tuple(_shown(row[at]) if at < len(row) else "" for row in samples[:SHOWN_SAMPLES]),
            )
            for at, column in enumerate(proposed.columns)
        )  # fmt: skip
        shown = ReadingFile(
            id=secrets.token_urlsafe(9), campus_id=campus_id, name=path.name, size=path.stat().st_size,
            columns=columns, zone=self._house.places.campus(campus_id).time_zone, time_format=proposed.time_format,
        )  # fmt: skip
        with self._lock:
            self._files[shown.id] = _Held(folder, path, shown)
            idle = [one for one, held in self._files.items() if held.shown.state not in RUNNING]
            dropped = [self._files.pop(one) for one in idle[: max(0, len(self._files) - KEPT)]]
        for held in dropped:
            shutil.rmtree(held.folder, ignore_errors=True)
        return shown

    def get(self, campus_id: CampusId, file_id: str) -> ReadingFile:
        """Return a file and how far the work on it is."""
        with self._lock:
            return self._held(campus_id, file_id).shown

    def check(self, campus_id: CampusId, file_id: str, order: FileOrder) -> ReadingFile:
        """Queue the check of a file."""
        return self._start(campus_id, file_id, FileState.CHECKING, lambda held: self._check(held, order))

    def keep(self, campus_id: CampusId, file_id: str, order: FileOrder, *, who: str) -> ReadingFile:
        """Queue the import of a file."""
        return self._start(campus_id, file_id, FileState.IMPORTING, lambda held: self._keep(held, order, who))

    def drop(self, campus_id: CampusId, file_id: str) -> None:
        """Forget a file, and stop what is done with it; readings that are on disk stay."""
        with self._lock:
            held = self._held(campus_id, file_id)
            del self._files[file_id]
            held.stopped.set()
        if held.shown.state not in RUNNING:
            shutil.rmtree(held.folder, ignore_errors=True)

    def close(self) -> None:
        """Stop after the batch that is being written; the same file again brings the rest."""
        with self._lock:
            for held in self._files.values():
                held.stopped.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _held(self, campus_id: CampusId, file_id: str) -> _Held:
        held = self._files.get(file_id)
        if held is None or held.shown.campus_id != campus_id:
            raise JobNotFoundError(
                Text(f"没有读数文件 {file_id!r}。", f"There is no file of readings {file_id!r}."),
                field="file_id",
                hint=Text(
                    "请重新上传；已保存的读数不会重复。", "Upload it again; what is kept is not kept twice."
                ),
            )
        return held

    def _start(
        self, campus_id: CampusId, file_id: str, state: FileState, work: Callable[[_Held], ReadingFile]
    ) -> ReadingFile:
        with self._lock:
            held = self._held(campus_id, file_id)
            if held.shown.state in RUNNING:
                raise FileBusyError(
                    Text(f"{held.shown.name} 正在处理。", f"{held.shown.name} is being worked on."),
                    field="file_id",
                    hint=Text("请等它结束。", "Wait until that is done."),
                )
            waiting = sum(other.shown.state in RUNNING for other in self._files.values())
            if waiting >= MOST_WAITING:
                raise TooManyJobsError(
                    Text(f"已有 {waiting} 个文件在排队。", f"{waiting} files wait already."),
                    hint=Text("请稍后再试。", "Try again later."),
                )
            held.shown = replace(
                held.shown, state=state, stage=FileStage.READING, through=0, share=0.0, report=None,
                receipt=None, error=None,
            )  # fmt: skip
            started = held.shown
        self._pool.submit(self._run, held, work)
        return started

    def _run(self, held: _Held, work: Callable[[_Held], ReadingFile]) -> None:
        try:
            held.shown = work(held)
        except YuanliError as error:
            held.shown = replace(held.shown, state=FileState.REFUSED, error=problem_of(error))
        except Exception:  # the outermost of a job: the page is told, and the next file has its turn
            log.exception("The work on %s failed", held.shown.name)
            held.shown = replace(held.shown, state=FileState.REFUSED, error=PLAIN[500])
        if held.stopped.is_set():
            shutil.rmtree(held.folder, ignore_errors=True)

    def _check(self, held: _Held, order: FileOrder) -> ReadingFile:
        report = self._report(held, order)
        return replace(held.shown, state=FileState.CHECKED, share=1.0, report=report)

    def _keep(self, held: _Held, order: FileOrder, who: str) -> ReadingFile:
        """Check first: the points may have changed, and of a wrong file nothing is kept."""
        report = self._report(held, order)
        held.shown = replace(held.shown, report=report)
        if not order.partial:
            refuse_wrong(report)
        held.shown = replace(held.shown, stage=FileStage.KEEPING, through=0, share=0.0)

        def told(receipt: FileReceipt) -> None:
            through = receipt.kept + receipt.duplicates + receipt.conflicts
            held.shown = replace(
                held.shown, receipt=receipt, through=through, share=min(1.0, through / report.readings)
            )
            _go_on(held)

        receipt = self._house.reading_files.keep(
            held.shown.campus_id,
            read_table_file(held.path, order.columns, order.decoding),
            gateway=f"file:{who}:{held.shown.name}",
            expected=report.readings,
            wait=time.sleep,
            told=told,
        )
        shutil.rmtree(held.folder, ignore_errors=True)
        return replace(held.shown, state=FileState.DONE, share=1.0, receipt=receipt)

    def _report(self, held: _Held, order: FileOrder) -> FileReport:
        def told(stage: FileStage, through: int, share: float) -> None:
            held.shown = replace(held.shown, stage=stage, through=through, share=share)
            _go_on(held)

        rows = read_table_file(held.path, order.columns, order.decoding)
        return self._house.reading_files.check(held.shown.campus_id, rows, told=told)


def _go_on(held: _Held) -> None:
    if held.stopped.is_set():
        raise JobStoppedError(
            Text(f"{held.shown.name} 的处理已停止。", f"The work on {held.shown.name} was stopped."),
            hint=Text(
                "已保存的读数保留；再次上传可补齐其余。",
                "What is kept stays; upload it again to bring the rest.",
            ),
        )


def _shown(cell: object) -> str:
    text = "" if cell is None else str(cell)
    kept = "".join(c if c.isprintable() else "�" for c in text[:SHOWN_CHARACTERS])
    return kept + "…" if len(text) > SHOWN_CHARACTERS else kept
