from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.learning.trainable import examples, make_base, parts, recipe

torch = pytest.importorskip("torch", reason="the training side needs yuanli[train]")
pytestmark = pytest.mark.filterwarnings("ignore")

from yuanli.errors import InvalidInputError  # noqa: E402
from yuanli.learning import Model, ModelFacts  # noqa: E402
from yuanli.learning.compression import StepReport, TooLossyError, parse_step  # noqa: E402
from yuanli.learning.tokens import TextTokenizer  # noqa: E402
from yuanli.learning.training.batches import Rows  # noqa: E402
from yuanli.learning.training.compressing import cut_vocabulary, drop_layers, prune, shapes_of  # noqa: E402
from yuanli.learning.training.exporting import Precision, export_model  # noqa: E402
from yuanli.learning.training.networks import Network  # noqa: E402
from yuanli.learning.training.predicting import predict  # noqa: E402
from yuanli.learning.training.running import train_network  # noqa: E402
from yuanli.learning.training.saving import load_network, save_network  # noqa: E402
from yuanli.learning.training.shrinking import shrink  # noqa: E402

Trained = tuple[Network, TextTokenizer, Path]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    base = make_base(tmp_path_factory.mktemp("bases") / "tiny")
    network, tokenizer, _ = train_network(recipe(base), parts(), folder=tmp_path_factory.mktemp("run"))
    return network, tokenizer, base


def share_right(network: Network, tokenizer: TextTokenizer) -> float:
    said = predict(network, tokenizer, examples(), task="main")
    return float(np.mean([p.label == e.label for p, e in zip(said, examples(), strict=True)]))


def test_a_network_loses_layers(trained: Trained) -> None:
    network, tokenizer, _ = trained
    smaller = drop_layers(network, 1)
    assert smaller.encoder.config.num_hidden_layers == 1
    assert len(predict(smaller, tokenizer, examples(), task="main")) == len(examples())
    with pytest.raises(InvalidInputError, match="not within 1–2"):
        drop_layers(network, 3)


def test_pruning_nothing_changes_nothing_and_pruning_half_comes_back_from_disk(
    trained: Trained, tmp_path: Path
) -> None:
    network, tokenizer, base = trained
    rows = Rows([("main", e) for e in examples()], network.tasks, tokenizer)
    same = prune(network, rows, tokenizer, heads=0.0, neurons=0.0)
    for one, two in zip(
        *(predict(n, tokenizer, examples(), task="main") for n in (network, same)), strict=True
    ):
        assert np.allclose(one.probabilities, two.probabilities, atol=1e-5)
    smaller = prune(network, rows, tokenizer, heads=0.5, neurons=0.25)
    assert shapes_of(smaller) == [[1, 48], [1, 48]]
    assert share_right(smaller, tokenizer) > 0.4
    save_network(smaller, tokenizer, recipe(base), tmp_path)
    again, tokenizer = load_network(tmp_path)
    for one, two in zip(
        *(predict(n, tokenizer, examples(), task="main") for n in (smaller, again)), strict=True
    ):
        assert np.allclose(one.probabilities, two.probabilities, atol=1e-5)


def test_a_cut_vocabulary_reads_what_it_knows_as_before_and_the_rest_by_letters(tmp_path: Path) -> None:
    base = make_base(tmp_path / "base", unigram=True)
    few = recipe(base, optimiser={"epochs": 1})
    network, tokenizer, _ = train_network(few, parts(), folder=tmp_path / "run")
    known = examples()[::2]
    smaller, cut = cut_vocabulary(network, tokenizer, [e.text for e in known])
    assert smaller.encoder.config.vocab_size == cut.size < tokenizer.size
    for one, two in zip(
        predict(network, tokenizer, known, task="main"),
        predict(smaller, cut, known, task="main"),
        strict=True,
    ):
        assert np.allclose(one.probabilities, two.probabilities, atol=1e-5)
        assert one.spans == two.spans
    (unseen,) = cut.encode(["zzz hall"])
    assert max(unseen.ids) < cut.size
    task = network.tasks[0]
    facts = ModelFacts(name="cut", version="1", base="tiny", labels=task.labels, tags=task.tags)
    export_model(smaller, cut, facts, tmp_path / "model", task="main", precision=Precision.FLOAT)
    (said,) = Model(tmp_path / "model").predict([known[0].text])
    (here,) = predict(smaller, cut, known[:1], task="main")
    assert np.allclose(said.probabilities, here.probabilities, atol=1e-4)


def test_only_a_unigram_vocabulary_is_cut(trained: Trained) -> None:
    network, tokenizer, _ = trained
    with pytest.raises(InvalidInputError, match="unigram"):
        cut_vocabulary(network, tokenizer, ["hall"])


def test_steps_are_measured_and_a_costly_one_is_refused(trained: Trained, tmp_path: Path) -> None:
    network, tokenizer, base = trained
    save_network(network, tokenizer, recipe(base), tmp_path / "network")
    task = network.tasks[0]
    facts = ModelFacts(name="tiny", version="1", base="tiny", labels=task.labels, tags=task.tags)
    told: list[StepReport] = []
    steps = [parse_step("neurons=0.25+4"), parse_step("int8")]
    reports = shrink(
        tmp_path / "network", facts, recipe(base), steps, tmp_path / "small", train=examples(),
        dev=examples(offset=1), most_points=30, told=told.append,
    )  # fmt: skip
    assert list(reports) == told
    assert reports[1].after.size_mb < reports[0].before.size_mb
    assert Model(tmp_path / "small" / "model").facts.labels == task.labels
    with pytest.raises(TooLossyError, match="would cost"):
        shrink(
            tmp_path / "network", facts, recipe(base), [parse_step("neurons=0.98")], tmp_path / "none",
            train=examples(), dev=examples(), most_points=-100,
        )  # fmt: skip
    assert not (tmp_path / "none").exists()


def test_static_integers_are_scaled_by_examples(trained: Trained, tmp_path: Path) -> None:
    network, tokenizer, _ = trained
    task = network.tasks[0]
    facts = ModelFacts(name="tiny", version="1", base="tiny", labels=task.labels, tags=task.tags)
    texts = [e.text for e in examples()]
    export_model(
        network, tokenizer, facts, tmp_path, task="main", precision=Precision.STATIC, calibration=texts
    )
    said = Model(tmp_path).predict(texts)
    assert np.mean([p.label == e.label for p, e in zip(said, examples(), strict=True)]) > 0.8


@pytest.mark.parametrize("text", ["layer=6", "heads=many", ""])
def test_a_step_that_is_none_is_told(text: str) -> None:
    with pytest.raises(InvalidInputError, match="no step of compression"):
        parse_step(text)
