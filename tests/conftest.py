"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import yuanli
from yuanli.learning import Model, Registry

settings.register_profile("yuanli", deadline=None)
settings.load_profile("yuanli")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give all tests of the browser to one process, so that the installations they share are started once."""
    from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

    class OneBrowser(LoadGroupScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if nodeid.startswith("tests/browser/") else nodeid

    return OneBrowser(config, log)


@pytest.fixture(scope="session", autouse=True)
def built_in_model_loaded_once() -> Iterator[None]:
    """Let the hundreds of installations that tests open share what never changes: the network that ships."""
    load, package = Registry.load, Path(yuanli.__file__).parent
    shared: dict[Path, Model] = {}

    def load_once(registry: Registry, name: str, version: str) -> Model:
        folder = registry.folder_of(name, version)
        if not folder.is_relative_to(package):
            return load(registry, name, version)
        if folder not in shared:
            shared[folder] = load(registry, name, version)
        return shared[folder]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Registry, "load", load_once)
        yield
