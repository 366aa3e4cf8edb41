"""The understanding model: scores by slice, latency, throughput, and versions swapped under 50 requests a second.

python benchmarks/understanding.py [--model FOLDER] [--data src/yuanli/language/utterances/gate.jsonl]
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np

from yuanli.bootstrap import open_models
from yuanli.language import ModelUnderstander, Understanding
from yuanli.learning import Example, Model, load_examples
from yuanli.learning.models import load_facts, save_facts
from yuanli.operations import UNDERSTANDING
from yuanli.settings import load_settings

OUT_OF_SCOPE = "out_of_scope"
LANGUAGE = Path(str(files("yuanli.language")))
Pairs = Sequence[tuple[Example, Understanding]]


def spans_f1(pairs: Pairs) -> float:
    """Return the F1 of exact (type, surface) spans."""
    right = said = held = 0
    for example, understanding in pairs:
        truth = {(s.type, example.text[s.start : s.end]) for s in example.spans}
        found = {(s.type, s.text) for s in understanding.slots}
        right, said, held = right + len(truth & found), said + len(found), held + len(truth)
    return 2 * right / max(1, said + held)


def row(name: str, pairs: Pairs) -> str:
    """Return the scores of a slice, with 95 % intervals by bootstrap."""
    rng = np.random.default_rng(0)
    draws = [[pairs[i] for i in rng.integers(len(pairs), size=len(pairs))] for _ in range(500)]
    cells = []
    for score in (accuracy, spans_f1):
        low, high = np.percentile([score(draw) for draw in draws], [2.5, 97.5])
        cells.append(f"{100 * score(pairs):.1f} ({100 * low:.1f}–{100 * high:.1f})")
    return f"| {name} | {len(pairs)} | {' | '.join(cells)} |"


def accuracy(pairs: Pairs) -> float:
    """Return the share of intents that are right."""
    return float(np.mean([understanding.intent == example.label for example, understanding in pairs]))


def report(model: Model, data: Path) -> None:
    """Print scores by language and condition, and of rejection."""
    examples = load_examples(data)
    said = ModelUnderstander(model).understand_many([(e.text, e.context) for e in examples])
    pairs = list(zip(examples, said, strict=True))
    slices: dict[str, list[tuple[Example, Understanding]]] = {}
    for line, pair in zip(data.read_text("utf-8").splitlines(), pairs, strict=True):
        for name in ("all", pair[0].language, *json.loads(line).get("conditions", ())):
            slices.setdefault(str(name), []).append(pair)
    print("| slice | n | intent | slot F1 |\n|---|---|---|---|")
    for name, part in slices.items():
        print(row(name, part))
    outside = [u.intent == OUT_OF_SCOPE for e, u in pairs if e.label == OUT_OF_SCOPE]
    inside = [u.intent == OUT_OF_SCOPE for e, u in pairs if e.label != OUT_OF_SCOPE]
    print(
        f"out of scope: recall {np.mean(outside):.3f} of {len(outside)}, false rejection {np.mean(inside):.3f}"
    )


def speed(folder: Path, texts: Sequence[str]) -> None:
    """Print size, time to load, latency one by one, and throughput in batches, on one thread."""
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    began = time.perf_counter()
    model = Model(folder)
    loaded = time.perf_counter() - began
    times = []
    for text in [*texts[:20], *texts]:
        began = time.perf_counter()
        model.predict([text])
        times.append(1000 * (time.perf_counter() - began))
    p50, p95 = np.percentile(times[20:], [50, 95])
    began = time.perf_counter()
    model.predict([*texts] * 3)
    each = 3 * len(texts) / (time.perf_counter() - began)
    print(
        f"{size:.1f} MB, loads in {loaded:.2f} s; p50 {p50:.1f} ms, p95 {p95:.1f} ms; in batches {each:.0f}/s"
    )


def swapping(
    folder: Path, texts: Sequence[str], *, seconds: int = 10, rate: int = 50, swaps: int = 10
) -> None:
    """Print how many of the requests are answered while a version is made live and rolled back in turn."""
    with tempfile.TemporaryDirectory() as scratch:
        other = Path(scratch) / "other"
        shutil.copytree(folder, other)
        save_facts(other, replace(load_facts(other), version="other"))
        few = Path(scratch) / "gate.jsonl"
        few.write_text('{"text": "你好", "intent": "chat_smalltalk", "language": "zh"}\n' * 20, "utf-8")
        models = open_models(load_settings(data_dir=Path(scratch) / "data"))
        models.register(other, who="benchmark")
        live = models.live(UNDERSTANDING)
        times: list[float] = []

        def ask(number: int) -> str | None:
            time.sleep(max(0.0, start + number / rate - time.perf_counter()))
            began = time.perf_counter()
            label = live.predict([texts[number % len(texts)]])[0].label
            times.append(1000 * (time.perf_counter() - began))
            return label

        def swap() -> None:
            for number in range(swaps):
                time.sleep(seconds / (swaps + 1))
                if number % 2 == 0:
                    models.promote(UNDERSTANDING, "other", who="benchmark", gate_set=few)
                else:
                    models.rollback(UNDERSTANDING, who="benchmark")

        start = time.perf_counter()
        swapper = threading.Thread(target=swap)
        swapper.start()
        with ThreadPoolExecutor(8) as pool:
            labels = list(pool.map(ask, range(seconds * rate)))
        swapper.join()
        p50, p99 = np.percentile(times, [50, 99])
        print(
            f"{len(labels)} of {seconds * rate} answered over {swaps} swaps, p50 {p50:.1f} ms, p99 {p99:.0f} ms"
        )
        models.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, default=LANGUAGE / "model")
    parser.add_argument("--data", type=Path, default=LANGUAGE / "utterances" / "gate.jsonl")
    given = parser.parse_args()
    report(Model(given.model), given.data)
    spoken = [example.text for example in load_examples(given.data)]
    speed(given.model, spoken)
    swapping(given.model, spoken)
