"""Examples in training, development and test parts that share nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.learning.alike import SIMILARITY
from yuanli.learning.examples import Example
from yuanli.learning.leaks import groups_of

PARTS = ("train", "dev", "test")


class NoSplitError(InfeasibleError):
    """The examples are too alike to be parted without a leak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Three parts of one set of examples, each in the order it came in."""

    train: tuple[Example, ...]
    dev: tuple[Example, ...] = ()
    test: tuple[Example, ...] = ()


def label_of(example: Example) -> str:
    """Return the label of an example, empty where it has none."""
    return example.label or ""


def split(
    examples: Sequence[Example],
    *,
    dev: float = 0.1,
    test: float = 0.1,
    seed: int = 0,
    by: Callable[[Example], str] = label_of,
    similarity: float = SIMILARITY,
) -> Split:
    """Part examples so that nothing in one part is alike to anything in another, in the sense of `find_leaks`.

    Groups of alike examples are dealt out whole, the largest first, each to the part that lacks most of its
    kinds: iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011, doi:10.1007/978-3-642-23808-6_10).

    Parameters
    ----------
    examples
        Of one task.
    dev, test
        Shares of the whole, as near as the groups allow.
    seed
        Settles which groups of a size go where.
    by
        The kinds that each part shall hold its share of.
    similarity
        From which similarity on two texts stay together.

    Raises
    ------
    InvalidInputError
        The shares are negative, or leave nothing to train on.
    NoSplitError
        A part that was asked for would be empty.
    """
    shares = {"train": 1 - dev - test, "dev": dev, "test": test}
    if min(dev, test) < 0 or shares["train"] <= 0:
        raise InvalidInputError(
            Text(
                f"dev={dev}、test={test} 不是合适的份额。",
                f"dev={dev} and test={test} are no shares to split by.",
            ),
            field="dev",
            hint=Text("两者不为负，和小于 1。", "Neither is negative, and their sum is less than 1."),
        )
    part_of = _dealt(examples, groups_of(examples, similarity=similarity).tolist(), shares, by, Random(seed))
    parts = {name: tuple(e for e, p in zip(examples, part_of, strict=True) if p == name) for name in PARTS}
    empty = [name for name in PARTS if shares[name] > 0 and not parts[name]]
    if empty:
        raise NoSplitError(
            Text(f"{len(examples)} 条例句太相似或太少，“{empty[0]}”部分会是空的。",
                 f"{len(examples)} examples are too few or too alike: the part {empty[0]!r} would be empty."),
            field=empty[0],
            hint=Text("收集更多样的例句，或调高 similarity。",
                      "Collect more varied examples, or raise similarity."),
        )  # fmt: skip
    return Split(train=parts["train"], dev=parts["dev"], test=parts["test"])


def _dealt(
    examples: Sequence[Example],
    groups: Sequence[int],
    shares: Mapping[str, float],
    by: Callable[[Example], str],
    rng: Random,
) -> list[str]:
    """Return the part of each example."""
    kinds: dict[int, Counter[str]] = {}
    for example, group in zip(examples, groups, strict=True):
        kinds.setdefault(group, Counter())[by(example)] += 1
    names = [name for name in PARTS if shares[name] > 0]
    whole = sum(kinds.values(), Counter())
    lack = {kind: np.array([shares[name] * count for name in names]) for kind, count in whole.items()}
    open_shares = np.array([shares[name] * len(examples) for name in names])
    order = list(kinds)
    rng.shuffle(order)
    order.sort(key=lambda group: -kinds[group].total())
    chosen: dict[int, str] = {}
    for group in order:
        need = np.sum([count * lack[kind] for kind, count in kinds[group].items()], axis=0)
        best = int(np.lexsort((open_shares.round(9), need.round(9)))[-1])
        chosen[group] = names[best]
        for kind, count in kinds[group].items():
            lack[kind][best] -= count
        open_shares[best] -= kinds[group].total()
    return [chosen[group] for group in groups]
