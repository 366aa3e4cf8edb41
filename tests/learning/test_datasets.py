from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.learning.generated import examples

from yuanli.errors import InvalidInputError
from yuanli.learning import (
    BrokenDataSetError,
    DataSet,
    DataSetExistsError,
    DataSetNotFoundError,
    Example,
    Span,
    dataset_hash,
    load_dataset,
    load_examples,
    save_dataset,
)

FULL = Example(
    text="see [docs](link) >>> 去A座", label="go", spans=(Span(22, 24, "place"),), context="去哪？", pair="A座",
    target=2.5, language="zh", tags=frozenset({"typo", "indirect"}), made_by="typo+case", origin="say.yaml:3",
)  # fmt: skip
PARTS: dict[str, tuple[Example, ...]] = {"train": (FULL, Example(text="hi")), "dev": ()}
DATA = DataSet(name="campus", parts=PARTS, licence="CC BY 4.0", sources=("us",))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(examples(wild=True), max_size=5))
def test_a_data_set_is_loaded_as_it_was_saved(tmp_path: Path, made: list[Example]) -> None:
    data = DataSet(
        name="any", parts={"train": tuple(made), "test": (FULL,)}, licence="CC0 1.0", sources=("a", "b")
    )
    save_dataset(data, tmp_path / "any", replace=True)
    read = load_dataset(tmp_path / "any")
    origins = [replace(e, origin="") for e in read.parts["train"]]
    assert origins == [replace(e, origin="") for e in made]
    assert read.parts["test"] == (FULL,)
    assert (read.name, read.version, read.licence, read.sources) == (
        "any",
        data.version,
        "CC0 1.0",
        ("a", "b"),
    )


def test_the_folder_says_what_it_holds_and_is_read_like_any_other(tmp_path: Path) -> None:
    save_dataset(DATA, tmp_path / "campus")
    facts = json.loads((tmp_path / "campus" / "data.json").read_text("utf-8"))
    assert facts["version"] == DATA.version
    assert facts["parts"] == {"train": 2, "dev": 0}
    assert len(load_examples(tmp_path / "campus")) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["campus"]


def test_the_hash_is_of_what_is_said_not_of_order_or_place() -> None:
    a, b = Example(text="a", label="x"), Example(text="b", label="x")
    assert dataset_hash([a, b]) == dataset_hash([replace(b, origin="z:9"), a])
    assert dataset_hash([a]) != dataset_hash([a, a])
    others = [
        replace(a, label="y"),
        replace(a, target=1.0),
        replace(a, context="c"),
        replace(a, tags=frozenset("t")),
        replace(a, spans=(Span(0, 1, "t"),)),
        replace(a, made_by="typo"),
        replace(a, language="en"),
    ]
    assert len({dataset_hash([example]) for example in (a, *others)}) == 8


def test_moving_an_example_to_another_part_is_another_version() -> None:
    a, b = Example(text="a"), Example(text="b")
    versions = {
        DataSet(name="x", parts=parts).version for parts in ({"train": (a, b)}, {"train": (a,), "test": (b,)})
    }
    assert len(versions) == 2


def test_another_version_is_not_overwritten_unasked(tmp_path: Path) -> None:
    save_dataset(DATA, tmp_path / "campus")
    save_dataset(DATA, tmp_path / "campus")
    other = DataSet(name="campus", parts={"train": (Example(text="new"),)})
    with pytest.raises(DataSetExistsError):
        save_dataset(other, tmp_path / "campus")
    assert load_dataset(tmp_path / "campus").version == DATA.version
    save_dataset(other, tmp_path / "campus", replace=True)
    assert load_dataset(tmp_path / "campus").version == other.version
    assert [p.name for p in tmp_path.iterdir()] == ["campus"]


def test_what_is_no_data_set_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    with pytest.raises(DataSetExistsError):
        save_dataset(DATA, tmp_path / "notes", replace=True)
    assert (tmp_path / "notes" / "a.txt").read_text() == "mine"


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_dataset(DATA, tmp_path / "campus")
    other = DataSet(name="campus", parts={"train": (Example(text="new"),)})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_dataset(other, tmp_path / "campus", replace=True)
    assert load_dataset(tmp_path / "campus").version == DATA.version
    assert [p.name for p in tmp_path.iterdir()] == ["campus"]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("train.jsonl", '{"text": "changed"}\n'),
        ("data.json", "{"),
        ("data.json", "[]"),
        ("data.json", '{"name": "x"}'),
    ],
)
def test_a_changed_file_is_noticed(tmp_path: Path, file: str, content: str) -> None:
    save_dataset(DATA, tmp_path / "campus")
    (tmp_path / "campus" / file).write_text(content, "utf-8")
    with pytest.raises(BrokenDataSetError):
        load_dataset(tmp_path / "campus")


def test_a_folder_without_facts_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(DataSetNotFoundError):
        load_dataset(tmp_path)


@pytest.mark.parametrize("name", ["", "../x", ".hidden", "a b", "测试"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError):
        DataSet(name=name, parts={})
    with pytest.raises(InvalidInputError):
        DataSet(name="x", parts={name: ()})
