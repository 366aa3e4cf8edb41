"""Adversarial training on word vectors: learn from the worst small change."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from yuanli.learning.training.methods import embeddings_of

STEPS = {"fgm": 1, "pgd": 3}
"""One step along the gradient (Miyato et al. 2017), or several (Madry et al. 2018)."""


class EmbeddingNoise:
    """Adds a change to what the embeddings of a network's encoder give, and sees the gradient there.

    A loss may need several passes; each has its own change.
    """

    def __init__(self, network: nn.Module, encoder: nn.Module) -> None:
        self._network = network
        self._seen: list[Tensor] = []
        self._changes: list[Tensor] = []
        embeddings_of(encoder).register_forward_hook(self._on_forward)

    def begin(self) -> None:
        """Forget the passes of the step before."""
        self._seen, self._changes = [], []

    def _on_forward(self, module: nn.Module, inputs: object, states: Tensor) -> Tensor:
        del inputs
        if not module.training or not torch.is_grad_enabled():
            return states
        if len(self._seen) < len(self._changes):
            states = states + self._changes[len(self._seen)]
        if not states.requires_grad:
            states = states.detach().requires_grad_()
        states.retain_grad()
        self._seen.append(states)
        return states

    def attack(self, backward: Callable[[], object], *, size: float, steps: int) -> None:
        """Run `backward` again on changed vectors, after a first run has left its gradients.

        The changes point where the loss grows and are at most `size` long per text. The gradients of the
        last run are added to those of the first; runs between only look for the changes.
        """
        learned = [None if p.grad is None else p.grad.clone() for p in self._network.parameters()]
        changes: list[Tensor] = []
        for step in range(steps):
            steeper = [_steepest(seen, size / steps) for seen in self._seen]
            changes = [old + new for old, new in zip(changes, steeper, strict=True)] if changes else steeper
            for parameter, kept in zip(self._network.parameters(), learned, strict=True):
                parameter.grad = None if kept is None or step < steps - 1 else kept
            self._seen, self._changes = [], changes
            backward()
        self.begin()


def _steepest(seen: Tensor, size: float) -> Tensor:
    slope = torch.zeros_like(seen) if seen.grad is None else seen.grad
    length = slope.flatten(1).norm(dim=1).clamp(min=1e-12).view(-1, 1, 1)
    return (size * slope / length).detach()
