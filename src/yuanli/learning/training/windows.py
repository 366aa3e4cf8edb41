"""The transformer that reads a stretch of numbers, its training, and its way to ONNX."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from yuanli.learning.windows import Facts, Progress, WindowParams, Windows

OPSET = 17


class WindowNetwork(nn.Module):
    """One token a step, and one of the facts beside, from which the class is read."""

    def __init__(self, steps: int, channels: int, facts: int, classes: int, params: WindowParams) -> None:
        super().__init__()
        self.steps = nn.Linear(channels, params.width)
        self.facts = nn.Linear(facts, params.width)
        self.places = nn.Parameter(torch.randn(1, steps + 1, params.width) * 0.02)
        self.dropout = nn.Dropout(params.dropout)
        self.layers = nn.ModuleList(_Layer(params) for _ in range(params.layers))
        self.norm = nn.LayerNorm(params.width)
        self.head = nn.Linear(2 * params.width, classes)

    def forward(self, windows: Tensor, facts: Tensor) -> Tensor:
        known = self.facts(facts)
        tokens = torch.cat([known.unsqueeze(1), self.steps(windows)], dim=1) + self.places
        tokens = self.dropout(tokens)
        for layer in self.layers:
            tokens = layer(tokens)
        return self.head(torch.cat([self.norm(tokens[:, 0]), known], dim=-1))


class _Layer(nn.Module):
    """Attention and two linear maps, each after a norm and beside a way around."""

    def __init__(self, params: WindowParams) -> None:
        super().__init__()
        width = params.width
        self.heads = params.heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mixed, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.dropout = nn.Dropout(params.dropout)

    def forward(self, tokens: Tensor) -> Tensor:
        count, steps, width = tokens.shape
        mixed = self.mixed(self.before(tokens)).reshape(count, steps, 3, self.heads, width // self.heads)
        query, key, value = mixed.permute(2, 0, 3, 1, 4)
        weights = (query @ key.transpose(-1, -2) / (width // self.heads) ** 0.5).softmax(-1)
        seen = (weights @ value).transpose(1, 2).reshape(count, steps, width)
        tokens = tokens + self.dropout(self.out(seen))
        return tokens + self.dropout(self.narrow(functional.gelu(self.wide(self.between(tokens)))))


def train_windows(
    windows: Windows, facts: Facts, truth: NDArray[np.int64], path: Path, *, classes: int,
    params: WindowParams, progress: Progress | None = None,
) -> None:  # fmt: skip
    """Train a network by cross-entropy and write it; the same seed gives the same network on one machine."""
    with torch.random.fork_rng():
        torch.manual_seed(params.seed)
        network = WindowNetwork(windows.shape[1], windows.shape[2], facts.shape[1], classes, params)
        _fit(
            network,
            torch.from_numpy(windows),
            torch.from_numpy(facts),
            torch.from_numpy(truth),
            params,
            progress,
        )
    _export(network.eval(), windows, facts, path)


def _fit(
    network: WindowNetwork, windows: Tensor, facts: Tensor, truth: Tensor, params: WindowParams,
    progress: Progress | None,
) -> None:  # fmt: skip
    each = -(-len(truth) // params.batch)
    optimiser = torch.optim.AdamW(network.parameters(), lr=params.rate, weight_decay=params.weight_decay)
    schedule: Any = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=params.rate, total_steps=params.epochs * each, pct_start=0.2
    )
    kept: list[dict[str, Tensor]] = []
    network.train()
    for epoch in range(params.epochs):
        total = 0.0
        for rows in torch.randperm(len(truth)).split(params.batch):
            optimiser.zero_grad()
            noisy = windows[rows] + params.noise * torch.randn_like(windows[rows])
            said = network(noisy, facts[rows] + params.noise * torch.randn_like(facts[rows]))
            loss = functional.cross_entropy(said, truth[rows], label_smoothing=params.smoothing)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(loss.detach()) * len(rows)
        if epoch >= params.epochs - params.averaged:
            kept.append({name: value.detach().clone() for name, value in network.state_dict().items()})
        if progress is not None:
            progress(epoch + 1, params.epochs, total / len(truth))
    network.load_state_dict({name: sum(one[name] for one in kept) / len(kept) for name in kept[0]})


def _export(network: WindowNetwork, windows: Windows, facts: Facts, path: Path) -> None:
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network, (torch.from_numpy(windows[:2]), torch.from_numpy(facts[:2])), str(path),
            input_names=["windows", "facts"], output_names=["scores"], opset_version=OPSET, dynamo=False,
            dynamic_axes={"windows": {0: "n"}, "facts": {0: "n"}, "scores": {0: "n"}},
        )  # fmt: skip
