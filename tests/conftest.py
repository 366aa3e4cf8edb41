"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("yuanli", deadline=None)
settings.load_profile("yuanli")
