"""A network on disk, to be trained on, compressed or exported later."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModel

from yuanli.learning.models import TOKENIZER
from yuanli.learning.recipes import MethodParams, Recipe
from yuanli.learning.tokens import TextTokenizer
from yuanli.learning.training.compressing import apply_shapes, shapes_of
from yuanli.learning.training.methods import is_merged, merged_encoder, prepare_encoder
from yuanli.learning.training.networks import Network, Task

WEIGHTS = "network.safetensors"
FACTS = "network.json"


def save_network(network: Network, tokenizer: TextTokenizer, recipe: Recipe, folder: Path) -> None:
    """Write a network with its tokenizer; low-rank updates are added into the encoder's own weights first."""
    folder.mkdir(parents=True, exist_ok=True)
    network.encoder = merged_encoder(network.encoder)
    config = network.encoder.config
    config.save_pretrained(folder)
    tokenizer.save(folder / TOKENIZER)
    facts = {
        "tasks": [asdict(task) for task in network.tasks], "crf": bool(network.crfs),
        "dropout": network.dropout.p, "max_length": tokenizer.max_length, "characters": tokenizer.characters,
        "method": None if is_merged(network.encoder) else recipe.method.model_dump(mode="json"),
        "shapes": shapes_of(network) if is_merged(network.encoder) else None,
    }  # fmt: skip
    state = {name: tensor.contiguous().clone() for name, tensor in network.state_dict().items()}
    save_file(state, folder / WEIGHTS)
    (folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False), "utf-8")


def load_network(folder: Path) -> tuple[Network, TextTokenizer]:
    """Read a network that was saved, with its tokenizer."""
    facts = json.loads((folder / FACTS).read_text("utf-8"))
    encoder = AutoModel.from_config(AutoConfig.from_pretrained(folder))
    encoder.pooler = None
    if facts.get("shapes"):
        apply_shapes(encoder, facts["shapes"])
    if facts["method"]:
        encoder = prepare_encoder(encoder, MethodParams.model_validate(facts["method"]), steps=1)
    tasks = [
        Task(**task | {"labels": tuple(task["labels"]), "tags": tuple(task["tags"])})
        for task in facts["tasks"]
    ]
    network = Network(encoder, tasks, dropout=facts["dropout"], crf=facts["crf"])
    network.load_state_dict(load_file(folder / WEIGHTS))
    tokenizer = TextTokenizer.load(
        folder / TOKENIZER, max_length=facts["max_length"], characters=facts["characters"]
    )
    return network.eval(), tokenizer
