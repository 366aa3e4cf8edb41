"""Which characters made a network say a class: integrated gradients (Sundararajan et al. 2017)."""

from __future__ import annotations

import torch
from captum.attr import LayerIntegratedGradients
from torch import Tensor

from yuanli.learning.tokens import TextTokenizer
from yuanli.learning.training.methods import embeddings_of
from yuanli.learning.training.networks import Network

Attribution = tuple[int, int, float]
"""Start and end in characters, and how much that piece spoke for the class (negative: against)."""


def attribute(
    network: Network, tokenizer: TextTokenizer, text: str, *, context: str | None = None, label: str | None = None,
    steps: int = 32,
) -> tuple[Attribution, ...]:  # fmt: skip
    """Return what each piece of a text spoke for a class: of the one said, where none is given.

    The attributions of all pieces sum to the score of the class less its score on padding alone.
    """
    task = network.tasks[0]
    network.eval()
    tokens = tokenizer.encode([text], [context])[0]
    ids, mask = (torch.from_numpy(array) for array in tokenizer.padded([tokens]))

    def scores(input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        return network(input_ids, attention_mask).labels[task.name]

    with torch.no_grad():
        target = task.labels.index(label) if label else int(scores(ids, mask).argmax())
    blank = torch.full_like(ids, tokenizer.pad_id)
    special = torch.tensor([start == end for start, end in tokens.offsets])
    blank[0, special] = ids[0, special]
    gradients = LayerIntegratedGradients(scores, embeddings_of(network.encoder))
    found = gradients.attribute(
        ids,
        baselines=blank,
        additional_forward_args=(mask,),
        target=target,
        n_steps=steps,
        internal_batch_size=8,
    )
    each = found.sum(-1)[0].tolist()
    return tuple((s, e, v) for (s, e), v in zip(tokens.offsets, each, strict=True) if s != e)
