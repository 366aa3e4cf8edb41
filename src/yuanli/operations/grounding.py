"""From a value to what it means in this park: places today, by the campus's search."""

from __future__ import annotations

from datetime import datetime

from yuanli.campus import Hit, kind_of
from yuanli.errors import Text, YuanliError
from yuanli.language import Slot
from yuanli.operations.answering.vocabulary import is_one_of
from yuanli.operations.dialogue import Ground, Grounded, Option
from yuanli.operations.guidance import Guide
from yuanli.operations.resolving import Resolved

PLACES = frozenset({"origin", "destination", "waypoint", "place"})
CERTAIN = 0.9
"""Search score from which equally good places are a choice; below it the best guess is taken."""


def place_ground(guide: Guide, *, language: str = "zh") -> Ground:
    """Return the grounding of places on a campus.

    A kind of facility (洗手间) is left as it was said: which one is meant depends on the way. So is the whole campus.
    """

    def ground(slot: Slot, now: datetime) -> Grounded:
        del now
        if slot.type not in PLACES or kind_of(slot.value) is not None:
            return Grounded(slot=slot)
        if slot.type == "place" and (is_one_of(slot.value, "site") or is_one_of(slot.value, "outdoors")):
            return Grounded(slot=slot)
        try:
            found = guide.resolve(slot.value, language=language)
        except YuanliError as error:
            hint = error.hint or Text("", "")
            problem = Text(f"{error.message.zh}{hint.zh}", f"{error.message.en} {hint.en}".strip())
            return Grounded(slot=slot, problem=problem, error=error.code)
        return Grounded(slot=slot, label=_label(found), options=_options(guide, slot.value, found))

    return ground


def find_desk(guide: Guide) -> Hit | None:
    """Return where a person helps: the park's reception or information desk."""
    for words in ("前台", "服务台", "reception"):
        hits = guide.index.search(words, limit=1)
        if hits and hits[0].spot is not None:
            return hits[0]
    return None


def _label(found: Resolved) -> Text | None:
    name = found.stop.name
    if found.stop.feature_id is None or not name:
        return None
    zh = name.get("zh") or next(iter(name.values()))
    return Text(zh, name.get("en") or zh)


def _options(guide: Guide, text: str, found: Resolved) -> tuple[Option, ...]:
    """Return the places that a name may mean, where several fit it alike."""
    if not found.others or found.score < CERTAIN:
        return ()
    hits = [hit for hit in guide.index.search(text, limit=1 + len(found.others)) if hit.spot is not None]
    others = {hit.feature_id: hit for hit in (*hits[:1], *found.others)}
    labels: dict[Text, Option] = {}
    for hit in others.values():
        labels.setdefault(hit.label, Option(value=hit.feature_id, label=hit.label))
    return tuple(labels.values()) if len(labels) > 1 else ()
