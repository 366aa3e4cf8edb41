"""A linear-chain conditional random field over tags (Lafferty et al. 2001)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from yuanli.learning.decoding import FORBIDDEN, allowed_starts, allowed_transitions


class Crf(nn.Module):
    """Scores of transitions between tags, learned; transitions that BIO forbids stay forbidden."""

    forbidden: Tensor
    forbidden_start: Tensor

    def __init__(self, tags: Sequence[str]) -> None:
        super().__init__()
        self.transitions = nn.Parameter(torch.zeros(len(tags), len(tags)))
        self.start = nn.Parameter(torch.zeros(len(tags)))
        self.register_buffer("forbidden", ~torch.from_numpy(allowed_transitions(tags)), persistent=False)
        self.register_buffer("forbidden_start", ~torch.from_numpy(allowed_starts(tags)), persistent=False)

    def scores(self) -> tuple[Tensor, Tensor]:
        """Return the scores of transitions `(from, to)` and of starts."""
        return (
            self.transitions.masked_fill(self.forbidden, FORBIDDEN),
            self.start.masked_fill(self.forbidden_start, FORBIDDEN),
        )

    def negative_log_likelihood(self, emissions: Tensor, tags: Tensor) -> Tensor:
        """Return the mean over the pieces that have a tag; those below 0 are left out of the chain.

        Parameters
        ----------
        emissions
            Shape `(n_texts, n_pieces, n_tags)`.
        tags
            Shape `(n_texts, n_pieces)`.
        """
        transitions, start = self.scores()
        kept = tags >= 0
        order = torch.argsort((~kept).int(), dim=1, stable=True)[:, : max(1, int(kept.sum(1).max()))]
        kept, truth = kept.gather(1, order), tags.gather(1, order).clamp(min=0)
        rows = emissions.float().gather(1, order.unsqueeze(-1).expand(-1, -1, emissions.shape[-1]))
        alpha = start + rows[:, 0]
        for step in range(1, rows.shape[1]):
            after = torch.logsumexp(alpha.unsqueeze(2) + transitions, dim=1) + rows[:, step]
            alpha = torch.where(kept[:, step, None], after, alpha)
        each = rows.gather(2, truth.unsqueeze(2)).squeeze(2)
        path = torch.cat([start[truth[:, :1]], transitions[truth[:, :-1], truth[:, 1:]]], dim=1) + each
        whole = torch.logsumexp(alpha, dim=1) * kept[:, 0]
        return (whole - (path * kept).sum(1)).sum() / kept.sum().clamp(min=1)
