"""Fine-tuning methods, then regularisers, side by side on one small data set: score, weights that learn, time, memory.

python benchmarks/methods.py recipes/smp2019.yaml -o runs/methods [--epochs 10] [--seeds 0 1] [--only lora frozen]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from yuanli.learning import load_recipe

RATES = {"full": 3e-4, "bitfit": 3e-3, "frozen": 3e-3}
OTHER_RATE = 1e-3
"""Few weights learn at a higher rate: what each was given is in its run's `run.json`."""
METHODS: Mapping[str, Mapping[str, Any]] = {
    name: {"method": {"name": name}, "optimiser": {"rate": RATES.get(name, OTHER_RATE)}}
    for name in ("full", "lora", "adalora", "adapter", "prefix", "bitfit", "frozen")
}
REGULARISERS: Mapping[str, Mapping[str, Any]] = {
    f"full, {name}": {"regularisation": knobs}
    for name, knobs in {
        "no dropout": {"dropout": 0.0},
        "no weight decay": {},
        "label smoothing 0.1": {"label_smoothing": 0.1},
        "R-Drop 1": {"r_drop": 1.0},
        "FGM 0.5": {"adversarial": "fgm"},
        "PGD 0.5": {"adversarial": "pgd"},
        "mean weights 0.99": {"averaging": 0.99},
        "kept vectors 1": {"keep_vectors": 1.0},
    }.items()
} | {"full, no weight decay": {"optimiser": {"weight_decay": 0.0}}}
SCORES = ("accuracy", "spans", "exact")


def run(recipe: Path, changes: Mapping[str, Any], folder: Path, epochs: float, seed: int) -> dict[str, float]:
    """Train one variant in a process of its own; return scores, CPU seconds, weights that learn, and peak megabytes."""
    done = folder / "measured.json"
    if done.exists():
        return dict(json.loads(done.read_text("utf-8")))
    document = load_recipe(recipe.resolve()).model_dump(mode="json")
    for part, knobs in [("optimiser", {"epochs": epochs}), *changes.items()]:
        document[part] |= knobs
    document["seed"] = seed
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / "recipe.yaml"
    written.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    shell = "import sys; from yuanli.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", shell, "learn", "train", "--recipe", str(written), "-o", str(folder)]
    process = os.posix_spawn(sys.executable, command, os.environ)
    _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{folder} failed")
    told = json.loads((folder / "run.json").read_text("utf-8"))
    measured = {name: told["dev"][name] for name in SCORES if name in told["dev"]}
    measured |= {
        "cpu_s": used.ru_utime + used.ru_stime,
        "trainable": told["trainable"],
        "mb": used.ru_maxrss / 1024,
    }
    done.write_text(json.dumps(measured), "utf-8")
    return measured


def row(name: str, found: Sequence[Mapping[str, float]]) -> str:
    """Return a row of the table: means over seeds, and the spread of scores."""
    cells = []
    for score in SCORES:
        values = [100 * one[score] for one in found]
        spread = f" ± {np.std(values, ddof=1):.1f}" if len(values) > 1 else ""
        cells.append(f"{np.mean(values):.1f}{spread}")
    mean = {key: np.mean([one[key] for one in found]) for key in ("trainable", "cpu_s", "mb")}
    return (f"| {name} | {' | '.join(cells)} | {mean['trainable'] / 1e6:.2f} M | {mean['cpu_s'] / 60:.1f} "
            f"| {mean['mb']:.0f} |")  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=10)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--only", nargs="+")
    given = parser.parse_args()
    print("| method | intent | slot F1 | exact | learns | CPU min | peak MB |\n|---|---|---|---|---|---|---|")
    for name, changes in {**METHODS, **REGULARISERS}.items():
        if given.only and name not in given.only:
            continue
        place = given.output / name.replace(" ", "-").replace(",", "")
        found = [run(given.recipe, changes, place / str(s), given.epochs, s) for s in given.seeds]
        print(row(name, found), flush=True)
