"""The live model under load, while versions are swapped, damaged and shadowed."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from tests.learning.conftest import BY, GATE, NAME, Ticks
from tests.learning.tiny import tiny_model

from yuanli.learning import (
    BUILT_IN,
    GateParams,
    LiveModel,
    Model,
    NoLiveModelError,
    Registry,
    ServingParams,
    list_models,
    promote,
    register,
    rollback,
    set_shadow,
)

LOOSE = GateParams(most_lost=100, most_lost_slice=100)
RATE_HZ, LENGTH_S, SWAPS = 50, 10, 10


def go_live(registry: Registry, version: str) -> None:
    promote(registry, NAME, version, BY, gate_set=GATE, timer=Ticks(), params=LOOSE)


def wait_until(holds: Callable[[], bool], patience_s: float = 20) -> None:
    end = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.005)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


Opened = Callable[..., LiveModel]


@pytest.fixture
def opened(registry: Registry) -> Iterator[Opened]:
    models: list[LiveModel] = []

    def open_one(
        held: Registry = registry, timer: Callable[[], float] = time.monotonic, **params: float
    ) -> LiveModel:
        serving = ServingParams(**params)  # type: ignore[arg-type]
        models.append(LiveModel(held, NAME, timer=timer, rng=Random(0), params=serving))
        return models[-1]

    yield open_one
    for model in models:
        model.close()


def test_the_live_version_answers(registry: Registry, opened: Opened) -> None:
    with pytest.raises(NoLiveModelError):
        opened().predict(["toilet"])
    go_live(registry, "1")
    live = opened()
    assert live.predict(["toilet"])[0].label == "nearest"
    assert (live.facts.version, live.status().version, live.status().faults) == ("1", "1", ())


def test_another_version_is_taken_over_within_a_second_or_when_told(
    registry: Registry, opened: Opened
) -> None:
    go_live(registry, "1")
    clock = Clock()
    live = opened(timer=clock)
    go_live(registry, "2")
    assert live.predict(["toilet"])[0].label == "nearest"
    clock.now += 1.01
    wait_until(lambda: live.predict(["toilet"])[0].label == "other")
    rollback(registry, NAME, BY)
    live.refresh()
    assert live.predict(["toilet"])[0].label == "nearest"


def test_a_request_that_has_begun_ends_on_the_version_it_began_on(
    registry: Registry, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_live(registry, "1")
    live = opened()
    whole, inside, go_on = Model.predict, threading.Event(), threading.Event()

    def slow(self: Model, *args: object) -> object:
        inside.set()
        assert go_on.wait(20)
        return whole(self, *args)  # type: ignore[arg-type]

    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(Model, "predict", slow)
        begun = pool.submit(live.predict, ["toilet"])
        assert inside.wait(20)
        monkeypatch.setattr(Model, "predict", whole)
        go_live(registry, "2")
        live.refresh()
        assert live.predict(["toilet"])[0].label == "other"
        go_on.set()
        assert begun.result()[0].label == "nearest"


def test_a_damaged_version_leaves_the_old_one_live_and_is_told(
    registry: Registry, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    go_live(registry, "1")
    live = opened(retry_s=0.0, check_s=0.0)
    go_live(registry, "2")
    network = registry.folder_of(NAME, "2") / "model.onnx"
    good = network.read_bytes()
    network.write_bytes(b"damaged")
    with caplog.at_level(logging.WARNING):
        live.refresh()
        live.refresh()
    assert live.predict(["toilet"])[0].label == "nearest"
    (fault,) = live.status().faults
    assert (fault.version, "model.onnx" in fault.message.en) == ("2", True)
    assert len([r for r in caplog.records if "can't run" in r.message]) == 1
    network.write_bytes(good)
    wait_until(lambda: live.predict(["toilet"])[0].label == "other")
    wait_until(lambda: live.status().faults == ())


def test_stages_that_can_not_be_read_leave_the_old_version_live(registry: Registry, opened: Opened) -> None:
    go_live(registry, "1")
    live = opened()
    (registry.folder / NAME / "stages.json").write_text("{", encoding="utf-8")
    live.refresh()
    assert live.predict(["toilet"])[0].label == "nearest"
    assert [fault.version for fault in live.status().faults] == ["stages.json"]


def test_at_the_start_the_last_usable_version_is_taken(
    registry: Registry, opened: Opened, tmp_path: Path
) -> None:
    for version in ("1", "2"):
        go_live(registry, version)
    (registry.folder_of(NAME, "2") / "model.onnx").unlink()
    assert opened().status().version == "1"
    (registry.folder_of(NAME, "1") / "model.onnx").unlink()
    shipped = {NAME: tiny_model(tmp_path / "shipped", version="2026.1")}
    live = opened(Registry(folder=registry.folder, built_in=shipped))
    assert (live.status().version, [f.version for f in live.status().faults]) == (BUILT_IN, ["2", "1"])
    (registry.folder / NAME / "stages.json").write_text("{", encoding="utf-8")
    assert opened(Registry(folder=registry.folder, built_in=shipped)).status().version == BUILT_IN


def test_a_shadow_is_counted_and_never_answers(registry: Registry, opened: Opened) -> None:
    go_live(registry, "1")
    set_shadow(registry, NAME, "2", BY)
    live = opened(shadow_share=1.0, shadow_every=1)
    assert live.status().shadow == "2"
    for text in ("toilet", "北门 怎么走", "toilet"):
        assert live.predict([text])[0].label in ("nearest", "route")

    def stored() -> object:
        return {m.version: m for m in list_models(registry)}["2"].shadow

    wait_until(lambda: bool(stored()) and stored()[0].compared == 3)  # type: ignore[index]
    (counts,) = {m.version: m for m in list_models(registry)}["2"].shadow
    assert (counts.against, counts.labels, counts.spans, counts.pairs) == ("1", 2, 0, {"nearest → other": 2})
    set_shadow(registry, NAME, None, BY)
    live.refresh()
    assert live.status().shadow is None


def test_a_shadow_that_has_no_time_drops_and_one_that_breaks_is_counted(
    registry: Registry, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_live(registry, "1")
    set_shadow(registry, NAME, "2", BY)
    live = opened(shadow_share=1.0, shadow_waiting=4)
    whole, begun, go_on = Model.predict, threading.Event(), threading.Event()

    def stuck(self: Model, *args: object) -> object:
        if self.facts.version == "2":
            begun.set()
            assert go_on.wait(20)
            raise RuntimeError("broken")
        return whole(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Model, "predict", stuck)
    for _ in range(20):
        assert live.predict(["toilet"])[0].label == "nearest"
    assert begun.wait(20)
    threading.Timer(0.05, go_on.set).start()
    live.close()
    (counts,) = {m.version: m for m in list_models(registry)}["2"].shadow
    assert counts.failed >= 1
    assert counts.failed + counts.dropped == 20


def test_a_shadow_sees_nothing_of_what_nobody_said(registry: Registry, opened: Opened) -> None:
    go_live(registry, "1")
    set_shadow(registry, NAME, "2", BY)
    live = opened(shadow_share=1.0, shadow_every=1)
    assert [said.label for said in live.probe(["toilet", "gate"])] == ["nearest", "other"]
    live.close()
    assert {m.version: m for m in list_models(registry)}["2"].shadow == ()


def test_a_share_of_the_texts_is_shadowed(registry: Registry, opened: Opened) -> None:
    go_live(registry, "1")
    set_shadow(registry, NAME, "2", BY)
    live = opened(shadow_share=0.25, shadow_waiting=10_000)
    live.predict(["toilet"] * 400)
    live.close()
    (counts,) = {m.version: m for m in list_models(registry)}["2"].shadow
    assert 60 < counts.compared + counts.dropped < 140


def test_no_request_fails_while_versions_are_swapped_under_load(
    registry: Registry, opened: Opened, record_property: Callable[[str, object], None]
) -> None:
    """50 requests a second for 10 s from 8 threads, 10 swaps meanwhile, one of them to a damaged version."""
    go_live(registry, "1")
    register_damaged(registry)
    live = opened(check_s=0.1)
    begun, times_s, versions = time.monotonic(), [], []

    def ask(number: int) -> str | None:
        time.sleep(max(0.0, begun + number / RATE_HZ - time.monotonic()))
        asked = time.perf_counter()
        label = live.predict(["toilet"])[0].label
        times_s.append(time.perf_counter() - asked)
        return label

    def swap() -> None:
        for number in range(SWAPS):
            time.sleep(LENGTH_S / (SWAPS + 1))
            if number == SWAPS - 1:
                go_live(registry, "3")
                (registry.folder_of(NAME, "3") / "model.onnx").write_bytes(b"damaged")
            else:
                go_live(registry, "1" if number % 2 else "2")
            versions.append(registry.find_live(NAME))

    swapper = threading.Thread(target=swap)
    swapper.start()
    with ThreadPoolExecutor(8) as pool:
        labels = list(pool.map(ask, range(RATE_HZ * LENGTH_S)))
    swapper.join()
    slowest_ms, p99_ms = 1000 * max(times_s), 1000 * sorted(times_s)[int(0.99 * len(times_s))]
    record_property("slowest_ms", slowest_ms)
    print(f"{len(labels)} requests, p99 {p99_ms:.2f} ms, slowest {slowest_ms:.1f} ms")
    assert (len(labels), len(versions)) == (RATE_HZ * LENGTH_S, SWAPS)
    assert set(labels) == {"nearest", "other"}


def register_damaged(registry: Registry) -> None:
    register(registry, tiny_model(registry.folder.parent / "three", version="3"), BY)


def test_a_model_that_was_closed_answers_no_more(registry: Registry, opened: Opened) -> None:
    go_live(registry, "1")
    live = opened()
    live.close()
    live.refresh()
    with pytest.raises(NoLiveModelError):
        live.predict(["toilet"])
    shutil.rmtree(registry.folder)
