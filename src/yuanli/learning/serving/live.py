"""The live model, held by whoever serves: loaded once, swapped as soon as another version is live."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from threading import Lock, Thread

from yuanli.errors import Text, UnavailableError, YuanliError
from yuanli.learning.models import ModelFacts
from yuanli.learning.predicting import Predictor
from yuanli.learning.predictions import Prediction
from yuanli.learning.registry.folder import Registry
from yuanli.learning.registry.shadows import ShadowCounts, add_counts
from yuanli.learning.registry.stages import BUILT_IN, stages_path
from yuanli.learning.serving.shadow import Shadow

Stamp = tuple[int, int, int] | None
"""Time, size and number of a file: they change when it is replaced."""
log = logging.getLogger(__name__)


class NoLiveModelError(UnavailableError):
    """No version of a model is live, or none that is can be loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingParams:
    """How a live model is held.

    Parameters
    ----------
    check_s
        Seconds between two looks at whether another version is live.
    retry_s
        Seconds until a version that can't be loaded is tried again.
    shadow_share, shadow_waiting, shadow_every
        The share of texts that the shadow sees too, how many may wait for it, and after how many its counts
        are stored.
    """

    check_s: float = 1.0
    retry_s: float = 60.0
    shadow_share: float = 0.1
    shadow_waiting: int = 256
    shadow_every: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A version that should run and can't, and why."""

    version: str
    message: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingStatus:
    """What this process runs: the version that answers, its shadow, and what it can't run."""

    name: str
    version: str | None
    shadow: str | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    version: str
    model: Predictor
    shadow_version: str | None = None
    shadow: Shadow | None = None


class LiveModel:
    """Answers with whichever version is live. It may be asked from many threads while versions change.

    A request that has begun ends on the version it began on. A version that can't be loaded leaves the one
    before it answering, and is told by `status` and in the log. At the start, when none answers yet, the
    last usable version that was live is taken.
    """

    def __init__(
        self,
        registry: Registry,
        name: str,
        *,
        timer: Callable[[], float],
        rng: Random,
        params: ServingParams = ServingParams(),
    ) -> None:
        self._registry, self._name, self._timer = registry, name, timer
        self._rng, self._params = rng, params
        self._held: _Held | None = None
        self._faults: tuple[Fault, ...] = ()
        self._stamp: Stamp = None
        self._closed = False
        self._next_look = self._next_try = 0.0
        self._looking, self._loading = Lock(), Lock()
        self.refresh()

    @property
    def facts(self) -> ModelFacts:
        """The facts of the version that answers; `NoLiveModelError` where there is none."""
        return self._current().model.facts

    def predict(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> list[Prediction]:
        """Return what the live version says of texts.

        Raises
        ------
        NoLiveModelError
            No version is live, or none that is can be loaded.
        """
        held = self._current()
        said = held.model.predict(texts, contexts)
        if held.shadow is not None:
            held.shadow.offer(texts, contexts or [None] * len(texts), said)
        return said

    def probe(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> list[Prediction]:
        """Return what the live version says of texts that nobody said: the shadow doesn't see them."""
        return self._current().model.predict(texts, contexts)

    def status(self) -> ServingStatus:
        """Return what runs here."""
        self._look()
        held = self._held
        return ServingStatus(
            name=self._name,
            version=None if held is None else held.version,
            shadow=None if held is None else held.shadow_version,
            faults=self._faults,
        )

    def refresh(self) -> None:
        """Take over whatever is live now; it returns when that answers, or can't."""
        with self._loading:
            if self._closed:
                return
            self._stamp = self._stamp_now()
            faults: list[Fault] = []
            old, held = self._held, self._taken(faults)
            held = held and self._with_shadow(held, faults)
            self._held = held
            self._tell(tuple(faults))
            now = self._timer()
            self._next_look, self._next_try = now + self._params.check_s, now + self._params.retry_s
        if old is not None and old.shadow is not None and (held is None or held.shadow is not old.shadow):
            old.shadow.close()

    def close(self) -> None:
        """Keep the shadow's counts, and end its thread."""
        with self._loading:
            self._closed, held, self._held = True, self._held, None
        if held is not None and held.shadow is not None:
            held.shadow.close()

    def _current(self) -> _Held:
        self._look()
        held = self._held
        if held is None:
            raise NoLiveModelError(
                Text(f"没有可用的“{self._name}”模型。", f"No usable model {self._name!r} is live."),
                field=self._name,
                hint=Text(
                    "用 yuanli learn models 查看，用 yuanli learn promote 发布。",
                    "See yuanli learn models, and promote one: yuanli learn promote",
                ),
            )
        return held

    def _look(self) -> None:
        """Have what changed loaded beside the requests; one look a second, by one thread."""
        if self._timer() < self._next_look or not self._looking.acquire(blocking=False):
            return
        try:
            now = self._timer()
            changed = self._stamp_now() != self._stamp or (self._faults and now >= self._next_try)
            if changed and not self._loading.locked():
                Thread(target=self.refresh, name=f"load {self._name}", daemon=True).start()
            self._next_look = now + self._params.check_s
        finally:
            self._looking.release()

    def _taken(self, faults: list[Fault]) -> _Held | None:
        """Return the live version, loaded; else the one that answers now, else one that was live before."""
        old = self._held
        try:
            stages = self._registry.stages(self._name)
        except YuanliError as error:
            faults.append(
                Fault(version=stages_path(self._registry.folder / self._name).name, message=error.message)
            )
            return old or self._loaded(BUILT_IN, faults)
        if old is not None and old.version == stages.live:
            return old
        held = self._loaded(stages.live, faults)
        if held is not None or old is not None:
            return held or old
        before = dict.fromkeys([*reversed(stages.line[:-1]), BUILT_IN])
        return next((held for v in before if v != stages.live and (held := self._loaded(v, faults))), None)

    def _loaded(self, version: str, faults: list[Fault]) -> _Held | None:
        if version == BUILT_IN and self._name not in self._registry.built_in:
            return None
        try:
            return _Held(version=version, model=self._registry.load(self._name, version))
        except YuanliError as error:
            faults.append(Fault(version=version, message=error.message))
            return None

    def _with_shadow(self, held: _Held, faults: list[Fault]) -> _Held:
        try:
            wanted = self._registry.find_shadow(self._name)
        except YuanliError:
            wanted = None
        if wanted == held.shadow_version:
            return held
        plain = _Held(version=held.version, model=held.model)
        loaded = self._loaded(wanted, faults) if wanted is not None and wanted != held.version else None
        if wanted is None or loaded is None:
            return plain
        shadow = Shadow(
            loaded.model,
            against=held.version,
            share=self._params.shadow_share,
            waiting=self._params.shadow_waiting,
            every=self._params.shadow_every,
            store=lambda counts: self._store(wanted, counts),
            rng=self._rng,
        )
        return _Held(version=held.version, model=held.model, shadow_version=wanted, shadow=shadow)

    def _store(self, version: str, counts: ShadowCounts) -> None:
        add_counts(self._registry, self._name, version, counts)

    def _tell(self, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            if fault not in self._faults:
                log.warning("Version %s of %s can't run: %s", fault.version, self._name, fault.message.en)
        if self._faults and not faults:
            log.info("The model %s runs as it should again", self._name)
        self._faults = faults

    def _stamp_now(self) -> Stamp:
        try:
            stat = stages_path(self._registry.folder / self._name).stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
