"""Walks between all that two events may have, at once."""

from __future__ import annotations

import numpy as np

from yuanli.scheduling.rooms.arrays import Floats, Ints, Tables
from yuanli.scheduling.rooms.compiling import jit
from yuanli.scheduling.rooms.kernel import walk_of


def walks_between(tables: Tables, places: Ints, others: Ints) -> tuple[Floats, Floats]:
    """Return the minutes from each time and room to each other one, and 1 where there is too little time.

    `places` and `others` have the shape `(n, 2)`: a time and a room.
    """
    minutes, late = np.zeros((2, len(places), len(others)))
    _walks(tables, places, others, minutes, late)
    return minutes, late


@jit
def _walks(tables: Tables, places: Ints, others: Ints, minutes: Floats, late: Floats) -> None:
    for i in range(len(places)):
        for j in range(len(others)):
            minutes[i, j], late[i, j] = walk_of(
                tables, places[i, 0], places[i, 1], others[j, 0], others[j, 1]
            )
