"""Model cards (Mitchell et al. 2019, doi:10.1145/3287560.3287596), in Chinese and English, beside the model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yuanli.errors import Text
from yuanli.learning.metrics import Score
from yuanli.learning.models import ModelFacts

CARDS = Text("card.zh.md", "card.md")
NUMBER = r"(-?\d+\.\d+)"
SCORE_ROW = re.compile(rf"^\| (\w+) \| {NUMBER} \| {NUMBER}–{NUMBER} \| (\d+) \|$", re.MULTILINE)
UNKNOWN = Text("未说明。", "Not told.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNotes:
    """What a model's facts and scores don't say of it.

    Parameters
    ----------
    data
        What it was trained and measured on, and where that comes from.
    licence
        SPDX name of what the weights may be used under.
    use
        What it is meant for, and what it isn't.
    limits
        What it is known to do badly.
    """

    data: Text = UNKNOWN
    licence: Text = UNKNOWN
    use: Text = UNKNOWN
    limits: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedScore:
    """A score of a model, its 95 % interval and over how many examples, where these are known."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    count: int | None = None


def model_card(
    facts: ModelFacts, evaluation: Mapping[str, Score] | None = None, notes: CardNotes = CardNotes()
) -> Text:
    """Return the card of a model as Markdown; without an evaluation, with the scores that its facts hold."""
    rows = [
        (name, f"{s.value:.4f}", f"{s.low:.4f}–{s.high:.4f}", str(s.count))
        for name, s in (evaluation or {}).items()
    ]
    rows = rows or [(name, f"{value:.4f}", "–", "–") for name, value in sorted(facts.scores.items())]
    table = "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)
    limits = notes.limits or (UNKNOWN,)
    return Text(
        _card(facts, WORDS_ZH, table, notes.data.zh, notes.licence.zh, notes.use.zh, [t.zh for t in limits]),
        _card(facts, WORDS_EN, table, notes.data.en, notes.licence.en, notes.use.en, [t.en for t in limits]),
    )


def write_card(
    folder: Path,
    facts: ModelFacts,
    evaluation: Mapping[str, Score] | None = None,
    notes: CardNotes = CardNotes(),
) -> None:
    """Write `card.md` and `card.zh.md` to a model's folder; call it before `save_facts` sums the files up."""
    card = model_card(facts, evaluation, notes)
    (folder / CARDS.zh).write_text(card.zh, encoding="utf-8")
    (folder / CARDS.en).write_text(card.en, encoding="utf-8")


def load_card(folder: Path, facts: ModelFacts | None) -> Text | None:
    """Read the card in a model's folder; without one, make it of the facts, where they are known."""
    try:
        return Text(*((folder / name).read_text("utf-8") for name in (CARDS.zh, CARDS.en)))
    except (OSError, UnicodeDecodeError):
        return None if facts is None else model_card(facts)


def listed_scores(card: Text | None, facts: ModelFacts | None) -> tuple[ListedScore, ...]:
    """Return the scores of a model, with the intervals and counts that its card tells, 4 digits each.

    Where the card tells none, they are those of the facts.
    """
    rows = [] if card is None else SCORE_ROW.findall(card.en)
    told = tuple(
        ListedScore(name=name, value=float(value), low=float(low), high=float(high), count=int(count))
        for name, value, low, high, count in rows
    )
    plain = {} if facts is None else facts.scores
    return told or tuple(ListedScore(name=name, value=value) for name, value in sorted(plain.items()))


WORDS_ZH = {
    "use": "用途",
    "data": "数据",
    "licence": "许可",
    "scores": "指标",
    "limits": "局限",
    "made": "来历",
    "row": "| 指标 | 值 | 95% 区间 | 样本数 |",
    "facts": "基座 {base}；数据指纹 {data}；代码 {code}；随机种子 {seed}。{labels} 个类别",
    "text": "，{spans} 种片段，最长 {max_length} 个词元",
    "end": "。",
}
WORDS_EN = {
    "use": "Intended use",
    "data": "Data",
    "licence": "Licence",
    "scores": "Scores",
    "limits": "Limits",
    "made": "How it was made",
    "row": "| score | value | 95 % interval | examples |",
    "facts": "Base {base}; data {data}; code {code}; seed {seed}. {labels} classes",
    "text": ", {spans} types of span, at most {max_length} tokens",
    "end": ".",
}


def _card(
    facts: ModelFacts,
    words: Mapping[str, str],
    table: str,
    data: str,
    licence: str,
    use: str,
    limits: list[str],
) -> str:
    made = (words["facts"] + (words["text"] if facts.tags else "") + words["end"]).format(
        base=facts.base,
        data=facts.data or "–",
        code=facts.code or "–",
        seed=facts.seed,
        labels=len(facts.labels),
        spans=len({tag[2:] for tag in facts.tags if tag[1:2] == "-"}),
        max_length=facts.max_length,
    )
    parts = {
        "use": use,
        "data": data,
        "licence": licence,
        "scores": f"{words['row']}\n|---|---|---|---|\n{table}",
        "limits": "\n".join(f"- {limit}" for limit in limits),
        "made": made,
    }
    sections = "\n\n".join(f"## {words[name]}\n\n{part}" for name, part in parts.items())
    return f"# {facts.name} {facts.version}\n\n{sections}\n"
