"""A base of two thin layers and a handful of examples: enough to run every part of training in a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from yuanli.learning import Example, Recipe, Span, parse_recipe
from yuanli.learning.parts import Part

WORDS = {
    "light_on": [
        "turn on the light in {}",
        "light in {} on please",
        "{} is dark",
        "switch the light of {} on",
    ],
    "route": ["how do I get to {}", "way to {} please", "take me to {}", "where is the way to {}"],
    "book": ["book {} for me", "reserve {} please", "I need {} tomorrow", "get me {} for a meeting"],
}
PLACES = ["hall", "lab", "tower", "gate", "atrium", "garden", "library", "gym"]


def examples(*, offset: int = 0) -> tuple[Example, ...]:
    made = []
    for label, wordings in WORDS.items():
        for number, wording in enumerate(wordings):
            for place in PLACES[offset::2]:
                start = wording.index("{}")
                text = wording.format(place)
                kind = "room" if label == "book" else "place"
                span = Span(start, start + len(place), kind)
                made.append(Example(text=text, label=label, spans=(span,), language="en", origin=f"{number}"))
    return tuple(made)


def parts() -> dict[str, Part]:
    return {"main": Part(examples(), examples(offset=1))}


def make_base(folder: Path) -> Path:
    torch = pytest.importorskip("torch", reason="the training side needs yuanli[train]")
    from transformers import BertConfig, BertModel

    words = sorted({w for e in (*examples(), *examples(offset=1)) for w in e.text.split()})
    vocabulary = {w: i for i, w in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=64, pad_token_id=1,
    )  # fmt: skip
    folder.mkdir(parents=True)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def recipe(base: Path, **over: Any) -> Recipe:
    document: dict[str, Any] = {
        "name": "tiny", "base": str(base), "data": [{"path": "unused"}], "max_length": 32, "evaluations": 3,
        "optimiser": {"rate": 1e-3, "head_rate": 3e-3, "epochs": 12, "batch": 8, "precision": "fp32"},
    }  # fmt: skip
    for name, value in over.items():
        kept = document.get(name)
        document[name] = {**kept, **value} if isinstance(kept, dict) else value
    return parse_recipe(document, folder=base)
