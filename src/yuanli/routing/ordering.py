"""The best order of stops: exact by dynamic programming (Held & Karp 1962, doi:10.1137/0110015)."""

from __future__ import annotations

from collections.abc import Sequence

from yuanli.errors import InvalidInputError, Text

MOST_STOPS = 12


class TooManyStopsError(InvalidInputError):
    """More stops than can be put in their best order."""


def best_order(costs: Sequence[Sequence[float]]) -> list[int]:
    """Return the cheapest order from the first through all others to the last.

    Raises
    ------
    TooManyStopsError
        More than 12 lie in between.
    """
    n = len(costs) - 2
    if n > MOST_STOPS:
        raise TooManyStopsError(
            Text(
                f"途经点有 {n} 个，最多 {MOST_STOPS} 个。",
                f"{n} stops on the way: at most {MOST_STOPS} can be ordered.",
            ),
            field="via",
        )
    if n <= 0:
        return list(range(len(costs)))
    best: dict[tuple[int, int], tuple[float, int]] = {(1 << k, k): (costs[0][k + 1], -1) for k in range(n)}
    for done in range(1, 1 << n):
        for k in range(n):
            if (done, k) not in best:
                continue
            cost = best[done, k][0]
            for j in range(n):
                if not done >> j & 1:
                    to = (done | 1 << j, j)
                    reached = cost + costs[k + 1][j + 1]
                    if to not in best or reached < best[to][0]:
                        best[to] = (reached, k)
    done = (1 << n) - 1
    last = min(range(n), key=lambda k: best[done, k][0] + costs[k + 1][n + 1])
    order = []
    while last >= 0:
        order.append(last + 1)
        done, last = done & ~(1 << last), best[done, last][1]
    return [0, *reversed(order), n + 1]
