"""Several requests in one sentence: split where each part is understood by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from yuanli.language import Understanding
from yuanli.operations.dialogue.answers import pattern
from yuanli.operations.dialogue.filling import PLACES
from yuanli.operations.dialogue.frames import load_frames
from yuanli.operations.dialogue.state import DialogueParams

ANSWERS = frozenset({"dialog_inform", "dialog_confirm"})
PLACED = "item"
"""The slot of things that shall be placed somewhere."""
ON_THE_WAY = frozenset({"waypoint"})
WHEN = frozenset({"date", "time", "duration", "frequency"})
LONGEST = 400
"""Characters of a text that is looked at for joints."""
MOST_JOINTS = 6


def split_requests(
    whole: Understanding,
    understand: Callable[[str], Understanding],
    *,
    answering: bool,
    params: DialogueParams,
) -> tuple[Understanding, ...]:
    """Return the requests of a sentence in order: the whole one, or its parts.

    `understand` understands a part; `answering` says that the sentence may begin with the answer to
    an open question.
    """
    if len(whole.text) > LONGEST or any(slot.type in ON_THE_WAY for slot in whole.slots):
        return (whole,)
    if load_frames().of(whole.intent).act and pattern("condition").search(whole.text):
        return (whole,)
    return _parts(whole, understand, answering=answering, params=params, most=params.most_requests)


def _parts(
    whole: Understanding,
    understand: Callable[[str], Understanding],
    *,
    answering: bool,
    params: DialogueParams,
    most: int,
) -> tuple[Understanding, ...]:
    if most < 2:
        return (whole,)
    for head, tail in _halves(whole.text):
        first = understand(head)
        if not _stands(first, params) and not (answering and first.intent in ANSWERS):
            continue
        second = understand(tail)
        rest = _parts(second, understand, answering=False, params=params, most=most - 1)
        if len(rest) > 1 or _stands(second, params):
            parts = (first, *rest)
            return (whole,) if _is_one(whole, parts, params) else parts
    return (whole,)


def _halves(text: str) -> Iterator[tuple[str, str]]:
    for joint in islice(pattern("joints").finditer(text), MOST_JOINTS):
        head, tail = text[: joint.start()].strip(), text[joint.end() :].strip()
        if len(head) > 1 and len(tail) > 1:
            yield head, tail


def _stands(part: Understanding, params: DialogueParams) -> bool:
    """Whether a part is a request by itself; the bare name of a place is none."""
    frame = load_frames().intents.get(part.intent)
    if frame is None or part.intent in ANSWERS or frame.side or part.intent == "out_of_scope":
        return False
    bare = part.text.strip()
    if any(slot.type in PLACES and slot.text == bare for slot in part.slots):
        return False
    return part.confidence >= params.split


def _is_one(whole: Understanding, parts: tuple[Understanding, ...], params: DialogueParams) -> bool:
    """Whether the sentence is better understood as one request.

    It is where a value gets lost on the way, or all parts want the same with no more in them. Where all words count,
    as demands do, what else a part seems to want must be named in it: “最多搬30个人” wants no service.
    """
    if whole.confidence < params.split:
        return False
    if load_frames().of(whole.intent).counts_words(whole.slots):
        placed = [slot.text for slot in whole.slots if slot.type == PLACED]
        return not any(_wants_else(part, whole) and _names_what_it_wants(part, placed) for part in parts)
    kept = {slot.text for part in parts for slot in part.slots}
    if any(slot.text not in kept for slot in whole.slots):
        return True
    alike = {part.intent for part in parts} == {whole.intent}
    return alike and sum(len(part.slots) for part in parts) <= len(whole.slots)


def _wants_else(part: Understanding, whole: Understanding) -> bool:
    """Whether a part is of another intent than the sentence, or of the same without what makes its words count."""
    return part.intent != whole.intent or not load_frames().of(part.intent).counts_words(part.slots)


def _names_what_it_wants(part: Understanding, placed: Sequence[str]) -> bool:
    """Whether a part says what it is about: not only when, nor only the things that the whole asks a place for."""
    required = load_frames().of(part.intent).required
    needed = {slot_type for need in required for slot_type in need.types} - WHEN
    said = (slot.text for slot in part.slots if slot.type in needed and slot.text in part.text)
    return any(not any(text in one for one in placed) for text in said)
