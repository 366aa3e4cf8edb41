"""A trained model as a folder, and what it says: ONNX Runtime and a tokenizer, no torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text, UnavailableError
from yuanli.learning.decoding import FORBIDDEN, allowed_starts, allowed_transitions, best_tags
from yuanli.learning.examples import Span
from yuanli.learning.predictions import Prediction
from yuanli.learning.tokens import OUTSIDE, TextTokenizer, Tokens, spans_of

FACTS = "model.json"
NETWORK = "model.onnx"
TOKENIZER = "tokenizer.json"
TRANSITIONS = "transitions.npz"
OUTPUTS = ("labels", "tags", "number", "vectors")


class BrokenModelError(UnavailableError):
    """A model's folder lacks a file, or a file is not what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What `model.json` says of a model.

    Parameters
    ----------
    labels, tags
        What the network's outputs stand for, in order.
    spans_by_label
        Types of span that a text of each class may hold, as the training data shows; none: all.
    temperature
        What the class scores are divided by, so that confidence is as often right as it says
        (Guo et al. 2017).
    data, code, seed, base
        What it was trained from: content hash of the examples, version of the code, seed, pretrained encoder.
    sums
        SHA-256 of each file.
    """

    name: str
    version: str
    base: str
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    regression: bool = False
    spans_by_label: Mapping[str, Sequence[str]] = field(default_factory=dict)
    max_length: int = 96
    characters: bool = False
    temperature: float = 1.0
    data: str = ""
    code: str = ""
    seed: int = 0
    scores: Mapping[str, float] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)


class Model:
    """A loaded model. Its predictions depend on nothing but the texts; it may be asked from many threads."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self.facts = load_facts(folder)
        check_sums(folder, self.facts)
        self._tokenizer = TextTokenizer.load(
            folder / TOKENIZER, max_length=self.facts.max_length, characters=self.facts.characters
        )
        self._session = open_network(folder / NETWORK, threads)
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._transitions, self._start = _transitions(folder, self.facts.tags)
        self._barred = {label: _barred(self.facts, label) for label in self.facts.labels}

    def predict(
        self, texts: Sequence[str], contexts: Sequence[str | None] | None = None, *, batch: int = 32
    ) -> list[Prediction]:
        """Return what the model says of each text, with its context where it has one."""
        tokens = self._tokenizer.encode(texts, contexts)
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i].ids))
        said: dict[int, Prediction] = {}
        for first in range(0, len(order), batch):
            rows = order[first : first + batch]
            found = self._run([tokens[i] for i in rows])
            for place, i in enumerate(rows):
                said[i] = self._prediction(texts[i], tokens[i], {k: v[place] for k, v in found.items()})
        return [said[i] for i in range(len(texts))]

    def probe(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> list[Prediction]:
        """Return the same: nobody looks on at a model by itself."""
        return self.predict(texts, contexts)

    def vectors(self, texts: Sequence[str], *, batch: int = 32) -> NDArray[np.float32]:
        """Return the sentence vectors of texts, shape `(n_texts, width)`, each of length 1."""
        return np.stack([p.vector for p in self.predict(texts, batch=batch)])

    def _run(self, tokens: Sequence[Tokens]) -> dict[str, NDArray[np.float32]]:
        ids, mask = self._tokenizer.padded(tokens)
        values = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return dict(zip(self._outputs, values, strict=True))

    def _prediction(self, text: str, tokens: Tokens, found: Mapping[str, NDArray[np.float32]]) -> Prediction:
        probabilities = np.zeros(0, np.float32)
        if "labels" in found:
            probabilities = softmax(found["labels"] / self.facts.temperature)
        best = int(probabilities.argmax()) if len(probabilities) else None
        label = None if best is None else self.facts.labels[best]
        return Prediction(
            label=label,
            confidence=1.0 if best is None else float(probabilities[best]),
            probabilities=probabilities,
            spans=self._spans(text, tokens, found["tags"], label) if "tags" in found else (),
            vector=found["vectors"],
            number=float(found["number"]) if "number" in found else None,
            labels=self.facts.labels,
            model=f"{self.facts.name}-{self.facts.version}",
        )

    def _spans(
        self, text: str, tokens: Tokens, scores: NDArray[np.float32], label: str | None
    ) -> tuple[Span, ...]:
        real = [k for k, (start, end) in enumerate(tokens.offsets) if start != end]
        scores = scores[real]
        if label is not None:
            scores[:, self._barred[label]] = FORBIDDEN
        chain = best_tags(scores, self._transitions, self._start)
        return spans_of(text, [tokens.offsets[k] for k in real], [self.facts.tags[t] for t in chain])


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities of scores along the last axis."""
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(-1, keepdims=True), dtype=np.float32)


def load_facts(folder: Path) -> ModelFacts:
    """Read a model's `model.json`."""
    path = folder / FACTS
    try:
        document: dict[str, Any] = dict(json.loads(path.read_text("utf-8")))
        document["labels"] = tuple(document.get("labels", ()))
        document["tags"] = tuple(document.get("tags", ()))
        return ModelFacts(**document)
    except (OSError, ValueError, TypeError) as error:
        raise BrokenModelError(
            Text(f"“{folder}”不是模型文件夹：{error}", f"{folder} is no model folder: {error}"),
            field=str(path),
            hint=Text("给出含 model.json 的文件夹。", "Give a folder that holds model.json."),
        ) from error


def save_facts(folder: Path, facts: ModelFacts) -> ModelFacts:
    """Write `model.json` with the checksums of the other files in the folder; return it so."""
    sums = {
        path.name: file_sum(path)
        for path in sorted(folder.iterdir())
        if path.name != FACTS and path.is_file()
    }
    whole = ModelFacts(**{**asdict(facts), "sums": sums})
    part = folder / f"{FACTS}.part"
    part.write_text(json.dumps(asdict(whole), ensure_ascii=False, indent=1), "utf-8")
    part.replace(folder / FACTS)
    return whole


def check_sums(folder: Path, facts: ModelFacts) -> None:
    """Refuse a model whose files are not what was written.

    Raises
    ------
    BrokenModelError
        A file is missing or has changed.
    """
    for name, expected in facts.sums.items():
        path = folder / name
        if not path.is_file() or file_sum(path) != expected:
            raise BrokenModelError(
                Text(f"模型文件“{path}”缺失或已损坏。", f"The model file {path} is missing or damaged."),
                field=str(path),
                hint=Text(
                    "重新安装，或回退到前一个模型。", "Install it again, or roll back to the model before."
                ),
            )


def file_sum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_network(path: Path, threads: int) -> Any:
    """Open an ONNX network for the processor.

    Raises
    ------
    BrokenModelError
        The file is missing or no network.
    """
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Without VNNI the fast product of unsigned and signed bytes saturates: the exact one answers alike everywhere.
    options.add_session_config_entry("session.x64quantprecision", "1")
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime's errors have no common class
        raise BrokenModelError(
            Text(f"模型“{path}”载入失败：{error}", f"The model {path} can't be loaded: {error}"),
            field=str(path),
            hint=Text("重新安装或重新导出模型。", "Install or export the model again."),
        ) from error


def _barred(facts: ModelFacts, label: str) -> list[int]:
    """Return the tags that a text of a class can't have."""
    allowed = facts.spans_by_label.get(label)
    if allowed is None:
        return []
    return [i for i, tag in enumerate(facts.tags) if tag != OUTSIDE and tag[2:] not in allowed]


def _transitions(folder: Path, tags: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if (folder / TRANSITIONS).is_file():
        with np.load(folder / TRANSITIONS) as arrays:
            return arrays["transitions"], arrays["start"]
    return (
        np.where(allowed_transitions(tags), 0, FORBIDDEN).astype(np.float32).reshape(len(tags), len(tags)),
        np.where(allowed_starts(tags), 0, FORBIDDEN).astype(np.float32),
    )
