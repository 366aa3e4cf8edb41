"""Forecasts of parts and wholes that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from yuanli.errors import InvalidInputError, Text
from yuanli.forecast.history import Floats


class InvalidTreeError(InvalidInputError):
    """Parts and wholes that don't form a tree."""


def summing_matrix(names: Sequence[str], parents: Mapping[str, str]) -> Floats:
    """Return which leaves make up each name; shape `(n_names, n_leaves)`, leaves in the order of `names`.

    Parameters
    ----------
    parents
        The whole that each part belongs to; a name that is nobody's parent is a leaf.

    Raises
    ------
    InvalidTreeError
        A parent is not among the names, or a part lies within itself.
    """
    unknown = sorted(set(parents) - set(names) | set(parents.values()) - set(names))
    if unknown:
        raise InvalidTreeError(
            Text(f"{unknown} 不在名单里。", f"{unknown} are not among the names."), field="parents",
            hint=Text("给每个部分和整体一个名字。", "Name every part and every whole."),
        )  # fmt: skip
    for name in names:
        _climb(name, parents)
    wholes = set(parents.values())
    leaves = [name for name in names if name not in wholes]
    row = {name: place for place, name in enumerate(names)}
    matrix = np.zeros((len(names), len(leaves)))
    for column, leaf in enumerate(leaves):
        above: str | None = leaf
        while above is not None:
            matrix[row[above], column] = 1.0
            above = parents.get(above)
    return matrix


def _climb(name: str, parents: Mapping[str, str]) -> None:
    met, above = {name}, parents.get(name)
    while above is not None:
        if above in met:
            raise InvalidTreeError(
                Text(f"“{name}”在自身之内。", f"{name!r} lies within itself."), field="parents",
                hint=Text("去掉这个环。", "Break the circle."),
            )  # fmt: skip
        met.add(above)
        above = parents.get(above)


def reconciled(means: Floats, matrix: Floats, *, errors: Floats | None = None) -> Floats:
    """Return forecasts that add up, changed the least where they were right most.

    Without errors the parts are added up. With them it is the least-squares reconciliation of Wickramasuriya,
    Athanasopoulos & Hyndman (2019, doi:10.1080/01621459.2018.1448825): MinT with the covariance of errors drawn
    towards its diagonal (Schäfer & Strimmer 2005, doi:10.2202/1544-6115.1175).

    Parameters
    ----------
    means
        Shape `(n_names, horizon)`.
    matrix
        `summing_matrix` of the names.
    errors
        Past errors of each forecast, shape `(n_names, n_errors)`; not a number where unknown.
    """
    if means.shape[0] != matrix.shape[0] or (errors is not None and errors.shape[0] != matrix.shape[0]):
        raise InvalidTreeError(
            Text(f"预测有 {means.shape[0]} 行，层级有 {matrix.shape[0]} 行。",
                 f"{means.shape[0]} forecasts for a tree of {matrix.shape[0]} names."),
            field="means",
            hint=Text("每个名字一行，顺序相同。", "Give a row a name, in the same order."),
        )  # fmt: skip
    leaf = _leaf_rows(matrix)
    if errors is None:
        return np.asarray(matrix @ means[leaf])
    weight = np.linalg.inv(_shrunk_covariance(errors))
    bottom = np.linalg.solve(matrix.T @ weight @ matrix, matrix.T @ weight @ means)
    return np.asarray(matrix @ bottom)


def _leaf_rows(matrix: Floats) -> list[int]:
    """Return the row of each leaf: the one that holds this leaf and no other."""
    single = np.flatnonzero(matrix.sum(axis=1) == 1)
    return [int(single[matrix[single, column] == 1][-1]) for column in range(matrix.shape[1])]


def _shrunk_covariance(errors: Floats) -> Floats:
    whole = errors[:, np.isfinite(errors).all(axis=0)]
    held = np.isfinite(errors)
    squared = np.where(held, errors, 0) ** 2
    size = np.where(held.any(1), np.sqrt(squared.sum(1) / np.maximum(held.sum(1), 1)), 1.0)
    size = np.maximum(size, 1e-9 + 1e-6 * float(size.max()))
    count = whole.shape[1]
    if count < 3:
        return np.diag(size**2)
    scaled = whole / size[:, None]
    correlation = scaled @ scaled.T / count
    variance = ((scaled**2) @ (scaled**2).T / count - correlation**2) / (count - 1)
    apart = ~np.eye(len(size), dtype=bool)
    squares = (correlation[apart] ** 2).sum()
    shrink = float(np.clip(variance[apart].sum() / squares, 0, 1)) if squares > 0 else 1.0
    shrink = max(shrink, 1e-3)
    drawn = np.where(apart, (1 - shrink) * correlation, 1.0)
    return np.asarray(size[:, None] * drawn * size[None, :])
