"""The only ways to change what is registered, live, shadow or archived."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.learning.examples import Example
from yuanli.learning.keeping import copy_durably, locked, sweep, write_durably
from yuanli.learning.models import FACTS, ModelFacts, check_sums, file_sum, load_facts
from yuanli.learning.registry.cards import CARDS, write_card
from yuanli.learning.registry.folder import Registry
from yuanli.learning.registry.gates import (
    REPORT,
    GateCheck,
    GateParams,
    GateReport,
    Measured,
    explain,
    judge,
    measure,
    write_report,
)
from yuanli.learning.registry.listing import size_bytes
from yuanli.learning.registry.stages import (
    BUILT_IN,
    Author,
    Stage,
    added,
    load_stages,
    moved,
    promoted,
    rolled_back,
    save_stages,
    shadowed,
)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class ModelExistsError(InfeasibleError):
    """That version is registered already."""


class StageError(InfeasibleError):
    """A version can't go to that stage from where it is."""


class LiveChangedError(InfeasibleError):
    """Somebody made another version live while this one was at the gate."""


class BadModelNameError(InvalidInputError):
    """A name or a version can't be that of a folder."""


def register(registry: Registry, folder: Path, by: Author) -> ModelFacts:
    """Copy a model into the registry as a candidate; a card is written where it has none.

    Raises
    ------
    BrokenModelError
        The folder is no model, or a file is not what was written.
    BadModelNameError
        Its name or version can't be that of a folder.
    ModelExistsError
        That version is there already.
    """
    facts = load_facts(folder)
    check_sums(folder, facts)
    for value in (facts.name, facts.version):
        _check_name(value)
    home = registry.folder / facts.name
    with locked(home):
        sweep(home)
        stages = load_stages(home)
        if facts.version in stages.versions:
            raise ModelExistsError(
                Text(
                    f"{facts.name} 的版本 {facts.version} 已登记。",
                    f"{facts.name} {facts.version} is registered.",
                ),
                field=facts.version,
                hint=Text("换一个版本号。", "Give it another version."),
            )
        target = home / facts.version
        if target.exists():  # A process was killed between the copy and the entry.
            target.rename(home / f".draft-unlisted-{facts.version}")
            sweep(home)
        copy_durably(folder, target)
        if not all((target / card).is_file() for card in (CARDS.zh, CARDS.en)):
            write_card(target, facts)
        save_stages(home, added(stages, facts.version, file_sum(target / FACTS), by))
    return facts


def promote(
    registry: Registry,
    name: str,
    version: str,
    by: Author,
    *,
    gate_set: Sequence[Example],
    timer: Callable[[], float],
    params: GateParams = GateParams(),
) -> GateReport:
    """Make a version live if it passes the gate; the report is kept in its folder either way.

    Where the live version is damaged, or none is live, only the limits and the floor of the gate count.

    Raises
    ------
    GateClosedError
        It loses too much against the live model, or is too large or slow; the message has the figures.
    LiveChangedError
        Somebody promoted another version meanwhile.
    BrokenModelError
        The version can't be loaded.
    """

    def checks(against: str | None) -> Sequence[GateCheck]:
        after = _measured(registry, name, version, gate_set, timer, params)
        before = None if against is None else _measured(registry, name, against, gate_set, timer, params)
        return judge(after, before, params)

    return promote_checked(registry, name, version, by, checks=checks, params=params)


def promote_checked(
    registry: Registry,
    name: str,
    version: str,
    by: Author,
    *,
    checks: Callable[[str | None], Sequence[GateCheck]],
    params: GateParams = GateParams(),
) -> GateReport:
    """Make a version live if it keeps the conditions of its own kind of model; else as `promote`.

    Parameters
    ----------
    checks
        Returns the conditions, kept or not; it is given the live version, if there is another that is usable.
    """
    live = registry.find_live(name)
    registry.check(name, version)
    usable = live is not None and live != version and registry.is_usable(name, live)
    against = live if usable else None
    found = tuple(checks(against))
    report = GateReport(
        name=name,
        version=version,
        against=against,
        passed=all(check.passed for check in found),
        checks=found,
        params=params,
        who=by.who,
        at=by.at,
    )
    home = registry.folder / name
    with locked(home):
        stages = load_stages(home)
        (home / version).mkdir(exist_ok=True)  # The built-in version has no folder here.
        write_durably(home / version / REPORT, write_report(report))
        if not report.passed:
            raise explain(report)
        if registry.find_live(name) != live:
            raise LiveChangedError(
                Text(f"{name} 的上线版本刚被改动。", f"Another version of {name} was made live meanwhile."),
                field=version,
                hint=Text(
                    "再发布一次，与新的上线版本比较。", "Promote again, against the one that is live now."
                ),
            )
        save_stages(home, promoted(stages, version, by))
    return report


def rollback(registry: Registry, name: str, by: Author) -> str:
    """Make the version live that was live before this one, and return it; damaged ones are passed over.

    Raises
    ------
    NothingToRollBackError
        No usable version was live before.
    """
    registry.stages(name)
    home = registry.folder / name
    with locked(home):
        stages = rolled_back(load_stages(home), by, lambda version: registry.is_usable(name, version))
        save_stages(home, stages)
    return stages.live


def set_shadow(registry: Registry, name: str, version: str | None, by: Author) -> None:
    """Let a version run beside the live one, or none.

    Raises
    ------
    StageError
        The version is live.
    """
    registry.stages(name)
    if version is not None:
        registry.check(name, version)
    home = registry.folder / name
    with locked(home):
        stages = load_stages(home)
        if version == stages.live:
            raise StageError(
                Text(f"{name} {version} 已在上线。", f"{name} {version} is live."),
                field=version,
                hint=Text("选另一个版本。", "Choose another version."),
            )
        save_stages(home, shadowed(stages, version, by))


def archive(registry: Registry, name: str, version: str, by: Author) -> None:
    """Put a candidate or shadow aside; `StageError` for the live version."""
    registry.folder_of(name, version)
    home = registry.folder / name
    with locked(home):
        stages = load_stages(home)
        if stages.live == version:
            raise StageError(
                Text(
                    f"{name} {version} 正在上线，不能归档。",
                    f"{name} {version} is live: it can't be archived.",
                ),
                field=version,
                hint=Text("先发布另一个版本，或回退。", "Promote another version, or roll back."),
            )
        save_stages(home, moved(stages, version, Stage.ARCHIVED, by))


def _measured(
    registry: Registry,
    name: str,
    version: str,
    gate_set: Sequence[Example],
    timer: Callable[[], float],
    params: GateParams,
) -> Measured:
    size = size_bytes(registry.folder_of(name, version))
    return measure(registry.load(name, version), gate_set, size_bytes=size, timer=timer, params=params)


def _check_name(value: str) -> None:
    if NAME.fullmatch(value) is None or value == BUILT_IN or value.endswith("."):
        raise BadModelNameError(
            Text(f"名称或版本“{value}”不可用。", f"The name or version {value!r} can't be used."),
            field=value,
            hint=Text(
                "用 1–64 个字母、数字或 . _ -，且不是 built-in。",
                "Use 1 to 64 letters, digits or . _ -, and not built-in.",
            ),
        )
