"""The setting `forecaster`: a foundation model is tried for each point, nightly and when asked, and told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.api.house import CAMPUS, Clock, small_house
from tests.cli.test_commands import run
from tests.operations.test_forecasts import DAY, METER, NOW

from yuanli.bootstrap import House, open_forecasters
from yuanli.forecast import HOUR, BrokenForecasterError, Forecaster, InvalidForecasterError
from yuanli.operations import Delivery, Outlook, forecast_series
from yuanli.telemetry import Decoded, Row, Series

Floats = NDArray[np.floating]
PERIOD_H = 36
"""What the product's own methods don't look for."""


class Repeating:
    """What was before a period, again."""

    def forecast(
        self, context: Floats, horizon: int, quantiles: Sequence[float], covariates: Floats | None
    ) -> Floats:
        assert covariates is None
        period = min(PERIOD_H, context.shape[1])
        last = context[:, -period:]
        filled = np.where(np.isfinite(last), last, np.nanmean(context, axis=1, keepdims=True))
        ahead = filled[:, np.arange(horizon) % period]
        return np.repeat(ahead[:, :, None], len(quantiles), axis=2)


class Failing(Repeating):
    """Keeps the contract of 200 steps, and breaks on the rows of a site."""

    def forecast(
        self, context: Floats, horizon: int, quantiles: Sequence[float], covariates: Floats | None
    ) -> Floats:
        if context.shape[1] > 24 * 21:
            raise RuntimeError("out of memory")
        return super().forecast(context, horizon, quantiles, covariates)


class Falling(Repeating):
    """Quantiles the wrong way round."""

    def forecast(
        self, context: Floats, horizon: int, quantiles: Sequence[float], covariates: Floats | None
    ) -> Floats:
        return np.asarray(super().forecast(context, horizon, quantiles, covariates) - np.asarray(quantiles))


def repeating(folder: Path) -> Forecaster:  # noqa: ARG001
    return Repeating()


def failing(folder: Path) -> Forecaster:  # noqa: ARG001
    return Failing()


def falling(folder: Path) -> Forecaster:  # noqa: ARG001
    return Falling()


def unloadable(folder: Path) -> Forecaster:  # noqa: ARG001
    raise ModuleNotFoundError("No module named 'no_such_weights'")


def plugin(tmp_path: Path, entry: str) -> Path:
    folder = tmp_path / "period"
    folder.mkdir()
    entry = entry if ":" in entry else f"tests.bootstrap.test_forecasters:{entry}"
    (folder / "forecaster.json").write_text(json.dumps({"entry": entry}))
    return folder


def house_of(tmp_path: Path, folder: Path | None) -> tuple[House, Clock]:
    clock = Clock()
    clock.now = NOW
    house = small_house(tmp_path / "data", clock, forecaster=folder)
    pattern = np.random.default_rng(0).uniform(10, 90, PERIOD_H)
    start = NOW.replace(minute=0) - 40 * DAY
    rows = tuple(
        Row(point="meter", at=int((start + timedelta(hours=n)).timestamp()) * 1_000_000,
            value=float(pattern[n % PERIOD_H]), number=n + 1)
        for n in range(40 * 24)
    )  # fmt: skip
    house.intake.take([Delivery(campus_id=CAMPUS, decoded=Decoded(rows=rows))])
    return house, clock


def test_a_foundation_model_is_taken_where_it_does_best_and_says_so(tmp_path: Path) -> None:
    house, clock = house_of(tmp_path, plugin(tmp_path, "repeating"))
    (asked,) = house.forecasts.forecast(CAMPUS, [METER], DAY, NOW, anew=True)
    assert (asked.method, asked.better_than_last_week) == ("plug-in:period", True)
    assert asked.error == pytest.approx(0, abs=1e-3)
    assert "“period”" in asked.why.zh
    assert "'period'" in asked.why.en
    clock.now += timedelta(hours=1)
    assert house.nightly.renew(CAMPUS).kept == 2
    (night,) = house.forecasts.forecast(CAMPUS, [METER], timedelta(hours=12), clock.now)
    assert night.made_at is not None
    assert (night.method, night.why) == (asked.method, asked.why)


def test_what_is_asked_to_be_quick_asks_no_foundation_model() -> None:
    start = int((NOW.replace(minute=0) - 40 * DAY).timestamp()) * 1_000_000
    at = start + HOUR * np.arange(40 * 24)
    value = np.random.default_rng(0).uniform(10, 90, PERIOD_H)[np.arange(len(at)) % PERIOD_H]
    series = Series(
        point=0, at=at, raw=value, value=value, quality=np.zeros(len(at), np.uint8),
        reason=np.zeros(len(at), np.uint32),
    )  # fmt: skip
    outlook = Outlook(plugins={"plug-in:period": Repeating()})
    told = [
        forecast_series(
            [series], [("a", None)], DAY, end=int(at[-1]) + HOUR, zone="UTC", outlook=outlook, trees=trees
        )[0].method
        for trees in (True, False)
    ]
    assert told == ["plug-in:period", "ridge"]


def test_without_the_setting_no_model_is_tried(tmp_path: Path) -> None:
    house, _ = house_of(tmp_path, None)
    (asked,) = house.forecasts.forecast(CAMPUS, [METER], DAY, NOW)
    assert not asked.method.startswith("plug-in:")


def test_a_model_that_fails_later_is_left_out_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house, _ = house_of(tmp_path, plugin(tmp_path, "failing"))
    (asked,) = house.forecasts.forecast(CAMPUS, [METER], DAY, NOW)
    assert len(asked.hours) == 24
    assert not asked.method.startswith("plug-in:")
    assert "out of memory" in caplog.text
    assert "plug-in:period" in caplog.text


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("unloadable", "no_such_weights"),
        ("falling", "cross"),
        ("no_such_package:load", "no_such_package"),
        ("yuanli.forecast.fracast:load_nothing", "load_nothing"),
    ],
)
def test_a_model_that_cant_be_used_is_refused_at_the_start(tmp_path: Path, entry: str, said: str) -> None:
    with pytest.raises(BrokenForecasterError, match=said) as refused:
        open_forecasters(plugin(tmp_path, entry))
    assert refused.value.hint is not None


def test_a_folder_that_is_missing_ends_the_command_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InvalidForecasterError, match="nowhere"):
        open_forecasters(tmp_path / "nowhere")
    monkeypatch.setenv("YUANLI_FORECASTER", str(tmp_path / "nowhere"))
    code, _, err = run(capsys, "campus", "list", "--data-dir", str(tmp_path / "data"))
    assert code == 2
    assert "forecaster.json" in err


def test_a_file_is_forecast_by_the_model_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YUANLI_FORECASTER", str(plugin(tmp_path, "repeating")))
    pattern = np.random.default_rng(0).uniform(10, 90, PERIOD_H)
    start = NOW.replace(minute=0) - 40 * DAY
    lines = [f"meter,{(start + timedelta(hours=n)).isoformat()},{pattern[n % PERIOD_H]}" for n in range(960)]
    table = tmp_path / "load.csv"
    table.write_text("\n".join(["point,time,value", *lines]))
    code, out, err = run(capsys, "forecast", str(table), "--json", "--data-dir", str(tmp_path / "data"))
    assert (code, err) == (0, "")
    assert json.loads(out)["method"] == "plug-in:period"
