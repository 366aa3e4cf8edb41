"""Continued pre-training: an encoder reads the words of its field before it is fine-tuned (Gururangan et al. 2020)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset
from transformers import AutoModelForMaskedLM, PrinterCallback, Trainer, TrainingArguments, set_seed
from transformers.trainer_utils import get_last_checkpoint

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.models import TOKENIZER
from yuanli.learning.tokens import TextTokenizer, Tokens
from yuanli.learning.training.bases import load_base
from yuanli.learning.training.running import Progress, Told

MASKED = 0.15
SUFFIXES = (".txt", ".md")


class _Texts(Dataset[Tokens]):
    def __init__(self, tokens: Sequence[Tokens]) -> None:
        self.tokens = tokens

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, place: int) -> Tokens:
        return self.tokens[place]


class _Masker:
    """Hides pieces as BERT does: of 15 %, four fifths become the mask, a tenth another piece."""

    def __init__(self, tokenizer: TextTokenizer) -> None:
        self._tokenizer = tokenizer

    def __call__(self, rows: Sequence[Tokens]) -> dict[str, Tensor]:
        ids, mask = (torch.from_numpy(array) for array in self._tokenizer.padded(rows))
        real = torch.zeros_like(ids, dtype=torch.bool)
        for number, row in enumerate(rows):
            real[number, : len(row.ids)] = torch.tensor([start != end for start, end in row.offsets])
        chosen = real & (torch.rand(ids.shape) < MASKED)
        labels = ids.masked_fill(~chosen, -100)
        draw = torch.rand(ids.shape)
        hidden = ids.masked_fill(chosen & (draw < 0.8), self._tokenizer.mask_id)
        other = chosen & (draw >= 0.9)
        hidden = torch.where(other, torch.randint_like(ids, self._tokenizer.size), hidden)
        return {"input_ids": hidden, "attention_mask": mask, "labels": labels}


def pretrain(
    base: str, texts: Sequence[str], folder: Path, *, epochs: float = 3, rate: float = 1e-4, batch: int = 32,
    max_length: int = 128, seed: int = 0, resume: bool = False, progress: Progress | None = None,
) -> dict[str, float]:  # fmt: skip
    """Train a base on masked texts; `folder/base` is then a base to fine-tune. Return losses before and after.

    Raises
    ------
    InvalidInputError
        There is no text.
    """
    if not texts:
        raise InvalidInputError(
            Text("没有可用的文本。", "There is no text to read."),
            field="texts",
            hint=Text("给出含 .txt 或 .md 的文件夹。", "Give a folder with .txt or .md files."),
        )
    set_seed(seed)
    _, tokenizer = load_base(base, max_length=max_length)
    network = AutoModelForMaskedLM.from_pretrained(base, dtype=torch.float32)
    rows = _Texts(tokenizer.encode(list(texts)))
    masker = _Masker(tokenizer)
    before = _loss(network, rows, masker, seed)
    trainer = Trainer(
        model=network, args=_arguments(folder, epochs, rate, batch, seed), train_dataset=rows,
        data_collator=masker, callbacks=[Told(progress)] if progress else [],
    )  # fmt: skip
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(folder)) if resume else None)
    network.base_model.save_pretrained(folder / "base")
    tokenizer.save(folder / "base" / TOKENIZER)
    return {"before": before, "after": _loss(network, rows, masker, seed)}


def read_texts(folder: Path, *, shortest: int = 4) -> tuple[str, ...]:
    """Return the paragraphs of all text files under a folder, in a settled order, each once."""
    return tuple(dict.fromkeys(text for text in _paragraphs(folder) if len(text) >= shortest))


def _paragraphs(folder: Path) -> Iterator[str]:
    files = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES)
    for path in files:
        for line in path.read_text("utf-8-sig", errors="replace").splitlines():
            if line.strip():
                yield line.strip()


@torch.no_grad()
def _loss(network: nn.Module, rows: _Texts, masker: _Masker, seed: int) -> float:
    torch.manual_seed(seed)
    network.eval()
    losses = [network(**masker(rows.tokens[i : i + 32])).loss for i in range(0, min(len(rows), 512), 32)]
    return float(torch.stack(losses).nanmean())


def _arguments(folder: Path, epochs: float, rate: float, batch: int, seed: int) -> Any:
    return TrainingArguments(
        output_dir=str(folder), num_train_epochs=epochs, learning_rate=rate, warmup_steps=0.06,
        per_device_train_batch_size=batch, seed=seed, save_strategy="epoch", save_total_limit=1,
        report_to="none", disable_tqdm=True, logging_steps=20, remove_unused_columns=False,
        use_cpu=not torch.cuda.is_available(),
    )  # fmt: skip
