"""The network that learns: a pretrained encoder and a head for each thing to say of a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from yuanli.learning.training.crf import Crf

STANDARDISED_ON = 256
"""How many examples the scale of an encoder's states is measured on."""


@dataclass(frozen=True, slots=True)
class Task:
    """What one data set asks of a text; the first task of a network is the one it is trained for.

    Parameters
    ----------
    labels
        Classes of a text; none where the task has no classes.
    tags
        BIO tags of its pieces; none where it has no spans.
    regression
        Whether it asks for a number.
    """

    name: str
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    regression: bool = False
    weight: float = 1.0


@dataclass(slots=True)
class Output:
    """What a network says of a batch, by task; `vectors` are the sentence vectors, of length 1."""

    labels: dict[str, Tensor]
    tags: dict[str, Tensor]
    numbers: dict[str, Tensor]
    vectors: Tensor


class Standard(nn.Module):
    """Centres and scales states by what they were before training.

    The states of a retrieval encoder lie in a narrow cone: without this the heads see almost the same
    vector for every text, and learn an order of magnitude more slowly (see `benchmarks/LOG.md`).
    """

    centre: Tensor
    scale: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(width))
        self.register_buffer("scale", torch.ones(width))

    def forward(self, states: Tensor) -> Tensor:
        return (states - self.centre) / self.scale

    def measure(self, states: Tensor) -> None:
        """Take centre and scale from states of shape `(n, width)`."""
        self.centre.copy_(states.mean(0))
        self.scale.copy_(states.std(0).clamp(min=1e-3))


class Network(nn.Module):
    """An encoder with heads: for classes and numbers (on the mean of its states and the first), and tags."""

    def __init__(
        self, encoder: nn.Module, tasks: Sequence[Task], *, dropout: float = 0.1, crf: bool = False
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.tasks = tuple(tasks)
        width = encoder.config.hidden_size
        self.dropout = nn.Dropout(dropout)
        self.whole = Standard(width * 2)
        self.each = Standard(width)
        self.label_heads = _heads(width * 2, {t.name: len(t.labels) for t in tasks if t.labels})
        self.tag_heads = _heads(width, {t.name: len(t.tags) for t in tasks if t.tags})
        self.number_heads = _heads(width * 2, {t.name: 1 for t in tasks if t.regression})
        self.crfs = nn.ModuleDict({t.name: Crf(t.tags) for t in tasks if t.tags and crf})

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Output:
        states, mean = self._states(input_ids, attention_mask)
        whole = self.dropout(self.whole(torch.cat([mean, states[:, 0]], dim=-1)))
        each = self.dropout(self.each(states))
        return Output(
            labels={name: head(whole) for name, head in self.label_heads.items()},
            tags={name: head(each) for name, head in self.tag_heads.items()},
            numbers={name: head(whole).squeeze(-1) for name, head in self.number_heads.items()},
            vectors=nn.functional.normalize(mean, dim=-1),
        )

    @torch.no_grad()
    def standardise(self, input_ids: Tensor, attention_mask: Tensor) -> None:
        """Measure the scale of the encoder's states on some texts, before training."""
        was_training = self.training
        self.eval()
        states, mean = self._states(input_ids, attention_mask)
        self.whole.measure(torch.cat([mean, states[:, 0]], dim=-1))
        self.each.measure(states[attention_mask.bool()])
        self.train(was_training)

    def _states(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        return states, (states * mask).sum(1) / mask.sum(1)


def sentence_vectors(encoder: nn.Module, ids: Tensor, mask: Tensor) -> Tensor:
    """Return the mean of an encoder's states, of length 1."""
    states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    weights = mask.unsqueeze(-1).to(states.dtype)
    return nn.functional.normalize((states * weights).sum(1) / weights.sum(1), dim=-1)


def _heads(width: int, sizes: Mapping[str, int]) -> nn.ModuleDict:
    heads = nn.ModuleDict({name: nn.Linear(width, size) for name, size in sizes.items()})
    for head in heads.values():
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
    return heads
