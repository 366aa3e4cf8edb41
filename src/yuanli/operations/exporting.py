"""Accepted feedback as labelled examples in a file: each exactly once, and without personal data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from yuanli.learning import (
    Example,
    InvalidExampleError,
    Personal,
    locked,
    mask,
    sweep,
    write_durably,
    write_markup,
)
from yuanli.operations.corrections import Feedback, FeedbackState, Verdict, example_of
from yuanli.operations.ports import FeedbackStore

PERSONAL: Mapping[str, Personal] = {
    "phone": Personal.PHONE,
    "plate_number": Personal.PLATE,
    "person": Personal.PERSON,
}
"""Types of slot that hold personal data."""
EXPORTED = re.compile(r"corrections-(\d{6})\.jsonl")
PART = ".part"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFeedback:
    """How many examples an export wrote, and where; without any there is no file."""

    count: int
    path: Path | None


def export_feedback(store: FeedbackStore, folder: Path, *, at: datetime, rng: Random) -> ExportedFeedback:
    """Write what is accepted to a new file of the folder.

    A process that is killed meanwhile loses nothing: the file is written first, then all of it is marked as
    exported, then it gets its name. The next export ends or undoes what a killed one began.
    """
    with locked(folder):
        _recover(store, folder)
        numbers = [int(match[1]) for path in folder.iterdir() if (match := EXPORTED.fullmatch(path.name))]
        path = folder / f"corrections-{max(numbers, default=0) + 1:06}.jsonl"
        part = path.with_name(path.name + PART)
        ids = store.export_feedback(lambda accepted: write_durably(part, _lines(accepted, at, rng)))
        if ids:
            part.replace(path)
    return ExportedFeedback(count=len(ids), path=path if ids else None)


def example_row(example: Example) -> dict[str, object]:
    """Return an example as a line of JSON Lines: in markup where that reads back, else with offsets."""
    row: dict[str, object] = {
        "text": example.text,
        "intent": example.label,
        "context": example.context,
        "language": example.language,
        "conditions": sorted(example.tags),
    }
    try:
        return row | {"text": write_markup(Example(text=example.text, spans=example.spans))}
    except InvalidExampleError:
        slots = [{"type": s.type, "start": s.start, "end": s.end} for s in example.spans]
        return row | {"slots": slots}


def _lines(accepted: tuple[Feedback, ...], at: datetime, rng: Random) -> str:
    return "".join(json.dumps(_row(item, at, rng), ensure_ascii=False) + "\n" for item in accepted)


def _row(feedback: Feedback, at: datetime, rng: Random) -> Mapping[str, object]:
    meaning = feedback.proposed
    assert meaning is not None, "accepted feedback has a meaning"
    provenance = {
        "feedback": feedback.id,
        "said_at": feedback.at.isoformat(),
        "kind": feedback.kind.value,
        "model": feedback.model,
        "reviewers": [r.reviewer for r in feedback.reviews if r.verdict is Verdict.ACCEPT],
        "exported_at": at.isoformat(),
    }
    return example_row(mask(example_of(feedback, meaning), rng, PERSONAL)) | {"provenance": provenance}


def _recover(store: FeedbackStore, folder: Path) -> None:
    """End an export whose process was killed: its examples are marked as exported, or they are not."""
    sweep(folder)
    for part in folder.glob(f"*{PART}"):
        ids = [json.loads(line)["provenance"]["feedback"] for line in part.read_text("utf-8").splitlines()]
        found = [store.find_feedback(feedback_id) for feedback_id in ids]
        if all(f is not None and f.state is FeedbackState.EXPORTED for f in found):
            part.replace(part.with_name(part.name.removesuffix(PART)))
        else:
            part.unlink()
