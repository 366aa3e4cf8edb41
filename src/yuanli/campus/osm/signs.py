"""What do people and lift buttons call a storey?"""

from __future__ import annotations

GROUND_IS_FIRST = {"CN", "TW", "JP", "KR", "US", "CA", "RU", "SG", "PH", "VN"}
"""Countries whose signs call the ground floor the first."""


def level_name(ordinal: float, country: str) -> dict[str, str]:
    """Return what people call a storey: counted from one in East Asia, from the ground in Europe."""
    if not float(ordinal).is_integer():
        return {"zh": f"夹层（{ordinal:g}）", "en": f"Mezzanine ({ordinal:g})"}
    number = int(ordinal)
    if number < 0:
        return {"zh": f"地下{-number}层", "en": f"Basement {-number}", **_local(number, country)}
    if country in GROUND_IS_FIRST:
        return {"zh": f"{number + 1}层", "en": f"Floor {number + 1}", **_local(number, country)}
    if number == 0:
        return {"zh": "地面层", "en": "Ground floor", **_local(number, country)}
    return {"zh": f"地上{number}层", "en": f"Floor {number}", **_local(number, country)}


def _local(number: int, country: str) -> dict[str, str]:
    if country in {"DE", "AT"}:
        up = f"{number}. Obergeschoss" if number else "Erdgeschoss"
        return {"de": up if number >= 0 else f"{-number}. Untergeschoss"}
    if country == "KR":
        return {"ko": f"{number + 1}층" if number >= 0 else f"지하 {-number}층"}
    return {}


def level_short_name(ordinal: float, country: str) -> str:
    """Return what a lift's button says: `F1` and `B1` in East Asia, else the ordinal."""
    if country not in GROUND_IS_FIRST or not float(ordinal).is_integer():
        return f"{ordinal:g}"
    return f"F{int(ordinal) + 1}" if ordinal >= 0 else f"B{int(-ordinal)}"
