from __future__ import annotations

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from yuanli.learning import Span
from yuanli.learning.tokens import TextTokenizer, spans_of, tag_names, tags_of

PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    "会议",
    "会",
    "议",
    "室",
    "▁book",
    "▁room",
    "几",
    "点",
    "?",
    "a.m.",
]


def unigram(*, characters: bool) -> TextTokenizer:
    pieces = [(piece, -1.0 if len(piece) > 1 else -3.0) for piece in PIECES]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return TextTokenizer(tokenizer, characters=characters)


@pytest.mark.parametrize("characters", [False, True])
def test_the_ends_and_the_context_are_kept(characters: bool) -> None:
    empty, plain, answered = unigram(characters=characters).encode(
        ["", "会议室", "会议室"], [None, None, "几点?"]
    )
    assert (empty.ids, empty.offsets) == ([0, 2], [(0, 0), (0, 0)])
    assert (plain.ids[0], plain.ids[-1]) == (0, 2)
    assert answered.ids[: len(plain.ids)] == plain.ids
    assert len(answered.ids) > len(plain.ids) + 2
    assert set(answered.offsets[len(plain.ids) :]) == {(0, 0)}


def test_each_chinese_character_has_its_own_piece_where_that_is_asked_for() -> None:
    whole, single = (unigram(characters=c).encode(["会议室"])[0] for c in (False, True))
    assert [o for o in whole.offsets if o[1]] == [(0, 2), (2, 3)]
    assert [o for o in single.offsets if o[1]] == [(0, 1), (1, 2), (2, 3)]


def test_tags_stand_for_the_spans_they_were_made_of() -> None:
    text, spans = "book 会议室", (Span(5, 8, "room_type"),)
    tokens = unigram(characters=True).encode([text])[0]
    names = tag_names(["room_type"])
    tags = tags_of(tokens.offsets, spans, {name: i for i, name in enumerate(names)})
    real = [i for i, tag in enumerate(tags) if tag >= 0]
    assert spans_of(text, [tokens.offsets[i] for i in real], [names[tags[i]] for i in real]) == spans


@pytest.mark.parametrize(
    ("text", "said"),
    [("at 9, ", "9"), ("in Pod 12.", "Pod 12"), ("9 a.m.", "9 a.m."), ("会议室。", "会议室")],
)
def test_punctuation_at_the_edge_is_no_part_of_a_span(text: str, said: str) -> None:
    start = text.index(said)
    (span,) = spans_of(text, [(start, len(text))], ["B-x"])
    assert text[span.start : span.end] == said
