"""Which device, room, person or group, and when?"""

from typing import Any

from yuanli.solver import Kind

KINDS: tuple[Kind[Any, Any], ...] = ()
"""The kinds of problems there are."""

__all__ = ["KINDS"]
