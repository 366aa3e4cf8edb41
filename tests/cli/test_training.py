"""`yuanli learn train` and what goes with it, as a shell sees them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_commands import run
from tests.learning.trainable import examples, make_base
from tests.services.fake import completion, fake_service, says

from yuanli.learning import write_markup

pytest.importorskip("torch", reason="the training side needs yuanli[train]")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("bases") / "tiny")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANLI_LANGUAGE", "en")


@pytest.fixture
def data(tmp_path: Path) -> dict[str, Path]:
    files = {}
    for name, offset in (("train", 0), ("dev", 1)):
        rows = (
            {"text": write_markup(e), "intent": e.label, "language": "en"} for e in examples(offset=offset)
        )
        files[name] = tmp_path / f"{name}.jsonl"
        files[name].write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return files


@pytest.fixture
def recipe(base: Path, data: dict[str, Path], tmp_path: Path) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_text(
        f"""
name: tiny
base: {base}
data: [{{path: {data["train"]}, dev: {data["dev"]}, test: {data["dev"]}}}]
optimiser: {{rate: 1.0e-3, head_rate: 3.0e-3, epochs: 12, batch: 8}}
max_length: 32
evaluations: 2
""",
        "utf-8",
    )
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[Any]]:
    code, out, _ = run(capsys, "learn", *map(str, arguments), "--json")
    return code, [json.loads(line) for line in out.splitlines()]


def test_a_recipe_becomes_a_model_that_is_scored_explained_and_made_small(
    capsys: pytest.CaptureFixture[str], recipe: Path, data: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    code, (trained,) = answer(capsys, "train", "--recipe", recipe, "-o", folder)
    assert code == 0
    assert trained["dev"]["accuracy"] > 0.8
    assert trained["test"] == pytest.approx(trained["dev"])

    page = tmp_path / "report.html"
    code, (scored,) = answer(capsys, "evaluate", folder / "model", data["dev"], "--report", page)
    accuracy = scored["model"]["scores"]["accuracy"]
    assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]
    assert "<svg" in page.read_text("utf-8")
    assert scored["model"]["out_of_scope"] is None
    outside = ("--outside", "book", "--false-rejection", 0.1)
    code, (scored,) = answer(capsys, "evaluate", folder / "model", data["dev"], *outside)
    told = scored["model"]["out_of_scope"]
    assert (told["recall"] > 0.8, told["false_rejection"]) == (True, 0.1)

    known = ("--examples", data["train"])
    code, (told,) = answer(capsys, "explain", folder / "model", "turn on the light in lab", *known)
    assert (code, told["attribution"]["label"]) == (0, "light_on")
    assert told["nearest"]
    code, (told,) = answer(capsys, "explain", folder, "turn on the light in lab", "--gradients")
    assert (code, told["attribution"]["label"]) == (0, "light_on")

    small = ("-o", tmp_path / "small", "--step", "neurons=0.25", "--step", "int8", "--most-points", 100)
    code, steps = answer(capsys, "compress", folder, *small)
    assert (code, [s["step"]["kind"] for s in steps]) == (0, ["neurons", "int8"])
    assert steps[1]["after"]["size_mb"] < steps[0]["before"]["size_mb"]


def test_options_stand_for_a_recipe(
    capsys: pytest.CaptureFixture[str], base: Path, data: dict[str, Path], tmp_path: Path
) -> None:
    options = ("--base", base, "--method", "lora", "--data", data["train"], "--dev", data["dev"])
    code, _ = answer(capsys, "train", *options, "--epochs", 1, "--seed", 3, "-o", tmp_path / "run")
    assert code == 0
    told = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))
    assert (told["recipe"]["method"]["name"], told["recipe"]["seed"]) == ("lora", 3)


def test_a_base_reads_texts_before_it_is_tuned(
    capsys: pytest.CaptureFixture[str], base: Path, tmp_path: Path
) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "handbook.txt").write_text("\n".join(e.text for e in examples()), "utf-8")
    code, (told,) = answer(capsys, "pretrain", texts, "--base", base, "-o", tmp_path / "read", "--epochs", 3)
    assert code == 0
    assert told["after"] < told["before"]


def test_knobs_are_searched(capsys: pytest.CaptureFixture[str], recipe: Path, tmp_path: Path) -> None:
    space = tmp_path / "space.yaml"
    space.write_text("optimiser.rate: {low: 1.0e-4, high: 1.0e-3, log: true}\n", "utf-8")
    asked = ("--recipe", recipe, "--space", space, "--trials", 2, "-o", tmp_path / "search")
    code, trials = answer(capsys, "search", *asked)
    assert (code, {t["number"] for t in trials}) == (0, {0, 1})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"text": "light in [hall](place on", "intent": "light_on"}', "2"),
        ('{"text": "light", "intent": "light_on", "slots": [{"type": "place", "start": 3, "end": 99}]}', "2"),
        ("not json", "2"),
    ],
)
def test_broken_examples_are_refused_by_line(
    capsys: pytest.CaptureFixture[str], base: Path, tmp_path: Path, line: str, said: str
) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text('{"text": "book it", "intent": "book"}\n' + line + "\n", "utf-8")
    code, out, err = run(capsys, "learn", "train", "--base", str(base), "--data", str(path), "--json")
    assert code == 2
    assert f"broken.jsonl:{said}" in out + err
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    "arguments",
    [(), ("--recipe", "nowhere.yaml"), ("--data", "nowhere.jsonl"), ("--data", "train.jsonl", "--epochs", "-1"),
     ("--data", "train.jsonl", "--method", "magic"), ("--data", "train.jsonl", "--dev", "train.jsonl")],
)  # fmt: skip
def test_bad_orders_are_told(
    capsys: pytest.CaptureFixture[str], data: dict[str, Path], monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:  # fmt: skip
    monkeypatch.chdir(data["train"].parent)
    code, told = answer(capsys, "train", *arguments)
    assert code == 2
    assert {"error", "message", "hint"} <= told[0].keys()


def test_models_answer_together(
    capsys: pytest.CaptureFixture[str], recipe: Path, data: dict[str, Path], tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for seed, folder in enumerate(folders):
        assert answer(capsys, "train", "--recipe", recipe, "--seed", seed, "-o", folder)[0] == 0
    one, two = (folder / "model" for folder in folders)
    code, (scored,) = answer(capsys, "evaluate", one, data["dev"], "--ensemble", two)
    assert code == 0
    assert scored["model"]["scores"]["accuracy"]["value"] > 0.7


def test_examples_are_said_anew_where_a_larger_model_is_set(
    capsys: pytest.CaptureFixture[str], data: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("augment", data["train"], "-o", tmp_path / "more.jsonl", "--with", "paraphrase=0.5")
    code, _, err = run(capsys, "learn", *map(str, asked), "--data-dir", str(tmp_path / "data"))
    assert (code, "YUANLI_LLM_URL" in err) == (2, True)
    with fake_service() as fake:
        fake.plays = [says(completion(json.dumps({"wordings": ["would you mind, {0}"]})))]
        monkeypatch.setenv("YUANLI_LLM_URL", fake.url)
        monkeypatch.setenv("YUANLI_LLM_MODEL", "qwen")
        code, out, _ = run(capsys, "learn", *map(str, asked), "--data-dir", str(tmp_path / "data"))
    lines = [json.loads(line) for line in (tmp_path / "more.jsonl").read_text("utf-8").splitlines()]
    assert code == 0
    assert f"Wrote {len(lines)} examples" in out
    assert lines
    assert all(
        line["made_by"] == "paraphrase" and line["text"].startswith("would you mind") for line in lines
    )


def test_values_of_the_data_and_what_was_said_before_are_exchanged(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data, more = tmp_path / "said.yaml", tmp_path / "more.jsonl"
    data.write_text(
        "intent: route\nen: |\n  which is the way to the [hall](place) please\n  When? >>> to the [lab](place)\n",
        "utf-8",
    )
    asked = ("augment", data, "-o", more, "--with", "value=1", "--with", "aside=1", "--times", 20)
    code, _, err = run(capsys, "learn", *map(str, asked))
    assert code == 0, err
    made = [json.loads(line) for line in more.read_text("utf-8").splitlines()]
    assert any(e["text"].endswith("the lab please") and e["context"] == "When?" for e in made)


def test_a_base_that_is_not_there_is_told(
    capsys: pytest.CaptureFixture[str], data: dict[str, Path], tmp_path: Path
) -> None:
    asked = ("--data", data["train"], "--base", tmp_path / "nowhere", "-o", tmp_path / "run")
    code, (told,) = answer(capsys, "train", *asked)
    assert code == 1
    assert "nowhere" in told["message"]["en"]
