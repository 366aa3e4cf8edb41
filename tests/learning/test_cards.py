"""A model's card says the same in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from yuanli.errors import Text
from yuanli.learning import CardNotes, ListedScore, ModelFacts, Score, model_card, write_card
from yuanli.learning.registry.cards import listed_scores, load_card

FACTS = ModelFacts(
    name="understanding",
    version="2026.3",
    base="multilingual-e5-small-zh-en",
    labels=("other", "route"),
    tags=("O", "B-origin", "I-origin"),
    data="3f2a",
    seed=7,
    scores={"exact": 0.91},
)
NOTES = CardNotes(
    data=Text("园区话语 8000 条。", "8,000 utterances of parks."),
    licence=Text("Apache-2.0", "Apache-2.0"),
    use=Text("理解园区里的请求。", "To understand requests in a park."),
    limits=(Text("方言差。", "Dialects are read badly."),),
)


def test_both_languages_have_the_same_sections_and_figures() -> None:
    card = model_card(FACTS, {"exact": Score(0.9, 0.88, 0.92, 500)}, NOTES)
    assert "| exact | 0.9000 | 0.8800–0.9200 | 500 |" in card.zh
    assert "| exact | 0.9000 | 0.8800–0.9200 | 500 |" in card.en
    assert len(re.findall("^## ", card.zh, re.M)) == len(re.findall("^## ", card.en, re.M)) == 6
    assert not re.search("[一-鿿]", card.en)
    for part in (
        "8,000 utterances",
        "Apache-2.0",
        "requests in a park",
        "Dialects",
        "seed 7",
        "1 types of span",
    ):
        assert part in card.en


def test_a_model_that_reads_no_words_tells_nothing_of_spans() -> None:
    card = model_card(replace(FACTS, tags=()), {}, NOTES)
    assert "classes." in card.en
    assert "span" not in card.en
    assert "片段" not in card.zh


def test_without_an_evaluation_the_scores_of_the_facts_are_shown(tmp_path: Path) -> None:
    write_card(tmp_path, FACTS)
    assert "| exact | 0.9100 | – | – |" in (tmp_path / "card.md").read_text("utf-8")
    assert "未说明" in (tmp_path / "card.zh.md").read_text("utf-8")


def test_the_scores_of_a_card_are_read_back(tmp_path: Path) -> None:
    write_card(tmp_path, FACTS, {"exact": Score(0.9, 0.88, 0.92, 500), "mrr": Score(0.5, 0.4, 0.6, 9)})
    card = load_card(tmp_path, None)
    assert listed_scores(card, FACTS) == (
        ListedScore(name="exact", value=0.9, low=0.88, high=0.92, count=500),
        ListedScore(name="mrr", value=0.5, low=0.4, high=0.6, count=9),
    )


def test_without_a_card_it_is_made_of_the_facts(tmp_path: Path) -> None:
    card = load_card(tmp_path, FACTS)
    assert card == model_card(FACTS)
    assert listed_scores(card, FACTS) == (ListedScore(name="exact", value=0.91),)
    assert (load_card(tmp_path, None), listed_scores(None, None)) == (None, ())
