"""A base of two thin layers and a handful of examples: enough to run every part of training in a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

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
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
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


def make_base(folder: Path, *, unigram: bool = False) -> Path:
    torch = pytest.importorskip("torch", reason="the training side needs yuanli[train]")
    from transformers import BertConfig, BertModel

    texts = [e.text for e in (*examples(), *examples(offset=1))]
    tokenizer = Tokenizer(models.Unigram()) if unigram else Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.NFKC()
    trainer: trainers.Trainer
    if unigram:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=200, special_tokens=SPECIAL, unk_token="<unk>")
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        trainer = trainers.WordLevelTrainer(special_tokens=SPECIAL)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
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
