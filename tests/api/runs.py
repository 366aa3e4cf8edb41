"""A folder of training runs as `yuanli learn train` leaves them, made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from yuanli.learning import Example, Prediction, evaluate, save_evaluation

CURVE: list[dict[str, Any]] = [
    {"step": 10, "epoch": 0.5, "loss": 2.5, "learning_rate": 5e-5, "grad_norm": float("nan")},
    {"step": 20, "epoch": 1.0, "eval_label": 0.6, "eval_spans": 0.5, "eval_score": 0.55},
    {"step": 30, "epoch": 1.5, "loss": 1.25, "learning_rate": 3e-5},
    {"step": 40, "epoch": 2.0, "eval_label": 0.8, "eval_spans": 0.7, "eval_score": 0.75},
]
TRUTH = [Example(text=f"去{n}号楼", label="go" if n % 2 else "find") for n in range(40)]


def make_run(
    folder: Path, name: str, *, rate: float = 5e-5, label: float = 0.9, wrong: int | None = None, **over: Any
) -> Path:
    """Write a finished run; with `wrong`, also its predictions, of which so many are wrong."""
    run = folder / name
    run.mkdir(parents=True)
    document = {
        "recipe": {
            "name": name, "base": "encoder-small", "method": {"name": "lora", "rank": 8}, "seed": 7,
            "optimiser": {"learning_rate": rate, "epochs": 2}, "data": [{"path": "train.yaml"}],
        },
        "data": "abcdef0123456789" * 4, "code": "0.1.0+0123456789ab",
        "started": "2026-03-01T08:00:00+00:00",
        "environment": {"python": "3.11.2", "machine": "x86_64", "torch": "2.5.0"},
        "counts": {"main": [100, 20, 40]}, "seconds": 61.5, "steps": 40, "trainable": 1000,
        "parameters": 100_000, "curve": CURVE, "dev": {"accuracy": label - 0.05}, "test": {"accuracy": label},
    }  # fmt: skip
    (run / "run.json").write_text(json.dumps(document | over), "utf-8")
    if wrong is not None:
        save_evaluation(
            evaluate(TRUTH, [_said(e, n < wrong) for n, e in enumerate(TRUTH)]), run / "test.json"
        )
    return run


def _said(example: Example, wrong: bool) -> Prediction:
    nothing = np.zeros(0, dtype=np.float32)
    return Prediction(
        label="other" if wrong else example.label,
        confidence=0.9,
        probabilities=nothing,
        spans=(),
        vector=nothing,
    )
