"""Who reads requests: the live model, with the names of a campus, and a second opinion."""

from __future__ import annotations

from collections.abc import Callable

from yuanli.language import ModelUnderstander, Understander
from yuanli.learning import Predictor
from yuanli.operations import Guide, knows_place


def understander_of(
    model: Predictor,
    refine: Callable[[Understander], Understander] = lambda understander: understander,
) -> Callable[[Guide | None], Understander]:
    """Return what makes the understander of a campus, or of none."""

    def made(guide: Guide | None) -> Understander:
        knows = (lambda name: False) if guide is None else (lambda name: knows_place(guide, name))
        return refine(ModelUnderstander(model, knows=knows))

    return made
