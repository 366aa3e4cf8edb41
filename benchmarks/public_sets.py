"""Public sets: the scores of models that `yuanli learn train --recipe recipes/X.yaml --seed S -o RUNS/X-S` made.

python benchmarks/public_sets.py runs/public ../shared/data/nlu

In hundredths, with 95 % intervals by bootstrap; of several seeds the means, and their standard deviation.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from yuanli.learning import Evaluation, Model, evaluate, load_examples

SCORED = {
    "massive-en": ("massive_en_us/dev.jsonl", "87 / 77 / 66", "XLM-R base 88.3 / 78.7 / 69.7 (test)"),
    "massive-zh": ("massive_zh_cn/test.jsonl", "86", "XLM-R base 84.9, mT5 85.8"),
    "atis": ("atis/test.jsonl", "97.5 / 95.8 / 87.5", "Stack-Propagation + BERT 97.5 / 96.1 / 88.6"),
    "cais": ("cais/dev.jsonl", "95.5 / 88.6 / 86", ""),
    "smp2019": ("smp2019_ecdt/dev.jsonl", "95 / 80 / 74", ""),
    "snips": ("snips/dev.jsonl", "98.3 / 95 / 88", ""),
    "clinc150": ("clinc150/dev.jsonl", "95", "BERT 96.9 (test)"),
    "clinc150, out of scope": ("clinc150/oos_dev.jsonl", "60", "BERT 40.3 (test)"),
    "ha-intents": ("runs/ha-sentences/dev.jsonl", "95", ""),
}
"""By recipe: what is scored, the goal and what is published: intents, F1 of slots, and all right."""
SCORES = ("accuracy", "spans", "exact")


def said_of(model: Path, path: Path) -> Evaluation:
    """Return the scores of an exported model on one file."""
    examples = load_examples(path)
    said = Model(model).predict([e.text for e in examples], [e.context for e in examples])
    return evaluate(examples, said)


def cell(found: Sequence[Evaluation], score: str) -> str:
    """Return a score in hundredths: with its interval, or the mean of seeds with their deviation."""
    values = [100 * one.scores[score].value for one in found]
    if len(values) > 1:
        return f"{np.mean(values):.1f} ± {np.std(values, ddof=1):.1f}"
    told = found[0].scores[score]
    return f"{values[0]:.1f} ({100 * told.low:.1f}–{100 * told.high:.1f})"


def main(runs: Path, data: Path) -> None:
    """Print a row a set."""
    print("| set | file | n | seeds | intent | slot F1 | all right | goal | published |\n|" + "---|" * 9)
    for name, (file, goal, published) in SCORED.items():
        recipe = name.partition(",")[0]
        models = sorted(path.parent for path in runs.glob(f"{recipe}-[0-9]*/model/model.json"))
        path = Path(file) if file.startswith("runs/") else data / file
        if not models or not path.exists():
            continue
        found = [said_of(model, path) for model in models]
        cells = [cell(found, score) if score in found[0].scores else "" for score in SCORES]
        row = (name, f"{path.parent.name}/{path.name}", str(len(found[0].outcomes)), str(len(found)), *cells)
        print(f"| {' | '.join((*row, goal, published))} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
