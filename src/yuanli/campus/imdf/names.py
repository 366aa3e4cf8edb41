"""Names in IMDF: language maps, and the plain strings that real files give instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_SCRIPTS = (
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
_NOT_LATIN = ("zh", "ja", "ko", "ru", "uk", "bg", "el", "ar", "he", "th")


def language_of(text: str, default: str = "und") -> str:
    """Return the language tag of a plain name: by its script, else the default where that can be."""
    base = default.split("-")[0]
    for language, script in _SCRIPTS:
        if script.search(text):
            fits = base == language or (language == "zh" and base in ("ja", "ko"))
            return default if fits else ("und" if language == "ru" else language)
    if not re.search(r"[A-Za-zÀ-ɏ]", text):
        return "und"
    return "und" if base in _NOT_LATIN else default


def read_names(value: Any, default: str = "und") -> dict[str, str] | None:
    """Return a name as a language map, or None where it is no name.

    Empty strings and nulls inside the map are left out.
    """
    if value is None:
        return {}
    if isinstance(value, str):
        return {language_of(value, default): value.strip()} if value.strip() else {}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"und": str(value)}
    if not isinstance(value, Mapping):
        return None
    if not all(isinstance(v, str) or v is None for v in value.values()):
        return None
    return {str(k): v for k, v in value.items() if v is not None and v.strip()}
