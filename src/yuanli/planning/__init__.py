"""Who sits where; where do shared things go, and how many?"""

from typing import Any

from yuanli.solver import Kind

KINDS: tuple[Kind[Any, Any], ...] = ()
"""The kinds of problems there are."""

__all__ = ["KINDS"]
