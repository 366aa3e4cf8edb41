"""Evaluations as files: `metrics.json`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.reporting.evaluation import Evaluation


class InvalidEvaluationError(InvalidInputError):
    """A file holds no evaluation."""


def save_evaluation(evaluation: Evaluation, path: Path) -> None:
    """Write an evaluation as JSON; readers see it whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(asdict(evaluation), ensure_ascii=False, indent=1) + "\n", "utf-8")
    part.replace(path)


def load_evaluation(path: Path) -> Evaluation:
    """Read an evaluation.

    Raises
    ------
    InvalidEvaluationError
        The file is missing, no JSON, or lacks a part.
    """
    try:
        return TypeAdapter(Evaluation).validate_json(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise InvalidEvaluationError(
            Text(f"“{path}”不是评测结果：{error}", f"{path} is no evaluation: {error}"),
            field=str(path),
            hint=Text("用 save_evaluation 重新写出。", "Write it again with save_evaluation."),
        ) from error
