"""Charts as SVG text, to stand inside a page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from yuanli.learning.calibration import Calibration

SIDE = 260
LEFT, TOP = 44, 12
CELL = 18


def reliability_chart(calibration: Calibration) -> str:
    """Return the share of right answers over confidence: on the diagonal confidence is true."""
    total = sum(found.count for found in calibration.bins) or 1
    parts = [_line(0, 0, 1, 1, "stroke-dasharray='4 4' opacity='.5'"), *_axes()]
    for found in calibration.bins:
        x, width = LEFT + found.low * SIDE, (found.high - found.low) * SIDE
        height = found.accuracy * SIDE
        share = found.count / total
        said = f"{found.low:.2f}–{found.high:.2f}: {found.accuracy:.1%} / {found.confidence:.1%}, n = {found.count}"
        parts.append(
            f"<rect x='{x + 1:.1f}' y='{TOP + SIDE - height:.1f}' width='{width - 2:.1f}' height='{height:.1f}' "
            f"fill='var(--accent)' opacity='{0.35 + 0.65 * share**0.5:.2f}'><title>{said}</title></rect>"
        )
    return _svg(LEFT + SIDE + 12, TOP + SIDE + 34, parts, "reliability")


def confusion_chart(labels: Sequence[str], counts: NDArray[np.int64]) -> str:
    """Return a matrix of counts, true label by row, said label by column; darker is a larger share of the row."""
    margin = 12 + 7 * max((len(label) for label in labels), default=0)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    parts = []
    for row, label in enumerate(labels):
        y = margin + row * CELL
        parts.append(f"<text x='{margin - 6}' y='{y + 13}' text-anchor='end'>{escape(label)}</text>")
        parts.append(
            f"<text transform='translate({margin + row * CELL + 13},{margin - 6}) rotate(-90)'>{escape(label)}</text>"
        )
        for column in np.flatnonzero(counts[row]).tolist():
            colour = "var(--good)" if column == row else "var(--bad)"
            said = f"{label} → {labels[column]}: {counts[row, column]}"
            parts.append(
                f"<rect x='{margin + column * CELL}' y='{y}' width='{CELL - 1}' height='{CELL - 1}' fill='{colour}' "
                f"opacity='{0.15 + 0.85 * shares[row, column]:.2f}'><title>{escape(said)}</title></rect>"
            )
    side = margin + len(labels) * CELL + 4
    return _svg(side, side, parts, "confusion")


def interval_chart(low: float, value: float, high: float) -> str:
    """Return a score between 0 and 1 with its interval, as a small strip."""
    width, height = 140, 14
    a, b, c = (min(max(score, 0), 1) * width for score in (low, value, high))
    parts = [
        f"<line x1='0' x2='{width}' y1='7' y2='7' stroke='var(--line)'/>",
        f"<line x1='{a:.1f}' x2='{c:.1f}' y1='7' y2='7' stroke='var(--accent)' stroke-width='4' opacity='.5'/>",
        f"<circle cx='{b:.1f}' cy='7' r='4' fill='var(--accent)'/>",
    ]
    return _svg(width, height, parts, "interval")


def _axes() -> list[str]:
    parts = [_line(0, 0, 1, 0, ""), _line(0, 0, 0, 1, "")]
    for step in range(0, 11, 2):
        share = step / 10
        x, y = LEFT + share * SIDE, TOP + SIDE - share * SIDE
        parts.append(f"<text x='{x:.1f}' y='{TOP + SIDE + 16}' text-anchor='middle'>{share:.1f}</text>")
        parts.append(f"<text x='{LEFT - 6}' y='{y + 4:.1f}' text-anchor='end'>{share:.1f}</text>")
    return parts


def _line(x1: float, y1: float, x2: float, y2: float, more: str) -> str:
    return (
        f"<line x1='{LEFT + x1 * SIDE:.1f}' y1='{TOP + SIDE - y1 * SIDE:.1f}' x2='{LEFT + x2 * SIDE:.1f}' "
        f"y2='{TOP + SIDE - y2 * SIDE:.1f}' stroke='var(--ink)' {more}/>"
    )


def _svg(width: float, height: float, parts: Sequence[str], name: str) -> str:
    return (
        f"<svg class='{name}' role='img' viewBox='0 0 {width:.0f} {height:.0f}' width='{width:.0f}' "
        f"height='{height:.0f}'>{''.join(parts)}</svg>"
    )
