"""The contract of plug-ins, run on a small one of ours and, where it is installed, on a published model."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.forecast.parks import PLAIN, park

from yuanli.forecast import (
    BrokenForecasterError,
    InvalidForecasterError,
    check_forecaster,
    forecast,
    load_forecaster,
)

Floats = NDArray[np.floating]


class SeasonalNaive:
    """Yesterday again, with the spread of the last day around it."""

    def forecast(
        self, context: Floats, horizon: int, quantiles: Sequence[float], covariates: Floats | None
    ) -> Floats:
        assert covariates is None
        season = min(24, context.shape[1])
        last = context[:, -season:]
        middle = np.nanmean(context, axis=1, keepdims=True)
        filled = np.where(np.isfinite(last), last, middle)
        ahead = filled[:, np.arange(horizon) % season]
        spread = filled.std(axis=1)[:, None, None]
        return np.asarray(ahead[:, :, None] + spread * (np.asarray(quantiles) - 0.5)[None, None, :])


class Careless(SeasonalNaive):
    def forecast(
        self, context: Floats, horizon: int, quantiles: Sequence[float], covariates: Floats | None
    ) -> Floats:
        return super().forecast(context, horizon, quantiles[::-1], covariates)


class Greedy(SeasonalNaive):
    def forecast(
        self, context: Floats, horizon: int, quantiles: Sequence[float], covariates: Floats | None
    ) -> Floats:
        mixed = super().forecast(context, horizon, quantiles, covariates)
        return np.asarray(mixed + mixed.mean(axis=0))


def made_here(folder: Path) -> SeasonalNaive:
    assert (folder / "forecaster.json").is_file()
    return SeasonalNaive()


def test_a_plug_in_of_ours_keeps_the_contract() -> None:
    assert check_forecaster(SeasonalNaive()) == ()


@pytest.mark.parametrize(("plugin", "said"), [(Careless(), "cross"), (Greedy(), "other rows")])
def test_a_plug_in_that_breaks_the_contract_is_told_how(plugin: SeasonalNaive, said: str) -> None:
    assert any(said in broken for broken in check_forecaster(plugin))


def test_a_plug_in_is_tried_like_the_other_methods() -> None:
    made = forecast(park(weeks=8), 24, params=PLAIN, plugins={"naive": SeasonalNaive()})
    assert made.methods[-1] == "naive"
    assert np.isfinite(made.errors[-1]).all()


def test_a_plug_in_that_says_nonsense_stops_the_forecast_with_its_reason() -> None:
    class Wrong(SeasonalNaive):
        def forecast(
            self, context: Floats, horizon: int, quantiles: Sequence[float], covariates: Floats | None
        ) -> Floats:
            return super().forecast(context, horizon, quantiles, covariates)[:1, :1]

    with pytest.raises(BrokenForecasterError, match="shape"):
        forecast(park(weeks=8), 24, params=PLAIN, plugins={"wrong": Wrong()})


def test_a_plug_in_is_loaded_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "forecaster.json").write_text(json.dumps({"entry": "tests.forecast.test_plugins:made_here"}))
    assert check_forecaster(load_forecaster(tmp_path)) == ()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"entry": "nothing"}', '{"entry": 3}'])
def test_a_folder_without_an_entry_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "forecaster.json").write_text(text)
    with pytest.raises(InvalidForecasterError):
        load_forecaster(tmp_path)


def test_an_entry_that_is_not_installed_is_named(tmp_path: Path) -> None:
    (tmp_path / "forecaster.json").write_text('{"entry": "no_such_package:load"}')
    with pytest.raises(BrokenForecasterError, match="no_such_package"):
        load_forecaster(tmp_path)


def test_the_published_model_keeps_the_contract(tmp_path: Path) -> None:
    pytest.importorskip("fracast", reason="fracast is not installed")
    (tmp_path / "forecaster.json").write_text('{"entry": "yuanli.forecast.fracast:load_fracast"}')
    assert check_forecaster(load_forecaster(tmp_path)) == ()
