"""What is made small: a loss for each kind of task, and what keeps a network from learning by heart."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from yuanli.learning.training.batches import IGNORED
from yuanli.learning.training.networks import Network, Output

SAME = 0.9999
"""Cosine from which two pairs of a batch are the same text, and not each other's wrong answer."""


def task_loss(
    network: Network, output: Output, batch: Mapping[str, Tensor], *, smoothing: float = 0.0
) -> Tensor:
    """Return the loss of a batch over all tasks in it.

    Cross-entropy on classes; token cross-entropy or the field's likelihood on tags; squared error on numbers.
    """
    total = output.vectors.sum() * 0
    for number, task in enumerate(network.tasks):
        rows = batch["task"] == number
        if not bool(rows.any()):
            continue
        loss = total * 0
        labels = batch["label"][rows]
        if task.labels and bool((labels != IGNORED).any()):
            loss = loss + functional.cross_entropy(
                output.labels[task.name][rows], labels, ignore_index=IGNORED, label_smoothing=smoothing
            )
        tags = batch["tags"][rows]
        if task.tags and bool((tags != IGNORED).any()):
            loss = loss + _tag_loss(network, task.name, output.tags[task.name][rows], tags)
        target = batch["target"][rows]
        known = ~torch.isnan(target)
        if task.regression and bool(known.any()):
            loss = loss + functional.mse_loss(output.numbers[task.name][rows][known], target[known])
        total = total + task.weight * loss * rows.float().mean()
    return total


def _tag_loss(network: Network, name: str, emissions: Tensor, tags: Tensor) -> Tensor:
    if name in network.crfs:
        return network.crfs[name].negative_log_likelihood(emissions, tags)
    return functional.cross_entropy(emissions.flatten(0, 1), tags.flatten(), ignore_index=IGNORED)


def contrastive_loss(vectors: Tensor, pairs: Tensor, *, temperature: float = 0.05) -> Tensor:
    """Return the loss that tells each text's own pair from the others of the batch (van den Oord et al. 2018)."""
    scores = vectors @ pairs.T / temperature
    same = pairs @ pairs.T > SAME
    scores = scores.masked_fill(same & ~torch.eye(len(pairs), dtype=torch.bool, device=pairs.device), -1e4)
    truth = torch.arange(len(scores), device=scores.device)
    return (functional.cross_entropy(scores, truth) + functional.cross_entropy(scores.T, truth)) / 2


def disagreement(first: Output, second: Output, batch: Mapping[str, Tensor]) -> Tensor:
    """Return the symmetric divergence of two passes with different dropout (R-Drop, Liang et al. 2021)."""
    loss = first.vectors.sum() * 0
    for name, logits in first.labels.items():
        loss = loss + _divergence(logits, second.labels[name])
    real = batch["tags"] != IGNORED
    if bool(real.any()):
        for name, logits in first.tags.items():
            loss = loss + _divergence(logits[real], second.tags[name][real])
    return loss


def drift(vectors: Tensor, before: Tensor, centre: Tensor) -> Tensor:
    """Return how far sentence vectors have turned from what they were, seen from the middle of them all.

    The vectors of a retrieval encoder lie in a narrow cone: what tells texts apart is what the cosine to the
    centre hides.
    """
    return 1 - functional.cosine_similarity(vectors - centre, before - centre).mean()


def distillation_loss(
    output: Output, teacher: Output, batch: Mapping[str, Tensor], *, temperature: float = 2.0
) -> Tensor:
    """Return how far a network is from its teacher on classes, tags and vectors (Hinton et al. 2015)."""
    loss = (1 - (output.vectors * teacher.vectors).sum(-1)).mean()
    real = batch["tags"] != IGNORED
    for said, taught in (
        *((output.labels[n], t) for n, t in teacher.labels.items()),
        *((output.tags[n][real], t[real]) for n, t in teacher.tags.items()),
    ):
        if len(said):
            loss = loss + temperature**2 * functional.kl_div(
                functional.log_softmax(said / temperature, -1),
                functional.log_softmax(taught / temperature, -1),
                reduction="batchmean",
                log_target=True,
            )
    return loss


def _divergence(first: Tensor, second: Tensor) -> Tensor:
    p, q = functional.log_softmax(first, -1), functional.log_softmax(second, -1)
    there = functional.kl_div(p, q, reduction="batchmean", log_target=True)
    return (there + functional.kl_div(q, p, reduction="batchmean", log_target=True)) / 2
