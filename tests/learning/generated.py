"""Strategies of labelled examples for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from yuanli.learning import Example, Span

ZH = st.text(
    alphabet="请问我想从北门到食堂会议室怎么走了的打开空调电梯没有A座301，。？ ", min_size=1, max_size=8
)
EN = st.sampled_from(
    [
        " please ",
        "book a ",
        " room",
        " for ",
        "Hi, ",
        "high ",
        "turn on the ",
        "lights",
        "?",
        "two ",
        "I want to ",
    ]
)
ANY = st.text(min_size=1, max_size=8)
TYPES = st.sampled_from(["place", "time", "device.name"])


@st.composite
def examples(draw: st.DrawFn, *, wild: bool = False) -> Example:
    """An example in either language; a wild one holds any character at all."""
    language = draw(st.sampled_from(["zh", "en"]))
    pieces = ANY if wild else ZH if language == "zh" else EN
    text, spans = "", []
    for said, marked in draw(st.lists(st.tuples(pieces, st.booleans()), min_size=1, max_size=5)):
        if marked and said.strip():
            left, right = len(said) - len(said.lstrip()), len(said.rstrip())
            spans.append(Span(len(text) + left, len(text) + right, draw(TYPES)))
        text += said
    label = draw(st.sampled_from(["go", "book", None]))
    context = draw(st.sampled_from([None, "几点的？", "Which room?"]))
    return Example(
        text=text, label=label, spans=tuple(spans), context=context, language=language, origin="data.yaml:1"
    )
