"""What is wrong with labelled examples, one by one and among each other, and what is left without it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.alike import normalised
from yuanli.learning.examples import Example, Span

EDGES = " \t\r\n\u3000，。！？、；：,!?;:"
MOJIBAKE = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯|[ÃÂâäåæçèé][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
Key = tuple[str, str | None]


class FindingKind(StrEnum):
    """What can be wrong."""

    EMPTY = "empty"
    DAMAGED = "damaged"
    CONTROL = "control"
    TOO_LONG = "too_long"
    SPAN_EDGES = "span_edges"
    DUPLICATE = "duplicate"
    LABEL_CONFLICT = "label_conflict"
    SPAN_CONFLICT = "span_conflict"
    RARE_LABEL = "rare_label"


class Action(StrEnum):
    """What was done about it: the example left out, put right, or kept for a person to judge."""

    DROPPED = "dropped"
    REPAIRED = "repaired"
    KEPT = "kept"


REMEDIES = {
    FindingKind.EMPTY: Text("写上文字，或删掉这一行。", "Write a text, or delete the line."),
    FindingKind.DAMAGED: Text("按正确的编码重新导出。", "Export it again in the right encoding."),
    FindingKind.CONTROL: Text("删掉看不见的控制字符。", "Delete the invisible control characters."),
    FindingKind.TOO_LONG: Text("截成一句话，或调高上限。", "Cut it to one utterance, or raise the limit."),
    FindingKind.SPAN_EDGES: Text("片段不含首尾的空白和标点。", "A span ends before blanks and punctuation."),
    FindingKind.DUPLICATE: Text("保留一条即可。", "One of them is enough."),
    FindingKind.LABEL_CONFLICT: Text("同一句话只给一个标签。", "Give the same text one label."),
    FindingKind.SPAN_CONFLICT: Text("同一句话的片段标得一致。", "Mark the same text in one way."),
    FindingKind.RARE_LABEL: Text("多写几条，或并入别的类。", "Write more examples, or merge the class."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFinding:
    """One thing that is wrong; `origin` is file and line."""

    kind: FindingKind
    action: Action
    message: Text
    origin: str
    remedy: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CleaningParams:
    """How long, in characters, a text may be, and how few examples a label may have."""

    most_characters: int = 512
    least_examples: int = 5

    def __post_init__(self) -> None:
        for name in ("most_characters", "least_examples"):
            if getattr(self, name) < 1:
                raise InvalidInputError(
                    Text(f"{name} 是 {getattr(self, name)}，至少为 1。",
                         f"{name} is {getattr(self, name)}; it is at least 1."),
                    field=name,
                    hint=Text("给一个正整数。", "Give a positive number."),
                )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The examples worth learning from, in order, and all that was found."""

    kept: tuple[Example, ...]
    findings: tuple[DataFinding, ...]


def clean(examples: Sequence[Example], params: CleaningParams | None = None) -> Cleaned:
    """Return examples without what is wrong with them.

    Left out are empty, damaged and too long texts, repetitions, and the minority where the same text has several
    labels or markings (all of them where there is no majority). Edges of spans are put right; a label with few
    examples is only told.
    """
    params = params or CleaningParams()
    findings: list[DataFinding] = []
    sound = [mended for example in examples if (mended := _mended(example, params, findings))]
    single = _without_duplicates(sound, findings)
    agreed = _agreed(single, findings, FindingKind.LABEL_CONFLICT)
    kept = _agreed(agreed, findings, FindingKind.SPAN_CONFLICT)
    findings.extend(_rare(kept, params))
    return Cleaned(tuple(kept), tuple(findings))


def _mended(example: Example, params: CleaningParams, findings: list[DataFinding]) -> Example | None:
    """Return an example put right, or nothing where it can't be."""
    text = example.text
    if not any(unicodedata.category(c)[0] in "LNSP" for c in text):
        findings.append(_finding(FindingKind.EMPTY, example, Text("没有文字", "there is no text")))
        return None
    if found := MOJIBAKE.search(text):
        problem = Text(f"“{text}”有乱码“{found[0]}”", f"{text!r} has damaged characters {found[0]!r}")
        findings.append(_finding(FindingKind.DAMAGED, example, problem))
        return None
    if len(text) > params.most_characters:
        problem = Text(
            f"{len(text)} 字，超过 {params.most_characters}",
            f"{len(text)} characters, more than {params.most_characters}",
        )
        findings.append(_finding(FindingKind.TOO_LONG, example, problem))
        return None
    mended = _without_control(example)
    if mended != example:
        problem = Text(f"{text!r} 有控制字符", f"{text!r} has control characters")
        findings.append(_finding(FindingKind.CONTROL, example, problem, Action.REPAIRED))
    return _with_sound_edges(mended, findings)


def _without_control(example: Example) -> Example:
    """Put a blank where a control character was, so that spans stay where they are."""
    text = "".join(
        " " if unicodedata.category(c) == "Cc" or c in "\u200b\ufeff\u2028\u2029" else c for c in example.text
    )
    return replace(example, text=text)


def _with_sound_edges(example: Example, findings: list[DataFinding]) -> Example:
    spans = []
    for span in example.spans:
        said = example.text[span.start : span.end]
        left, right = len(said) - len(said.lstrip(EDGES)), len(said.rstrip(EDGES))
        if left < right:
            spans.append(Span(span.start + left, span.start + right, span.type))
        if (left, right) != (0, len(said)):
            problem = Text(
                f"{span.type}“{said}”首尾有空白或标点",
                f"{span.type} {said!r} has blanks or punctuation at its edges",
            )
            findings.append(_finding(FindingKind.SPAN_EDGES, example, problem, Action.REPAIRED))
    return replace(example, spans=tuple(spans))


def _without_duplicates(examples: Sequence[Example], findings: list[DataFinding]) -> list[Example]:
    first: dict[Example, Example] = {}
    kept = []
    for example in examples:
        key = replace(example, origin="", tags=frozenset(), made_by="", language="")
        if key in first:
            where = first[key].origin or first[key].text
            problem = Text(f"“{example.text}”与 {where} 重复", f"{example.text!r} repeats {where}")
            findings.append(_finding(FindingKind.DUPLICATE, example, problem))
        else:
            first[key] = example
            kept.append(example)
    return kept


def _agreed(examples: Sequence[Example], findings: list[DataFinding], kind: FindingKind) -> list[Example]:
    """Leave out examples whose text says something else elsewhere, unless most say the same."""
    answer = _label if kind is FindingKind.LABEL_CONFLICT else _marking
    answers: dict[object, Counter[object]] = defaultdict(Counter)
    for example in examples:
        answers[_asked(example, kind)][answer(example)] += 1
    kept = []
    for example in examples:
        said = answers[_asked(example, kind)]
        (best, most), *rest = said.most_common(2)
        if not rest or (answer(example) == best and most > rest[0][1]):
            kept.append(example)
            continue
        shown = "; ".join(sorted(_shown(value) for value in said))
        problem = Text(
            f"“{example.text}”的标注不一：{shown}", f"{example.text!r} is marked in several ways: {shown}"
        )
        findings.append(_finding(kind, example, problem))
    return kept


def _asked(example: Example, kind: FindingKind) -> object:
    asked = (normalised(example.text), example.context, example.pair)
    return asked if kind is FindingKind.LABEL_CONFLICT else (*asked, example.label)


def _label(example: Example) -> object:
    return example.label


def _marking(example: Example) -> object:
    return tuple((kind, normalised(said)) for kind, said in example.values())


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{kind}={said}" for kind, said in value) or "–"
    return str(value or "–")


def _rare(examples: Sequence[Example], params: CleaningParams) -> Iterator[DataFinding]:
    for label, count in sorted(Counter(e.label for e in examples if e.label is not None).items()):
        if count < params.least_examples:
            first = next(e for e in examples if e.label == label)
            problem = Text(f"“{label}”只有 {count} 条", f"{label!r} has only {count} examples")
            yield _finding(FindingKind.RARE_LABEL, first, problem, Action.KEPT)


def _finding(
    kind: FindingKind, example: Example, message: Text, action: Action = Action.DROPPED
) -> DataFinding:
    return DataFinding(
        kind=kind, action=action, message=message, origin=example.origin, remedy=REMEDIES[kind]
    )
