"""Wishes that no plan can meet, though the problem has plans."""

from __future__ import annotations

from yuanli.errors import InfeasibleError, Text


class UnmetWishError(InfeasibleError):
    """What is locked, and how few changes are wanted, leave no plan."""


def unmet(*, most: int | None, needed: int | None) -> UnmetWishError:
    """Return the error for a wish that needs more changes than it allows, or that locks too much (`needed` is None)."""
    if needed is None:
        return UnmetWishError(
            Text(
                "锁定的部分与规则矛盾，没有可行方案。",
                "What is locked contradicts the rules: there is no plan.",
            ),
            field="locked",
            hint=Text("解除一部分锁定，或放宽规则。", "Unlock some of it, or relax a rule."),
        )
    return UnmetWishError(
        Text(
            f"最多改动 {most} 处不够，至少要改 {needed} 处。",
            f"At most {most} changes are too few: {needed} are needed.",
        ),
        field="max_changes",
        hint=Text(f"把改动上限提高到 {needed}。", f"Allow {needed} changes."),
    )
