"""How good a model is on a set of examples, in all the ways worth knowing, kept as one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.calibration import Calibration, calibration_of, log_loss, log_scores
from yuanli.learning.examples import Example, language_of
from yuanli.learning.metrics import ClassScore, Score, class_scores, recall_at_false_rejection
from yuanli.learning.predictions import Prediction
from yuanli.learning.reporting.outcomes import Outcome, outcomes_of
from yuanli.learning.reporting.scoring import headline_scores, span_class_scores

LENGTHS = (8, 16, 32, 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationParams:
    """How to evaluate.

    Parameters
    ----------
    labels
        The classes of the model in the order of its probabilities.
    outside
        The label of what is out of scope.
    false_rejection
        The share of in-scope examples that may be rejected where recall on out-of-scope ones is told.
    rounds
        Draws of the bootstrap.
    worst
        How many errors are listed.
    """

    labels: tuple[str, ...] = ()
    outside: str = "out_of_scope"
    false_rejection: float = 0.05
    bins: int = 15
    rounds: int = 1000
    seed: int = 0
    worst: int = 50

    def __post_init__(self) -> None:
        if not 0 <= self.false_rejection < 1 or min(self.bins, self.rounds) < 4:
            raise InvalidInputError(
                Text(
                    f"false_rejection={self.false_rejection}、bins={self.bins}、rounds={self.rounds} 不合规则。",
                    f"false_rejection={self.false_rejection}, bins={self.bins}, rounds={self.rounds} are not allowed.",
                ),
                field="false_rejection" if not 0 <= self.false_rejection < 1 else "rounds",
                hint=Text(
                    "份额小于 1，后两者至少为 4。", "Give a share below 1, and at least 4 of the others."
                ),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfScope:
    """Recall on out-of-scope examples where at most the share `false_rejection` of the others is rejected."""

    recall: float
    false_rejection: float
    threshold: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The scores of a part of the examples: of one language, condition or length."""

    kind: str
    name: str
    count: int
    scores: Mapping[str, Score]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All scores of one model on one set of examples.

    Parameters
    ----------
    scores
        The headline, by name: `accuracy`, `macro_f1`, `spans`, `exact`; `rmse`, `mae`, `spearman`;
        `recall_at_1`, `recall_at_5`, `mrr`; those that the examples have a truth for.
    confusions
        Pairs of true and said label that differ, and how often, the most frequent first.
    outcomes
        Of each example, in order.
    worst
        Places of the errors to look at first: the surest ones.
    """

    model: str
    data: str
    scores: Mapping[str, Score]
    classes: tuple[ClassScore, ...] = ()
    span_types: tuple[ClassScore, ...] = ()
    confusions: tuple[tuple[str, str, int], ...] = ()
    calibration: Calibration | None = None
    out_of_scope: OutOfScope | None = None
    slices: tuple[Slice, ...] = ()
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)
    worst: tuple[int, ...] = ()


def evaluate(
    examples: Sequence[Example],
    said: Sequence[Prediction],
    *,
    model: str = "",
    data: str = "",
    pair_vectors: NDArray[np.floating] | None = None,
    params: EvaluationParams | None = None,
) -> Evaluation:
    """Return all scores of predictions.

    Parameters
    ----------
    examples
        With their truth.
    said
        What the model said of each.
    model, data
        The versions of both.
    pair_vectors
        Sentence vectors of the `pair` of each example, to find it by among all; shape `(n_examples, width)`.
    params
        How to evaluate.

    Raises
    ------
    InvalidInputError
        There are no examples, or another number of predictions.
    """
    params = params or EvaluationParams()
    if not examples or len(examples) != len(said):
        raise InvalidInputError(
            Text(f"{len(examples)} 条例句，{len(said)} 个预测；要一一对应且不为空。",
                 f"{len(examples)} examples and {len(said)} predictions; there must be as many, and some."),
            field="said",
            hint=Text("对每条例句预测一次。", "Predict each example once."),
        )  # fmt: skip
    outcomes = outcomes_of(examples, said, pair_vectors)
    labelled = [(o.truth, o.said or "") for o in outcomes if o.truth is not None]
    truth, guessed = [a for a, _ in labelled], [b for _, b in labelled]
    return Evaluation(
        model=model,
        data=data,
        scores=headline_scores(outcomes, rounds=params.rounds, seed=params.seed),
        classes=class_scores(truth, guessed),
        span_types=span_class_scores(outcomes),
        confusions=_confusions(labelled),
        calibration=_calibration(examples, said, params),
        out_of_scope=_out_of_scope(examples, said, params),
        slices=_slices(examples, outcomes, params),
        outcomes=outcomes,
        worst=_worst(outcomes, params.worst),
    )


def _confusions(labelled: Sequence[tuple[str, str]]) -> tuple[tuple[str, str, int], ...]:
    counts: dict[tuple[str, str], int] = {}
    for pair in labelled:
        if pair[0] != pair[1]:
            counts[pair] = counts.get(pair, 0) + 1
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple((a, b, count) for (a, b), count in order)


def _calibration(
    examples: Sequence[Example], said: Sequence[Prediction], params: EvaluationParams
) -> Calibration | None:
    pairs = [(e, p) for e, p in zip(examples, said, strict=True) if e.label is not None]
    if not pairs:
        return None
    index = {label: place for place, label in enumerate(params.labels)}
    known = [(index[e.label], p.probabilities) for e, p in pairs if e.label in index and len(p.probabilities)]
    loss = None
    if known:
        rows = log_scores(np.array([row for _, row in known]))
        loss = log_loss(rows, np.array([place for place, _ in known], dtype=np.int64))
    return calibration_of(
        np.array([p.confidence for _, p in pairs]),
        np.array([e.label == p.label for e, p in pairs]),
        log_loss=loss,
        bins=params.bins,
    )


def _out_of_scope(
    examples: Sequence[Example], said: Sequence[Prediction], params: EvaluationParams
) -> OutOfScope | None:
    outside = np.array([e.label == params.outside for e in examples])
    if not outside.any() or outside.all():
        return None
    doubt = np.array([_doubt(p, params) for p in said])
    recall, threshold = recall_at_false_rejection(doubt, outside, most=params.false_rejection)
    return OutOfScope(
        recall=recall,
        false_rejection=params.false_rejection,
        threshold=threshold,
        count=int(outside.sum()),
    )


def _doubt(said: Prediction, params: EvaluationParams) -> float:
    """Return how little a text looks in scope: 1 less the best probability of a class in scope."""
    if len(said.probabilities) == len(params.labels) > 0:
        inside = [
            p for p, name in zip(said.probabilities, params.labels, strict=True) if name != params.outside
        ]
        return 1 - float(max(inside, default=0.0))
    return said.confidence if said.label == params.outside else 1 - said.confidence


def _slices(
    examples: Sequence[Example], outcomes: Sequence[Outcome], params: EvaluationParams
) -> tuple[Slice, ...]:
    found: dict[tuple[str, str], list[Outcome]] = {}
    for example, outcome in zip(examples, outcomes, strict=True):
        language = example.language or language_of(example.text)
        length = next((f"≤ {most}" for most in LENGTHS if len(example.text) <= most), f"> {LENGTHS[-1]}")
        for key in [
            ("language", language),
            *(("condition", tag) for tag in example.tags),
            ("length", length),
        ]:
            found.setdefault(key, []).append(outcome)
    return tuple(
        Slice(
            kind=kind,
            name=name,
            count=len(part),
            scores=headline_scores(part, rounds=params.rounds // 4, seed=params.seed),
        )
        for (kind, name), part in sorted(found.items())
    )


def _worst(outcomes: Sequence[Outcome], count: int) -> tuple[int, ...]:
    wrong = [i for i, o in enumerate(outcomes) if not o.right]
    missed = [i for i, o in enumerate(outcomes) if o.target is not None and o.number is not None]
    if missed and not wrong:
        wrong = [i for i in missed if outcomes[i].target != outcomes[i].number]
    return tuple(sorted(wrong, key=lambda i: (-_size(outcomes[i]), i))[:count])


def _size(outcome: Outcome) -> float:
    if outcome.target is not None and outcome.number is not None:
        return abs(outcome.target - outcome.number)
    return outcome.confidence if outcome.truth != outcome.said else outcome.confidence - 1
