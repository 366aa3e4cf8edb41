"""A network made smaller: fewer layers, heads, neurons, words; and a student that learns from its teacher."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.tokens import TextTokenizer
from yuanli.learning.training.batches import Rows, collate
from yuanli.learning.training.losses import task_loss
from yuanli.learning.training.methods import embeddings_of, layers_of
from yuanli.learning.training.networks import Network

IMPORTANCE_BATCHES = 16


def drop_layers(network: Network, keep: int) -> Network:
    """Return a copy with that many layers, the first and last among them and the others evenly between.

    Raises
    ------
    InvalidInputError
        There are fewer layers, or none would be left.
    """
    layers = layers_of(network.encoder)
    if not 1 <= keep <= len(layers):
        raise InvalidInputError(
            Text(
                f"层数 {keep} 不在 1–{len(layers)} 之间。", f"{keep} layers are not within 1–{len(layers)}."
            ),
            field="layers",
            hint=Text("给出更小的层数。", "Give a smaller number."),
        )
    smaller = copy.deepcopy(network)
    kept = layers_of(smaller.encoder)
    last = len(kept) - 1
    chosen = sorted({round(i * last / max(keep - 1, 1)) for i in range(keep)}) if keep > 1 else [last]
    _replace_list(smaller.encoder, kept, nn.ModuleList(kept[i] for i in chosen))
    smaller.encoder.config.num_hidden_layers = len(chosen)
    return smaller


def prune(network: Network, rows: Rows, tokenizer: TextTokenizer, *, heads: float, neurons: float) -> Network:
    """Return a copy without the heads and feed-forward neurons that matter least.

    How much a part matters is how much the loss would change without it, to first order, over some batches
    (Michel et al. 2019; Molchanov et al. 2017). Each layer loses the same share.

    Parameters
    ----------
    heads, neurons
        Shares to take away, 0 to below 1.
    """
    smaller = copy.deepcopy(network)
    _gather_gradients(smaller, rows, tokenizer)
    width = smaller.encoder.config.hidden_size
    size = width // smaller.encoder.config.num_attention_heads
    for layer in layers_of(smaller.encoder):
        attention, out = layer.attention.self, layer.attention.output.dense
        by_head = _importance(out.weight).view(-1, size).sum(1)
        kept = _kept(by_head, heads)
        columns = (kept.unsqueeze(1) * size + torch.arange(size)).flatten()
        for name in ("query", "key", "value"):
            setattr(attention, name, _rows(getattr(attention, name), columns))
        layer.attention.output.dense = _columns(out, columns)
        attention.num_attention_heads = len(kept)
        attention.all_head_size = len(columns)
        chosen = _kept(_importance(layer.output.dense.weight), neurons)
        layer.intermediate.dense = _rows(layer.intermediate.dense, chosen)
        layer.output.dense = _columns(layer.output.dense, chosen)
    smaller.zero_grad(set_to_none=True)
    return smaller


def cut_vocabulary(
    network: Network, tokenizer: TextTokenizer, texts: Iterable[str]
) -> tuple[Network, TextTokenizer]:
    """Return copies that know only the pieces that occur in texts, and all pieces of one character.

    Raises
    ------
    InvalidInputError
        The tokenizer is of another kind than a unigram one.
    """
    document = json.loads(tokenizer.to_json())
    if document["model"].get("type") != "Unigram":
        raise InvalidInputError(
            Text("只有 unigram 词表能裁剪。", "Only a unigram vocabulary can be cut."),
            field="vocabulary",
            hint=Text("跳过这一步。", "Leave this step out."),
        )
    used = {number for tokens in tokenizer.encode(list(texts)) for number in tokens.ids}
    special = {token["id"] for token in document["added_tokens"]}
    pieces: list[list[object]] = document["model"]["vocab"]
    kept = [
        number
        for number, (piece, _) in enumerate(pieces)
        if number in used or number in special or len(str(piece).lstrip("▁")) <= 1
    ]
    place = {old: new for new, old in enumerate(kept)}
    document["model"]["vocab"] = [pieces[number] for number in kept]
    document["model"]["unk_id"] = place[document["model"]["unk_id"]]
    for token in document["added_tokens"]:
        token["id"] = place[token["id"]]
    for token in document["post_processor"]["special_tokens"].values():
        token["ids"] = [place[number] for number in token["ids"]]
    smaller = copy.deepcopy(network)
    words = embeddings_of(smaller.encoder).word_embeddings
    words.weight = nn.Parameter(words.weight.detach()[kept].clone(), requires_grad=words.weight.requires_grad)
    words.num_embeddings = len(kept)
    words.padding_idx = place.get(words.padding_idx)
    smaller.encoder.config.vocab_size = len(kept)
    cut = Tokenizer.from_str(json.dumps(document))
    return smaller, TextTokenizer(cut, max_length=tokenizer.max_length, characters=tokenizer.characters)


def shapes_of(network: Network) -> list[list[int]]:
    """Return heads and neurons of each layer: a pruned encoder's config doesn't say them."""
    return [
        [layer.attention.self.num_attention_heads, layer.intermediate.dense.out_features]
        for layer in layers_of(network.encoder)
    ]


def apply_shapes(encoder: nn.Module, shapes: Sequence[Sequence[int]]) -> None:
    """Give the layers of a fresh encoder the shapes that a pruned one had."""
    size = encoder.config.hidden_size // encoder.config.num_attention_heads
    for layer, (heads, neurons) in zip(layers_of(encoder), shapes, strict=True):
        columns, chosen = torch.arange(heads * size), torch.arange(neurons)
        for name in ("query", "key", "value"):
            setattr(layer.attention.self, name, _rows(getattr(layer.attention.self, name), columns))
        layer.attention.output.dense = _columns(layer.attention.output.dense, columns)
        layer.attention.self.num_attention_heads = heads
        layer.attention.self.all_head_size = len(columns)
        layer.intermediate.dense = _rows(layer.intermediate.dense, chosen)
        layer.output.dense = _columns(layer.output.dense, chosen)


def file_size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def _gather_gradients(network: Network, rows: Rows, tokenizer: TextTokenizer) -> None:
    network.eval().requires_grad_(True)
    network.zero_grad()
    size = 32
    places = range(0, min(len(rows), size * IMPORTANCE_BATCHES), size)
    for first in places:
        batch = collate([rows[i] for i in range(first, min(first + size, len(rows)))], tokenizer)
        task_loss(network, network(batch["input_ids"], batch["attention_mask"]), batch).backward()


def _importance(weight: nn.Parameter) -> Tensor:
    """Return for each input of a layer how much the loss would change without it, to first order."""
    assert weight.grad is not None
    return (weight.detach() * weight.grad).sum(0).abs()


def _kept(importance: Tensor, share: float) -> Tensor:
    count = max(1, round(len(importance) * (1 - share)))
    return torch.sort(importance.topk(count).indices).values


def _rows(linear: nn.Linear, chosen: Tensor) -> nn.Linear:
    smaller = nn.Linear(linear.in_features, len(chosen))
    smaller.weight = nn.Parameter(linear.weight.detach()[chosen].clone())
    smaller.bias = nn.Parameter(linear.bias.detach()[chosen].clone())
    return smaller


def _columns(linear: nn.Linear, chosen: Tensor) -> nn.Linear:
    smaller = nn.Linear(len(chosen), linear.out_features)
    smaller.weight = nn.Parameter(linear.weight.detach()[:, chosen].clone())
    smaller.bias = nn.Parameter(linear.bias.detach().clone())
    return smaller


def _replace_list(encoder: nn.Module, old: nn.ModuleList, new: nn.ModuleList) -> None:
    for module in encoder.modules():
        for name, child in module.named_children():
            if child is old:
                setattr(module, name, new)
                return
