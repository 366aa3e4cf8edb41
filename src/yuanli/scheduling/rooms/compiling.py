"""How the kernels are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])
OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy", "_nrt": False}
"""Without counting references: nothing is allocated, and the tables are many; several times as fast."""


def jit(function: F) -> F:
    """Compile a function."""
    compiled: Any = njit(**OPTIONS)
    done: F = compiled(function)
    return done


def inlined(function: F) -> F:
    """Compile a function into those that call it."""
    compiled: Any = njit(**OPTIONS, forceinline=True)
    done: F = compiled(function)
    return done
