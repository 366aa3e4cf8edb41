"""Compiled annealing of slicing floor plans."""

from __future__ import annotations

import numba
import numpy as np

ACROSS, ALONG = -1, -2
"""Cuts: side by side, and one above the other."""


@numba.njit(cache=True, nogil=True)
def rectangles(tokens, areas, width, depth, out):  # type: ignore[no-untyped-def]
    """Cut a rectangle by a normalised Polish expression (Wong and Liu 1986, doi:10.1109/DAC.1986.1586075).

    Every block gets its share of the area; `out` has left, lower edge, width and height, shape `(n, 4)`.
    """
    size = len(tokens)
    begins, sums = np.empty(size, np.int64), np.empty(size)
    for t in range(size):
        if tokens[t] >= 0:
            begins[t], sums[t] = t, areas[tokens[t]]
        else:
            left = begins[t - 1] - 1
            begins[t], sums[t] = begins[left], sums[left] + sums[t - 1]
    boxes = np.empty((size, 4))
    boxes[size - 1, 0], boxes[size - 1, 1], boxes[size - 1, 2], boxes[size - 1, 3] = 0.0, 0.0, width, depth
    for t in range(size - 1, -1, -1):
        x, y, w, h = boxes[t, 0], boxes[t, 1], boxes[t, 2], boxes[t, 3]
        if tokens[t] >= 0:
            k = tokens[t]
            out[k, 0], out[k, 1], out[k, 2], out[k, 3] = x, y, w, h
            continue
        right = t - 1
        left = begins[right] - 1
        share = sums[left] / sums[t]
        if tokens[t] == ACROSS:
            boxes[left, 0], boxes[left, 1], boxes[left, 2], boxes[left, 3] = x, y, w * share, h
            boxes[right, 0], boxes[right, 1], boxes[right, 2], boxes[right, 3] = (
                x + w * share,
                y,
                w * (1 - share),
                h,
            )
        else:
            boxes[left, 0], boxes[left, 1], boxes[left, 2], boxes[left, 3] = x, y, w, h * share
            boxes[right, 0], boxes[right, 1], boxes[right, 2], boxes[right, 3] = (
                x,
                y + h * share,
                w,
                h * (1 - share),
            )


@numba.njit(cache=True, nogil=True)
def loose_rectangles(tokens, areas, aspects, width, depth, out):  # type: ignore[no-untyped-def]
    """Cut a rectangle that is larger than its blocks: each takes its area in its part, as near the middle as it can be.

    A part gets its share of the area, and at least the length that its blocks need. Returned is by how much blocks are
    longer than their parts, in one sum.
    """
    size = len(tokens)
    begins, sums, least = np.empty(size, np.int64), np.empty(size), np.empty((size, 2))
    for t in range(size):
        if tokens[t] >= 0:
            k = tokens[t]
            begins[t], sums[t] = t, areas[k]
            least[t, 0] = least[t, 1] = np.sqrt(areas[k] / aspects[k])
        else:
            right, left, axis = t - 1, begins[t - 1] - 1, ACROSS - tokens[t]
            begins[t], sums[t] = begins[left], sums[left] + sums[right]
            least[t, axis] = least[left, axis] + least[right, axis]
            least[t, 1 - axis] = max(least[left, 1 - axis], least[right, 1 - axis])
    boxes = np.empty((size, 4))
    boxes[size - 1, 0], boxes[size - 1, 1], boxes[size - 1, 2], boxes[size - 1, 3] = 0.0, 0.0, width, depth
    over = 0.0
    for t in range(size - 1, -1, -1):
        if tokens[t] >= 0:
            k = tokens[t]
            over += _within(boxes[t], areas[k], aspects[k], width / 2, depth / 2, out[k])
            continue
        right, left, axis = t - 1, begins[t - 1] - 1, ACROSS - tokens[t]
        length, deep = boxes[t, 2 + axis], boxes[t, 3 - axis]
        one = max(least[left, axis], sums[left] / deep)
        other = max(least[right, axis], sums[right] / deep)
        if one + other > length:
            cut = length * one / (one + other)
        else:
            cut = min(max(length * sums[left] / sums[t], one), length - other)
        boxes[left], boxes[right] = boxes[t], boxes[t]
        boxes[left, 2 + axis] = cut
        boxes[right, axis] += cut
        boxes[right, 2 + axis] = length - cut
    return over


@numba.njit(cache=True, nogil=True)
def _within(part, area, aspect, middle_x, middle_y, out):  # type: ignore[no-untyped-def]
    """Place a block in its part, as near to a middle as it can be; return by how much it is too long, as a share."""
    x, y, w, h = part[0], part[1], part[2], part[3]
    least, most = max(area / h, np.sqrt(area / aspect)), min(w, np.sqrt(area * aspect))
    wide = max(least, min(most, np.sqrt(area * w / h)))
    deep = area / wide
    out[0] = min(max(middle_x - wide / 2, x), x + w - wide)
    out[1] = min(max(middle_y - deep / 2, y), y + h - deep)
    out[2], out[3] = wide, deep
    return max(0.0, least / most - 1.0)


@numba.njit(cache=True, nogil=True)
def worth(out, flows, aspects):  # type: ignore[no-untyped-def]
    """Return flow times distance, and by how much blocks are too narrow, both in one sum each."""
    cost, narrow = 0.0, 0.0
    for i in range(len(out)):
        w, h = out[i, 2], out[i, 3]
        narrow += max(0.0, max(w / h, h / w) / aspects[i] - 1.0)
        x, y = out[i, 0] + w / 2, out[i, 1] + h / 2
        for j in range(i):
            if flows[i, j] > 0.0:
                far = abs(x - out[j, 0] - out[j, 2] / 2) + abs(y - out[j, 1] - out[j, 3] / 2)
                cost += flows[i, j] * far
    return cost, narrow


@numba.njit(cache=True, nogil=True)
def _move(tokens, shape, span, total, gaps):  # type: ignore[no-untyped-def]
    """Change an expression at random, and now and then the outline; say whether it is still normalised."""
    size = len(tokens)
    kind = np.random.random()
    if kind < 0.1 and span[0, 1] > span[0, 0]:
        axis = np.random.randint(2) if gaps else 0
        longer = shape[axis] * np.exp(0.2 * (np.random.random() - 0.5))
        shape[axis] = min(span[axis, 1], max(span[axis, 0], longer))
        if not gaps:
            shape[1] = total / shape[0]
        return True
    one, other = np.random.randint(size), np.random.randint(size)
    if kind < 0.5:
        while tokens[one] < 0:
            one = np.random.randint(size)
        while tokens[other] < 0 or (other == one and size > 1):
            other = np.random.randint(size)
        tokens[one], tokens[other] = tokens[other], tokens[one]
        return True
    if size < 3:
        return False
    if kind < 0.7:
        while tokens[one] >= 0:
            one = np.random.randint(size)
        while one > 0 and tokens[one - 1] < 0:
            one -= 1
        while one < size and tokens[one] < 0:
            tokens[one] = ACROSS + ALONG - tokens[one]
            one += 1
        return True
    if kind < 0.85:
        one = min(one, size - 2)
        tokens[one], tokens[one + 1] = tokens[one + 1], tokens[one]
    else:
        moved = tokens[one]
        step = 1 if other > one else -1
        for t in range(one, other, step):
            tokens[t] = tokens[t + step]
        tokens[other] = moved
    depth = 0
    for t in range(size):
        depth += 1 if tokens[t] >= 0 else -1
        if depth < 1 or (t > 0 and tokens[t] < 0 and tokens[t] == tokens[t - 1]):
            return False
    return True


@numba.njit(cache=True, nogil=True)
def anneal(tokens, shape, span, areas, flows, aspects, gaps, steps, heat, weight, found, best_out, seed):  # type: ignore[no-untyped-def]
    """Anneal some steps at one temperature; `found` has the cost now and the least valid one."""
    np.random.seed(seed)
    total, n = areas.sum(), len(areas)
    out, kept, outline = np.empty((n, 4)), tokens.copy(), shape.copy()
    for _ in range(steps):
        kept[:] = tokens
        outline[:] = shape
        if not _move(tokens, shape, span, total, gaps):
            tokens[:] = kept
            continue
        over = 0.0
        if gaps:
            over = loose_rectangles(tokens, areas, aspects, shape[0], shape[1], out)
        else:
            rectangles(tokens, areas, shape[0], shape[1], out)
        cost, narrow = worth(out, flows, aspects)
        narrow += over
        if narrow <= 1e-9 and cost < found[1]:
            found[1] = cost
            best_out[:] = out
        cost += weight * narrow
        if cost <= found[0] or np.random.random() < np.exp((found[0] - cost) / heat):
            found[0] = cost
        else:
            tokens[:] = kept
            shape[:] = outline
