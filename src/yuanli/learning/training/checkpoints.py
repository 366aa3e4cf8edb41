"""Checkpoints that are whole or are not used, and the running mean of the weights."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import TrainerCallback

from yuanli.errors import Text, UnavailableError

SUMS = "checksums.json"
MEAN = "mean.safetensors"


class CorruptCheckpointError(UnavailableError):
    """A file of a checkpoint is not what was written."""


class Checked(TrainerCallback):
    """Writes checksums last, so that a checkpoint without them is known to be cut off; keeps the mean.

    Parameters
    ----------
    averaging
        Decay of the running mean of the weights that learn (Polyak and Juditsky 1992); 0 keeps none.
    """

    def __init__(self, averaging: float) -> None:
        self._averaging = averaging
        self._mean: dict[str, Tensor] = {}

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del control
        if not self._averaging:
            return
        kept = Path(args.output_dir) / f"checkpoint-{state.global_step}" / MEAN
        self._mean = load_file(kept) if kept.is_file() else _copied(kwargs["model"])

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del args, control
        decay = min(self._averaging, (1 + state.global_step) / (10 + state.global_step))
        if not self._averaging:
            return
        with torch.no_grad():
            for name, parameter in _learning(kwargs["model"]):
                self._mean[name].lerp_(parameter.detach(), 1 - decay)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del control, kwargs
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        if self._averaging:
            save_file(self._mean, folder / MEAN)
        sums = {path.name: _sum(path) for path in sorted(folder.iterdir()) if path.name != SUMS}
        part = folder / f"{SUMS}.part"
        part.write_text(json.dumps(sums), "utf-8")
        part.replace(folder / SUMS)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del args, state, control
        self.swap(kwargs["model"])

    def swap(self, network: nn.Module) -> None:
        """Exchange the weights of a network and their mean; a second call exchanges them back."""
        if not self._averaging:
            return
        with torch.no_grad():
            for name, parameter in _learning(network):
                kept = parameter.detach().clone()
                parameter.copy_(self._mean[name])
                self._mean[name] = kept


def last_checkpoint(folder: Path) -> Path | None:
    """Return the newest whole checkpoint of a run; one that was being written when the run died is passed over.

    Raises
    ------
    CorruptCheckpointError
        It was whole once and no longer is.
    """
    whole = [path.parent for path in folder.glob(f"checkpoint-*/{SUMS}")]
    if not whole:
        return None
    newest = max(whole, key=lambda path: int(path.name.rpartition("-")[2]))
    for name, expected in json.loads((newest / SUMS).read_text("utf-8")).items():
        path = newest / name
        if not path.is_file() or _sum(path) != expected:
            raise CorruptCheckpointError(
                Text(f"检查点文件“{path}”已损坏。", f"The checkpoint file {path} is damaged."),
                field=str(path),
                hint=Text(
                    f"删除“{newest}”，从前一个检查点继续；或不加 --resume 重新训练。",
                    f"Delete {newest} to go on from the one before, or train anew without --resume.",
                ),
            )
    return newest


def _learning(network: nn.Module) -> list[tuple[str, nn.Parameter]]:
    return [(name, p) for name, p in network.named_parameters() if p.requires_grad]


def _copied(network: nn.Module) -> dict[str, Tensor]:
    return {name: parameter.detach().clone() for name, parameter in _learning(network)}


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
