from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.learning.trainable import examples, make_base, parts, recipe

from yuanli.learning import Method, Model, ModelFacts, Runs, compress, load_evaluation, parse_step, train

torch = pytest.importorskip("torch", reason="the training side needs yuanli[train]")
pytestmark = pytest.mark.filterwarnings("ignore")

from yuanli.learning.training.attributing import attribute  # noqa: E402
from yuanli.learning.training.bases import load_base  # noqa: E402
from yuanli.learning.training.batches import Rows  # noqa: E402
from yuanli.learning.training.checkpoints import CorruptCheckpointError, last_checkpoint  # noqa: E402
from yuanli.learning.training.crf import Crf  # noqa: E402
from yuanli.learning.training.exporting import Precision, export_model  # noqa: E402
from yuanli.learning.training.loop import parameter_groups  # noqa: E402
from yuanli.learning.training.networks import Network, sentence_vectors  # noqa: E402
from yuanli.learning.training.predicting import predict  # noqa: E402
from yuanli.learning.training.pretraining import pretrain, read_texts  # noqa: E402
from yuanli.learning.training.rebuilding import NotRebuiltError  # noqa: E402
from yuanli.learning.training.running import train_network  # noqa: E402
from yuanli.learning.training.saving import load_network, save_network  # noqa: E402
from yuanli.learning.training.searching import search  # noqa: E402

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("bases") / "tiny")


@pytest.mark.parametrize("method", list(Method))
def test_each_method_learns_and_comes_back_from_disk(base: Path, tmp_path: Path, method: Method) -> None:
    asked = recipe(base, method={"name": method, "rank": 4, "alpha": 8, "width": 8, "length": 4})
    network, tokenizer, facts = train_network(asked, parts(), folder=tmp_path / "run")
    said = predict(network, tokenizer, examples(), task="main")
    assert np.mean([p.label == e.label for p, e in zip(said, examples(), strict=True)]) > 0.8
    assert facts["trainable"] < facts["parameters"]
    save_network(network, tokenizer, asked, tmp_path / "network")
    again, tokenizer = load_network(tmp_path / "network")
    for one, two in zip(said, predict(again, tokenizer, examples(), task="main"), strict=True):
        assert np.allclose(one.probabilities, two.probabilities, atol=1e-4)
        assert one.spans == two.spans


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_run_leaves_a_model_that_says_what_the_network_says(
    base: Path, tmp_path: Path, precision: str
) -> None:
    main = parts()["main"]
    asked = recipe(base, crf=True, optimiser={"precision": precision})
    run = train(asked, tmp_path, now=NOW, parts={"main": replace(main, test=main.dev)})
    network, tokenizer = load_network(tmp_path / "network")
    texts = [e.text for e in examples()]
    said = Model(tmp_path / "model").predict(texts)
    pairs = list(zip(said, predict(network, tokenizer, examples(), task="main"), strict=True))
    assert np.mean([one.label == two.label for one, two in pairs]) > 0.9
    assert np.mean([one.spans == two.spans for one, two in pairs]) > 0.9
    assert all(one.vector @ two.vector == pytest.approx(1, abs=0.02) for one, two in pairs)
    told = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert load_evaluation(tmp_path / "test.json").scores["exact"].value == told["test"]["exact"]
    kept = Runs(tmp_path.parent).find(tmp_path.name)
    assert (kept.run.state, kept.run.test) == ("done", told["test"])
    assert {"loss", "eval_score"} <= {name for point in kept.curve for name in point.values}
    assert kept.recipe["crf"] is True
    assert {"recipe", "data", "code", "environment", "curve", "seconds", "dev"} <= told.keys()
    assert run.dev["accuracy"] > 0.8
    assert run.facts.sums["model.onnx"]


@pytest.mark.parametrize("precision", [Precision.FLOAT, Precision.INT8])
def test_an_exported_model_is_a_base_again(base: Path, tmp_path: Path, precision: Precision) -> None:
    network, tokenizer, _ = train_network(recipe(base), parts(), folder=tmp_path / "run")
    facts = ModelFacts(name="tiny", version="1", base="tiny", labels=network.tasks[0].labels)
    export_model(network, tokenizer, facts, tmp_path / "model", task="main", precision=precision)
    rows = Rows([("main", e) for e in examples()], network.tasks, tokenizer).sample(16)
    encoder, again = load_base(str(tmp_path / "model"), max_length=32)
    assert again.to_json() == tokenizer.to_json()
    before, after = (
        sentence_vectors(one.eval(), rows["input_ids"], rows["attention_mask"])
        for one in (network.encoder, encoder)
    )
    assert (before * after).sum(-1).min() > (0.999 if precision is Precision.FLOAT else 0.98)
    _, _, trained = train_network(
        recipe(tmp_path / "model", optimiser={"epochs": 1}), parts(), folder=tmp_path / "more"
    )
    assert trained["steps"] > 0


def test_a_run_is_a_base_again(base: Path, tmp_path: Path) -> None:
    run = train(recipe(base, method={"name": "lora"}), tmp_path / "run", now=NOW, parts=parts())
    again, _, _ = train_network(
        recipe(run.folder, optimiser={"epochs": 1}), parts(), folder=tmp_path / "more"
    )
    assert len(again.tasks[0].labels) == len(run.facts.labels)


def test_a_pruned_model_is_no_base(base: Path, tmp_path: Path) -> None:
    train(recipe(base, optimiser={"epochs": 1}), tmp_path / "run", now=NOW, parts=parts())
    compress(
        tmp_path / "run",
        [parse_step("neurons=0.5")],
        tmp_path / "small",
        part=parts()["main"],
        most_points=100,
    )
    with pytest.raises(NotRebuiltError, match="intermediate"):
        load_base(str(tmp_path / "small" / "model"), max_length=32)


@pytest.mark.parametrize(
    "knobs",
    [
        {"r_drop": 1.0}, {"adversarial": "fgm"}, {"adversarial": "pgd"}, {"label_smoothing": 0.1},
        {"averaging": 0.9}, {"keep_vectors": 1.0}, {"patience": 1},
    ],
    ids=str,
)  # fmt: skip
def test_each_regulariser_trains(base: Path, tmp_path: Path, knobs: dict[str, object]) -> None:
    _, _, facts = train_network(recipe(base, regularisation=knobs), parts(), folder=tmp_path)
    assert max(log.get("eval_label", 0) for log in facts["curve"]) > 0.6


@pytest.mark.parametrize(
    "knobs",
    [{"name": "adafactor"}, {"layer_decay": 0.8}, {"accumulation": 2, "epochs": 24}, {"gradient_checkpointing": True},
     {"schedule": "cosine"}, {"schedule": "constant"}, {"precision": "bf16"}],
    ids=str,
)  # fmt: skip
def test_each_way_to_step_trains(base: Path, tmp_path: Path, knobs: dict[str, object]) -> None:
    _, _, facts = train_network(recipe(base, optimiser=knobs), parts(), folder=tmp_path)
    assert max(log.get("eval_label", 0) for log in facts["curve"]) > 0.6


def test_lower_layers_learn_more_slowly(base: Path, tmp_path: Path) -> None:
    asked = recipe(base, optimiser={"layer_decay": 0.5, "epochs": 0.2})
    network, _, _ = train_network(asked, parts(), folder=tmp_path)
    rates = {
        name: group["lr"]
        for group in parameter_groups(network, asked)
        for name, p in network.named_parameters()
        if any(p is q for q in group["params"])
    }
    lower = next(rate for name, rate in rates.items() if "layer.0" in name)
    upper = next(rate for name, rate in rates.items() if "layer.1" in name)
    assert lower == pytest.approx(upper / 2)
    assert upper == pytest.approx(asked.optimiser.rate)


def final_weights(network: Network) -> dict[str, Any]:
    return {name: p.detach().clone() for name, p in network.named_parameters()}


CHILD = """
import os, signal, sys
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from tests.learning.trainable import parts, recipe
from yuanli.learning.training.rebuilding import NotRebuiltError  # noqa: E402
from yuanli.learning.training.running import train_network
base, folder = Path(sys.argv[1]), Path(sys.argv[2])
def progress(step, steps, logs):
    if step == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
knobs = {"averaging": 0.9, "r_drop": 0.5}
train_network(recipe(base, regularisation=knobs), parts(), folder=folder, progress=progress)
"""


@pytest.mark.parametrize("step", [7, 55])
def test_a_run_that_was_killed_goes_on_to_the_same_end(base: Path, tmp_path: Path, step: int) -> None:
    knobs = {"averaging": 0.9, "r_drop": 0.5}
    whole, tokenizer, _ = train_network(
        recipe(base, regularisation=knobs), parts(), folder=tmp_path / "whole"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD, str(base), str(tmp_path / "cut"), root, str(step)],
        env=os.environ, check=False, capture_output=True,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    again, _, _ = train_network(
        recipe(base, regularisation=knobs), parts(), folder=tmp_path / "cut", resume=True
    )
    for name, weight in final_weights(whole).items():
        assert torch.allclose(weight, dict(again.named_parameters())[name], atol=1e-5), name
    first, second = (predict(n, tokenizer, examples(), task="main") for n in (whole, again))
    assert [p.label for p in first] == [p.label for p in second]


def test_a_damaged_checkpoint_is_told_and_a_cut_off_one_passed_over(base: Path, tmp_path: Path) -> None:
    train_network(recipe(base), parts(), folder=tmp_path)
    newest = last_checkpoint(tmp_path)
    assert newest is not None
    cut = tmp_path / "checkpoint-99999"
    cut.mkdir()
    (cut / "model.safetensors").write_bytes(b"half")
    assert last_checkpoint(tmp_path) == newest
    with (newest / "model.safetensors").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff\x00\xff")
    with pytest.raises(CorruptCheckpointError, match=r"model\.safetensors"):
        train_network(recipe(base), parts(), folder=tmp_path, resume=True)


def test_the_fields_likelihood_is_that_of_all_chains() -> None:
    tags = ("O", "B-a", "I-a", "B-b", "I-b")
    crf = Crf(tags)
    torch.manual_seed(0)
    torch.nn.init.normal_(crf.transitions)
    torch.nn.init.normal_(crf.start)
    emissions = torch.randn(2, 4, 5)
    truth = torch.tensor([[1, 2, 0, 3], [0, 3, 4, -100]])
    transitions, start = crf.scores()
    losses = []
    for row, chain in zip(emissions, truth, strict=True):
        n = int((chain >= 0).sum())

        def score(path: tuple[int, ...], row: Any = row) -> Any:
            total = start[path[0]] + row[0, path[0]]
            for i in range(1, len(path)):
                total = total + transitions[path[i - 1], path[i]] + row[i, path[i]]
            return total

        every = torch.stack([score(path) for path in product(range(5), repeat=n)])
        losses.append(torch.logsumexp(every, 0) - score(tuple(chain[:n].tolist())))
    expected = torch.stack(losses).sum() / 7
    assert float(crf.negative_log_likelihood(emissions, truth)) == pytest.approx(float(expected), abs=1e-4)


def test_attributions_sum_to_the_score_over_the_blank(base: Path, tmp_path: Path) -> None:
    network, tokenizer, _ = train_network(recipe(base), parts(), folder=tmp_path)
    text = "book library for me"
    found = attribute(network, tokenizer, text, label="book", steps=128)
    assert [text[a:b] for a, b, _ in found] == text.split()
    assert sum(v for *_, v in found) > 0
    assert max(found, key=lambda f: f[2])[0] in (0, 13, 17)


def test_reading_the_words_of_a_field_lowers_the_loss_on_them(base: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text("\n".join(e.text for e in examples()), "utf-8")
    losses = pretrain(str(base), read_texts(texts), tmp_path / "out", epochs=20, rate=5e-3, batch=8)
    assert losses["after"] < losses["before"]
    train_network(recipe(tmp_path / "out" / "base"), parts(), folder=tmp_path / "run")


def test_a_search_goes_on_where_it_stopped(base: Path, tmp_path: Path) -> None:
    asked = recipe(base, optimiser={"epochs": 1})
    space: dict[str, dict[str, Any]] = {
        "optimiser.rate": {"low": 1e-4, "high": 1e-2, "log": True},
        "method.name": {"choices": ["full", "frozen"]},
    }
    first = search(asked, parts(), space, tmp_path, trials=2).trials
    study = search(asked, parts(), space, tmp_path, trials=3)
    assert len(first) == 2
    assert len(study.trials) == 3
    assert study.trials[0].params == first[0].params
