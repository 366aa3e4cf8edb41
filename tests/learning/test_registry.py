"""Versions of a model, their stages, and losing the power while they change."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.learning.conftest import BY, GATE, NAME, Ticks
from tests.learning.tiny import tiny_model

from yuanli.learning import (
    BUILT_IN,
    BrokenModelError,
    GateClosedError,
    GateParams,
    LiveChangedError,
    Model,
    ModelExistsError,
    ModelNotFoundError,
    NothingToRollBackError,
    Registry,
    Stage,
    StageError,
    Stages,
    archive,
    list_models,
    promote,
    register,
    rollback,
    set_shadow,
)
from yuanli.learning.registry import BadModelNameError, BrokenStagesError
from yuanli.learning.registry.stages import (
    added,
    load_stages,
    parse_stages,
    promoted,
    rolled_back,
    write_stages,
)

LOOSE = GateParams(most_lost=100, most_lost_slice=100)

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tests.learning.conftest import GATE, NAME, Ticks
from yuanli.learning import Author, GateParams, Registry, promote, rollback
registry = Registry(folder=Path(sys.argv[1]))
params = GateParams(most_lost=100, most_lost_slice=100)
for number in range(100_000):
    by = Author(who=sys.argv[2], at=datetime.now(UTC), why=str(number))
    if number % 4 == 2:
        rollback(registry, NAME, by)
    else:
        version = "1" if number % 4 == 0 else "2"
        promote(registry, NAME, version, by, gate_set=GATE, timer=Ticks(), params=params)
    print(number, flush=True)
"""

SHADOWER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from yuanli.learning import Author, Registry, set_shadow
registry = Registry(folder=Path(sys.argv[1]))
for number in range(40):
    by = Author(who=sys.argv[2], at=datetime.now(UTC), why=str(number))
    set_shadow(registry, "understanding", sys.argv[2] if number % 2 == 0 else None, by)
"""


def go_live(registry: Registry, version: str) -> None:
    promote(registry, NAME, version, BY, gate_set=GATE, timer=Ticks(), params=LOOSE)


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ})


def test_a_registered_model_is_a_candidate_with_cards_in_both_languages(registry: Registry) -> None:
    listed = list_models(registry)
    assert [(m.version, m.stage, m.usable) for m in listed] == [
        ("1", Stage.CANDIDATE, True),
        ("2", Stage.CANDIDATE, True),
    ]
    assert listed[0].history[0].who == "li"
    folder = registry.folder_of(NAME, "1")
    assert "指标" in (folder / "card.zh.md").read_text("utf-8")
    assert "Intended use" in (folder / "card.md").read_text("utf-8")
    assert registry.find_live(NAME) is None


def test_a_version_is_registered_once(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(ModelExistsError):
        register(registry, tmp_path / "one", BY)


@pytest.mark.parametrize("version", ["built-in", "../1", "a/b", "", ".hidden", "1."])
def test_a_version_that_can_be_no_folder_is_refused(registry: Registry, tmp_path: Path, version: str) -> None:
    with pytest.raises(BadModelNameError):
        register(registry, tiny_model(tmp_path / "bad", version=version), BY)


def test_a_damaged_model_is_neither_registered_nor_loaded(registry: Registry, tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "three", version="3")
    (folder / "model.onnx").write_bytes(b"no network")
    with pytest.raises(BrokenModelError):
        register(registry, folder, BY)
    (registry.folder_of(NAME, "1") / "model.onnx").write_bytes(b"no network")
    with pytest.raises(BrokenModelError):
        registry.load(NAME, "1")


def test_facts_that_were_changed_after_registering_are_noticed(registry: Registry) -> None:
    path = registry.folder_of(NAME, "1") / "model.json"
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(document | {"temperature": 9.0}), encoding="utf-8")
    with pytest.raises(BrokenModelError):
        registry.load(NAME, "1")
    assert [m.usable for m in list_models(registry)] == [False, True]


def test_what_is_not_there_is_told_with_what_is(registry: Registry) -> None:
    for name, version in (
        ("translation", "1"),
        (NAME, "9"),
        ("../..", "1"),
        (NAME, "../1"),
        (NAME, BUILT_IN),
    ):
        with pytest.raises(ModelNotFoundError) as refused:
            registry.folder_of(name, version)
        assert refused.value.hint is not None


def test_a_promoted_version_is_live_and_the_one_before_archived(registry: Registry) -> None:
    go_live(registry, "1")
    go_live(registry, "2")
    stages = registry.stages(NAME)
    assert (registry.find_live(NAME), stages.versions) == ("2", {"1": Stage.ARCHIVED, "2": Stage.LIVE})
    assert [(c.version, c.after) for c in stages.history[2:]] == [
        ("1", Stage.LIVE),
        ("1", Stage.ARCHIVED),
        ("2", Stage.LIVE),
    ]


def test_rollback_goes_back_one_live_version_at_a_time(registry: Registry) -> None:
    for version in ("1", "2", "1"):
        go_live(registry, version)
    assert [rollback(registry, NAME, BY) for _ in range(2)] == ["2", "1"]
    with pytest.raises(NothingToRollBackError):
        rollback(registry, NAME, BY)
    assert registry.find_live(NAME) == "1"


def test_rollback_passes_over_a_damaged_version(registry: Registry, tmp_path: Path) -> None:
    register(registry, tiny_model(tmp_path / "three", version="3"), BY)
    for version in ("1", "2", "3"):
        go_live(registry, version)
    (registry.folder_of(NAME, "2") / "tokenizer.json").unlink()
    assert rollback(registry, NAME, BY) == "1"


def test_the_built_in_version_is_live_when_nothing_else_is(tmp_path: Path) -> None:
    shipped = tiny_model(tmp_path / "shipped", version="2026.1")
    registry = Registry(folder=tmp_path / "models", built_in={NAME: shipped})
    assert registry.find_live(NAME) == BUILT_IN
    assert [(m.version, m.stage) for m in list_models(registry)] == [(BUILT_IN, Stage.LIVE)]
    register(registry, tiny_model(tmp_path / "one", version="1"), BY)
    go_live(registry, "1")
    assert [m.stage for m in list_models(registry)] == [Stage.ARCHIVED, Stage.LIVE]
    assert rollback(registry, NAME, BY) == BUILT_IN
    with pytest.raises(NothingToRollBackError):
        rollback(registry, NAME, BY)
    go_live(registry, "1")
    go_live(registry, BUILT_IN)
    assert (registry.find_live(NAME), rollback(registry, NAME, BY)) == (BUILT_IN, "1")


def test_there_is_one_shadow_at_most_and_it_is_never_the_live_one(registry: Registry) -> None:
    go_live(registry, "1")
    with pytest.raises(StageError):
        set_shadow(registry, NAME, "1", BY)
    set_shadow(registry, NAME, "2", BY)
    assert registry.find_shadow(NAME) == "2"
    set_shadow(registry, NAME, None, BY)
    assert (registry.find_shadow(NAME), registry.stages(NAME).versions["2"]) == (None, Stage.CANDIDATE)


def test_the_live_version_is_not_archived(registry: Registry) -> None:
    go_live(registry, "1")
    with pytest.raises(StageError):
        archive(registry, NAME, "1", BY)
    archive(registry, NAME, "2", BY)
    assert registry.stages(NAME).versions["2"] is Stage.ARCHIVED


def test_a_worse_version_is_refused_with_the_figures_and_leaves_the_live_one(registry: Registry) -> None:
    go_live(registry, "1")
    with pytest.raises(GateClosedError) as refused:
        promote(registry, NAME, "2", BY, gate_set=GATE, timer=Ticks())
    assert "all (40 examples) scores 50, the live one 100, at least 99.5" in refused.value.message.en
    assert "全部（40 条）得分 50" in refused.value.message.zh
    assert [check.name for check in refused.value.report.failed] == ["all", "label:nearest", "language:en"]
    assert registry.find_live(NAME) == "1"
    kept = json.loads((registry.folder_of(NAME, "2") / "gate.json").read_text("utf-8"))
    assert (kept["passed"], kept["against"], kept["who"]) == (False, "1", "li")


def test_a_slow_or_large_model_is_refused(registry: Registry) -> None:
    for params, name in (
        (GateParams(slowest_ms=0.5), "latency_ms"),
        (GateParams(largest_mb=1e-6), "size_mb"),
    ):
        with pytest.raises(GateClosedError) as refused:
            promote(registry, NAME, "1", BY, gate_set=GATE, timer=Ticks(), params=params)
        assert [check.name for check in refused.value.report.failed] == [name]


def test_a_damaged_live_version_does_not_bar_its_successor(registry: Registry) -> None:
    go_live(registry, "1")
    (registry.folder_of(NAME, "1") / "model.onnx").unlink()
    report = promote(registry, NAME, "2", BY, gate_set=GATE, timer=Ticks())
    assert (report.against, registry.find_live(NAME)) == (None, "2")


def test_a_promotion_against_what_is_live_no_more_is_refused(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Model.predict
    meddled: list[str] = []

    def predict(self: Model, *args: object, **more: object) -> object:
        if not meddled:
            meddled.append("1")
            go_live(registry, "1")
        return whole(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Model, "predict", predict)
    with pytest.raises(LiveChangedError):
        promote(registry, NAME, "2", BY, gate_set=GATE, timer=Ticks(), params=LOOSE)
    assert registry.find_live(NAME) == "1"


def test_stages_that_can_not_be_read_are_told(registry: Registry) -> None:
    (registry.folder / NAME / "stages.json").write_text("{", encoding="utf-8")
    with pytest.raises(BrokenStagesError):
        registry.find_live(NAME)


@given(st.lists(st.sampled_from(["1", "2", "3", "back"]), max_size=20))
def test_stages_keep_their_rules_and_come_back_from_text(moves: list[str]) -> None:
    stages = Stages()
    line: list[str] = []
    for version in ("1", "2", "3"):
        stages = added(stages, version, "sum", BY)
    for move in moves:
        if move == "back":
            if len(line) > 1:
                line.pop()
                stages = rolled_back(stages, BY, lambda version: version != BUILT_IN)
        else:
            line += [move] if line[-1:] != [move] else []
            stages = promoted(stages, move, replace(BY, why="“more”"))
        assert stages.line == tuple(line)
        assert [v for v, s in stages.versions.items() if s is Stage.LIVE] == line[-1:]
    assert parse_stages(write_stages(stages)) == stages
    state: dict[str, Stage] = {}
    for change in stages.history:
        assert state.get(change.version) is change.before
        state[change.version] = change.after
    assert state == stages.versions


def test_what_was_acknowledged_survives_kill_9(registry: Registry, tmp_path: Path) -> None:
    home = registry.folder / NAME
    for lives in (5, 11, 18):
        writer = start(WRITER, str(registry.folder), f"writer {lives}")
        assert writer.stdout is not None
        acknowledged = -1
        for line in writer.stdout:
            acknowledged = int(line)
            if acknowledged >= lives:
                writer.send_signal(signal.SIGKILL)
                break
        acknowledged = max([acknowledged, *map(int, writer.stdout)])
        writer.wait()
        writer.stdout.close()
        stages = load_stages(home)
        kept = {int(change.why) for change in stages.history if change.who == f"writer {lives}"}
        assert kept >= set(range(1, acknowledged + 1))
        assert registry.load(NAME, stages.live).facts.version == stages.live
    register(registry, tiny_model(tmp_path / "after", version="after"), BY)
    assert not list(home.glob(".draft-*"))


def test_a_copy_that_a_killed_process_left_is_made_anew(registry: Registry, tmp_path: Path) -> None:
    home = registry.folder / NAME
    (home / "3").mkdir()
    (home / "3" / "model.json").write_text("half", encoding="utf-8")
    (home / ".draft-77-3").mkdir()
    register(registry, tiny_model(tmp_path / "three", version="3"), BY)
    assert registry.load(NAME, "3").facts.version == "3"
    assert not list(home.glob(".draft-*"))


def test_two_processes_lose_none_of_each_others_changes(registry: Registry) -> None:
    writers = [start(SHADOWER, str(registry.folder), version) for version in ("1", "2")]
    assert [writer.wait() for writer in writers] == [0, 0]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.close()
    history = registry.stages(NAME).history
    on = {w: [c for c in history if c.who == w and c.after is Stage.SHADOW] for w in ("1", "2")}
    assert [len(changes) for changes in on.values()] == [20, 20]
    state: dict[str, Stage] = {}
    for change in history:
        assert state.get(change.version) is change.before
        state[change.version] = change.after
