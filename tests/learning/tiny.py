"""A real ONNX model of a few hundred bytes that knows words: what each stands for is given by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from yuanli.learning import ModelFacts, save_facts

UNKNOWN, PAD = "[UNK]", "[PAD]"
WIDTH = 4
LABELS: Mapping[str, str] = {"怎么走": "route", "route": "route", "厕所": "nearest", "toilet": "nearest"}
TAGS: Mapping[str, str] = {"北门": "B-origin", "gate": "B-origin", "A301": "B-destination"}


def tiny_model(
    folder: Path,
    *,
    name: str = "understanding",
    version: str = "1",
    labels: Mapping[str, str] = LABELS,
    tags: Mapping[str, str] = TAGS,
    words: tuple[str, ...] = (*LABELS, *TAGS),
) -> Path:
    """Write a model that reads words apart by spaces: the class is that of the words, `other` where none has one."""
    folder.mkdir(parents=True)
    classes = ("other", *sorted(set(LABELS.values()) | set(labels.values())))
    names = ("O", *sorted({f"{b}-{t[2:]}" for t in {*TAGS.values(), *tags.values()} for b in "BI"}))
    vocabulary = (PAD, UNKNOWN, *dict.fromkeys(words))
    by_label = np.zeros((len(vocabulary), len(classes)), np.float32)
    by_tag = np.zeros((len(vocabulary), len(names)), np.float32)
    for number, word in enumerate(vocabulary):
        by_label[number, classes.index(labels[word]) if word in labels else 0] = (
            5.0 if word in labels else 1e-3
        )
        by_tag[number, names.index(tags.get(word, "O"))] = 5.0
    _save_network(folder / "model.onnx", by_label, by_tag)
    _save_tokenizer(folder / "tokenizer.json", vocabulary)
    facts = ModelFacts(
        name=name,
        version=version,
        base="tiny",
        labels=classes,
        tags=names,
        scores={"exact": 0.9},
        max_length=32,
    )
    save_facts(folder, facts)
    return folder


def _save_network(path: Path, by_label: np.ndarray, by_tag: np.ndarray) -> None:
    vectors = np.random.default_rng(0).normal(size=(len(by_label), WIDTH)).astype(np.float32)
    tables = {"by_label": by_label, "by_tag": by_tag, "by_vector": vectors}
    axes = numpy_helper.from_array(np.array([1], np.int64), "axes")
    last = numpy_helper.from_array(np.array([2], np.int64), "last")
    nodes = [
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Gather", ["by_tag", "input_ids"], ["tags"]),
    ]
    for table, output in (("by_label", "labels"), ("by_vector", "sums")):
        nodes += [
            helper.make_node("Gather", [table, "input_ids"], [f"{output}_each"]),
            helper.make_node("Mul", [f"{output}_each", "wide"], [f"{output}_kept"]),
            helper.make_node("ReduceSum", [f"{output}_kept", "axes"], [output], keepdims=0),
        ]
    nodes.append(helper.make_node("LpNormalization", ["sums"], ["vectors"], axis=-1, p=2))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
            for name in ("input_ids", "attention_mask")
        ],
        [
            helper.make_tensor_value_info("labels", TensorProto.FLOAT, ["batch", by_label.shape[1]]),
            helper.make_tensor_value_info("tags", TensorProto.FLOAT, ["batch", "length", by_tag.shape[1]]),
            helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", WIDTH]),
        ],
        [*(numpy_helper.from_array(value, name) for name, value in tables.items()), axes, last],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _save_tokenizer(path: Path, vocabulary: tuple[str, ...]) -> None:
    document: dict[str, object] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {word: number for number, word in enumerate(vocabulary)},
            "unk_token": UNKNOWN,
        },
    }
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
