"""What a network says of examples, on the torch side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from yuanli.learning.decoding import FORBIDDEN, allowed_starts, allowed_transitions, best_tags
from yuanli.learning.examples import Example, Span
from yuanli.learning.predictions import Prediction
from yuanli.learning.tokens import TextTokenizer, spans_of
from yuanli.learning.training.networks import Network, Task


@torch.inference_mode()
def predict(
    network: Network, tokenizer: TextTokenizer, examples: Sequence[Example], *, task: str, batch: int = 64
) -> list[Prediction]:
    """Return the predictions of one task; the network is left in the mode it was in."""
    was_training = network.training
    network.eval()
    which = next(t for t in network.tasks if t.name == task)
    transitions, start = transitions_of(network, which)
    tokens = tokenizer.encode([e.text for e in examples], [e.context for e in examples])
    order = sorted(range(len(examples)), key=lambda i: len(tokens[i].ids))
    said: list[Prediction | None] = [None] * len(examples)
    for first in range(0, len(order), batch):
        rows = order[first : first + batch]
        ids, mask = tokenizer.padded([tokens[i] for i in rows])
        device = next(network.parameters()).device
        output = network(torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device))
        labels = output.labels[task].softmax(-1).float().cpu().numpy() if which.labels else None
        tags = output.tags[task].float().cpu().numpy() if which.tags else None
        numbers = output.numbers[task].float().cpu().numpy() if which.regression else None
        vectors = output.vectors.float().cpu().numpy()
        for place, i in enumerate(rows):
            probabilities = np.zeros(0, np.float32) if labels is None else labels[place]
            best = int(probabilities.argmax()) if labels is not None else None
            offsets = tokens[i].offsets
            real = [k for k, (a, b) in enumerate(offsets) if a != b]
            spans: tuple[Span, ...] = ()
            if tags is not None:
                chain = best_tags(tags[place][real], transitions, start)
                spans = spans_of(examples[i].text, [offsets[k] for k in real], [which.tags[t] for t in chain])
            said[i] = Prediction(
                label=None if best is None else which.labels[best],
                confidence=1.0 if best is None else float(probabilities[best]),
                probabilities=probabilities,
                spans=spans,
                vector=vectors[place],
                number=None if numbers is None else float(numbers[place]),
            )
    network.train(was_training)
    return [p for p in said if p is not None]


def transitions_of(network: Network, task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of transitions and starts of tags: learned ones, or what BIO allows."""
    if task.name in network.crfs:
        transitions, start = network.crfs[task.name].scores()
        return transitions.detach().cpu().numpy(), start.detach().cpu().numpy()
    return (
        np.where(allowed_transitions(task.tags), 0, FORBIDDEN).astype(np.float32),
        np.where(allowed_starts(task.tags), 0, FORBIDDEN).astype(np.float32),
    )
