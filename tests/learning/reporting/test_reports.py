"""The page of an evaluation, alone and beside another's."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.learning.reporting.predicting import BAD, EXAMPLES, GOOD, LABELS, prediction

from yuanli.errors import InvalidInputError
from yuanli.learning import EvaluationParams, Example, evaluate, write_report
from yuanli.learning.reporting import report_html

PARAMS = EvaluationParams(labels=LABELS, rounds=50)
NEW = evaluate(EXAMPLES, GOOD, model="new <1>", data="d", params=PARAMS)
OLD = evaluate(EXAMPLES, BAD, model="old", data="d", params=PARAMS)
EMPTY = ("meta", "input", "!doctype")


class Balanced(HTMLParser):
    """Notes tags that are not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert all(name for name, _ in attrs)
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize("other", [None, OLD])
def test_the_page_stands_alone_and_is_well_formed(other: object) -> None:
    page = report_html(NEW, other=OLD if other else None)
    found = Balanced(page)
    assert (found.open, found.wrong) == ([], [])
    assert not re.search(r"https?://|<script|<link|@import|url\(", page)
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ET.fromstring(svg)


def test_every_word_is_there_in_both_languages() -> None:
    page = report_html(NEW, other=OLD)
    assert page.count('lang="zh">') == page.count('lang="en">') + 1
    for zh, en in (("总览", "Headline"), ("置信度校准", "Calibration"), ("两个模型对比", "Two models"),
                   ("范围外", "Out of scope"), ("最严重的错误", "Worst errors"), ("分组", "Slices")):  # fmt: skip
        assert zh in page
        assert en in page
    assert 'id="en" checked' in report_html(NEW, language="en")


def test_what_users_said_cannot_break_the_page() -> None:
    page = report_html(OLD)
    assert "Hello &lt;b&gt;you&lt;/b&gt; &gt;&gt;&gt; book a desk now" in page
    assert "<title>new &lt;1&gt;</title>" in report_html(NEW)


def test_a_comparison_shows_who_is_better_where() -> None:
    page = report_html(NEW, other=OLD)
    assert "+0.800" in page
    assert "out_of_scope" in page


def test_models_on_different_examples_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    other = evaluate(EXAMPLES[:3], GOOD[:3], params=PARAMS)
    with pytest.raises(InvalidInputError):
        write_report(NEW, tmp_path / "report.html", other=other)
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_the_page(tmp_path: Path) -> None:
    write_report(NEW, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8") == report_html(NEW)


def test_a_regression_has_a_page_too() -> None:
    examples = [Example(text=str(i), target=float(i)) for i in range(5)]
    found = evaluate(examples, [prediction(number=i + 0.5) for i in range(5)], params=PARAMS)
    page = report_html(found)
    assert "RMSE" in page
    assert "Confusion" not in page


def test_many_classes_are_drawn_as_far_as_they_err() -> None:
    examples = [Example(text=f"t{i}", label=f"label{i}") for i in range(60)]
    page = report_html(evaluate(examples, [GOOD[0]] * 60, params=PARAMS))
    assert "Only the 40 classes" in page
