"""Examples as batches of numbers: augmented anew each epoch, grouped by length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset, Sampler

from yuanli.learning.examples import Example
from yuanli.learning.tokens import TextTokenizer, Tokens, tags_of
from yuanli.learning.training.networks import Task, sentence_vectors

Augmenter = Callable[[Example, Random], Example]
IGNORED = -100
BUCKET = 50
"""Batches whose examples are sorted by length together, as many as the reference implementation takes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One example in numbers."""

    tokens: Tokens
    task: int
    label: int
    tags: list[int]
    target: float
    pair: Tokens | None
    vector: Tensor | None


class Rows(Dataset[Row]):
    """Examples of several tasks in numbers; the augmenter changes them by seed, epoch and place alone.

    `vectors`, shape `(n_examples, width)`, are sentence vectors to stay near to, if any.
    """

    def __init__(
        self,
        examples: Sequence[tuple[str, Example]],
        tasks: Sequence[Task],
        tokenizer: TextTokenizer,
        *,
        augment: Augmenter | None = None,
        seed: int = 0,
    ) -> None:
        self.examples = examples
        self.epoch = 0
        self.vectors: Tensor | None = None
        self._tokenizer = tokenizer
        self._augment = augment
        self._seed = seed
        self._tasks = {task.name: i for i, task in enumerate(tasks)}
        self._labels = [{label: i for i, label in enumerate(task.labels)} for task in tasks]
        self._tags = [{tag: i for i, tag in enumerate(task.tags)} for task in tasks]
        self.lengths = [len(t.ids) for t in self._encoded([example for _, example in examples])]

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, place: int) -> Row:
        name, example = self.examples[place]
        if self._augment is not None:
            example = self._augment(example, Random(f"{self._seed}/{self.epoch}/{place}"))
        vector = None if self.vectors is None else self.vectors[place]
        return self._row(self._tasks[name], example, vector)

    @torch.no_grad()
    def keep_vectors(self, encoder: nn.Module, *, batch: int = 64) -> None:
        """Take the sentence vectors that an encoder gives the examples now as those to stay near to."""
        encoder.eval()
        order = sorted(range(len(self)), key=self.lengths.__getitem__)
        found: dict[int, Tensor] = {}
        for first in range(0, len(order), batch):
            places = order[first : first + batch]
            tokens = self._encoded([self.examples[i][1] for i in places])
            ids, mask = map(torch.from_numpy, self._tokenizer.padded(tokens))
            with torch.autocast(ids.device.type, torch.bfloat16, enabled=multiplies_bf16()):
                found |= dict(zip(places, sentence_vectors(encoder, ids, mask).float(), strict=True))
        self.vectors = torch.stack([found[i] for i in range(len(self))])

    def sample(self, count: int) -> dict[str, Tensor]:
        """Return a batch of that many examples, or all, drawn by the seed."""
        places = Random(self._seed).sample(range(len(self)), min(count, len(self)))
        return collate([self[place] for place in places], self._tokenizer)

    def _row(self, task: int, example: Example, vector: Tensor | None) -> Row:
        tokens = self._encoded([example])[0]
        index = self._tags[task]
        tags = tags_of(tokens.offsets, example.spans, index) if index else [IGNORED] * len(tokens.ids)
        label = IGNORED if example.label is None else self._labels[task].get(example.label, IGNORED)
        pair = self._tokenizer.encode([example.pair])[0] if example.pair else None
        target = float("nan") if example.target is None else example.target
        return Row(tokens, task, label, tags, target, pair, vector)

    def _encoded(self, examples: Sequence[Example]) -> list[Tokens]:
        return self._tokenizer.encode([e.text for e in examples], [e.context for e in examples])


def collate(rows: Sequence[Row], tokenizer: TextTokenizer) -> dict[str, Tensor]:
    """Return the tensors of a batch; a label or tag below 0 and a target of NaN are not asked for."""
    ids, mask = tokenizer.padded([row.tokens for row in rows])
    tags = np.full(ids.shape, IGNORED, dtype=np.int64)
    for number, row in enumerate(rows):
        tags[number, : len(row.tags)] = row.tags
    batch = {
        "input_ids": torch.from_numpy(ids),
        "attention_mask": torch.from_numpy(mask),
        "tags": torch.from_numpy(tags),
        "task": torch.tensor([row.task for row in rows]),
        "label": torch.tensor([row.label for row in rows]),
        "target": torch.tensor([row.target for row in rows]),
    }
    vectors = [row.vector for row in rows if row.vector is not None]
    if vectors:
        batch["vectors"] = torch.stack(vectors)
    pairs = [row.pair for row in rows if row.pair is not None]
    if pairs:
        pair_ids, pair_mask = tokenizer.padded(pairs)
        batch |= {
            "pair_ids": torch.from_numpy(pair_ids),
            "pair_mask": torch.from_numpy(pair_mask),
            "paired": torch.tensor([row.pair is not None for row in rows]),
        }
    return batch


def multiplies_bf16() -> bool:
    """Whether this machine multiplies matrices of bfloat16 faster than of float32."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())


class ByLength(Sampler[int]):
    """A new order each epoch in which neighbours are about as long, so that little is padded."""

    def __init__(self, lengths: Sequence[int], batch: int, *, seed: int) -> None:
        self._lengths = np.asarray(lengths)
        self._batch = batch
        self._seed = seed
        self.epoch = 0
        self.vectors: Tensor | None = None

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        rng = np.random.default_rng((self._seed, self.epoch))
        order = rng.permutation(len(self._lengths))
        stride = self._batch * BUCKET
        batches: list[np.ndarray] = []
        for first in range(0, len(order), stride):
            bucket = order[first : first + stride]
            bucket = bucket[np.argsort(self._lengths[bucket], kind="stable")]
            batches += [bucket[i : i + self._batch] for i in range(0, len(bucket), self._batch)]
        ragged = [b for b in batches if len(b) < self._batch]
        whole = [b for b in batches if len(b) == self._batch]
        rng.shuffle(whole)
        return iter(int(i) for b in (*whole, *ragged) for i in b)


def counted(examples: Sequence[tuple[str, Example]]) -> Mapping[str, int]:
    """Return how many examples each task has."""
    counts: dict[str, int] = {}
    for name, _ in examples:
        counts[name] = counts.get(name, 0) + 1
    return counts
