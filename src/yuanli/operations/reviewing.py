"""How reviewers' labels are kept and decided: each by themselves, then agreed or disputed, then adjudicated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any, ClassVar, Protocol, TypeVar

from yuanli.errors import InfeasibleError, Text


class LabelConflictError(InfeasibleError):
    """Somebody saved a newer version since it was read: read it again."""


class AlreadyDecidedError(InfeasibleError):
    """It has been adjudicated: its labels can't be changed any more."""


class NotLabelledYetError(InfeasibleError):
    """Too few reviewers have labelled it to adjudicate it."""


class LabelState(StrEnum):
    """Where an example or a window is: too few labels, all the same, not the same, or adjudicated."""

    OPEN = "open"
    AGREED = "agreed"
    DISPUTED = "disputed"
    DECIDED = "decided"


class Said(Protocol):
    """What a reviewer says; `version` counts the times it was saved."""

    @property
    def reviewer(self) -> str:
        """Who."""

    @property
    def version(self) -> int:
        """From 1."""


class Reviewed(Protocol):
    """What reviewers say of one thing, by name, and what was decided in the end; a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def position(self) -> int:
        """From 0."""

    @property
    def annotations(self) -> tuple[Said, ...]:
        """A label a reviewer, by name."""

    @property
    def decision(self) -> Said | None:
        """The adjudication."""


Item = TypeVar("Item", bound=Reviewed)


def annotated(item: Item, said: Said, what: Text) -> Item:
    """Return a thing, which `what` names, after a reviewer labelled it, or labelled it anew.

    Raises
    ------
    AlreadyDecidedError
        It was adjudicated.
    LabelConflictError
        `said.version` is not the kept one plus one.
    """
    if item.decision is not None:
        raise AlreadyDecidedError(
            Text(
                f"第 {item.position + 1} {what.zh}已裁定。",
                f"{what.en.capitalize()} {item.position + 1} has been adjudicated.",
            ),
            field="position",
            hint=Text("如需更改，请改裁定结果。", "Change the adjudication instead."),
        )
    others = {other.reviewer: other for other in item.annotations}
    _check_version(others.pop(said.reviewer, None), said, what)
    labels = sorted((*others.values(), said), key=lambda one: one.reviewer)
    return replace(item, annotations=tuple(labels))


def decided(item: Item, said: Said, what: Text, *, needed: int) -> Item:
    """Return a thing after it was adjudicated.

    Raises
    ------
    NotLabelledYetError
        Fewer than `needed` reviewers have labelled it.
    LabelConflictError
        `said.version` is not the kept one plus one.
    """
    count = len(item.annotations)
    if count < needed:
        raise NotLabelledYetError(
            Text(
                f"第 {item.position + 1} {what.zh}只有 {count} 人标注，需 {needed} 人。",
                f"{what.en.capitalize()} {item.position + 1} has labels of {count}, and needs {needed}.",
            ),
            field="position",
            hint=Text("等标注满员后再裁定。", "Adjudicate it when all have labelled it."),
        )
    _check_version(item.decision, said, what)
    return replace(item, decision=said)


def review_state(item: Item, same: Callable[[Item], bool], *, needed: int) -> LabelState:
    """Return where a thing is, if `needed` reviewers label each; `same` tells whether all said the same."""
    if item.decision is not None:
        return LabelState.DECIDED
    if len(item.annotations) < needed:
        return LabelState.OPEN
    return LabelState.AGREED if same(item) else LabelState.DISPUTED


def _check_version(kept: Said | None, said: Said, what: Text) -> None:
    last = 0 if kept is None else kept.version
    if said.version != last + 1:
        raise LabelConflictError(
            Text(
                f"已有第 {last} 版，您改的是第 {said.version - 1} 版。",
                f"Version {last} is kept, and you changed version {said.version - 1}.",
            ),
            field="version",
            hint=Text(f"重新打开这{what.zh}后再改。", f"Open the {what.en} again, then change it."),
        )
