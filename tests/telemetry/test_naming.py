"""Topics and names become points."""

from __future__ import annotations

import pytest

from yuanli.campus import Alias, DataPoint, FeatureId, PointId
from yuanli.telemetry import TemplateError, TopicTemplate, aside_id, make_book


def point(name: str, unit: str | None = None) -> DataPoint:
    return DataPoint(id=PointId(FeatureId(name)), brick_class="Point", unit=unit)


def test_a_template_tells_the_filter_and_reads_topics() -> None:
    template = TopicTemplate("park/{site}/room-{device}/+/{point}")
    assert template.filter == "park/+/+/+/+"
    assert template.find("park/east/room-301/x/temp") == {"site": "east", "device": "301", "point": "temp"}
    assert template.find("park/east/hall-301/x/temp") is None
    assert template.find("park/east/room-/x/temp") is None
    assert TopicTemplate("{a}-{b}.x/#").find("1-2-3.x/y/z") == {"a": "1", "b": "2-3"}
    assert template.find("park/east/room-301/x/temp/more") is None


def test_a_template_may_leave_the_rest_open() -> None:
    template = TopicTemplate("v1/{device}/#")
    assert template.filter == "v1/+/#"
    assert template.find("v1/a/b/c") == template.find("v1/a") == {"device": "a"}


@pytest.mark.parametrize("text", ["", "a//b", "{a}/{a}", "{A}/b", "a/#/b", "a+/b", "{a}{b}", "a/{b", "x\x00"])
def test_a_template_that_can_not_be_read_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        TopicTemplate(text)


def test_the_longest_form_of_a_name_wins() -> None:
    book = make_book([point("t"), point("ahu1/t"), point("east/ahu1/t")])
    assert str(getattr(book.find("t", device="ahu1", site="east"), "id", "")) == "east/ahu1/t"
    assert str(getattr(book.find("t", device="ahu1", site="west"), "id", "")) == "ahu1/t"
    assert str(getattr(book.find("t", device="ahu2"), "id", "")) == "t"
    assert book.find("h", device="ahu1") is None


def test_aliases_and_tables_name_points_too() -> None:
    alias = Alias(id=FeatureId("a1"), feature_id=FeatureId("p1"), language="und", text="AI-0-3")
    book = make_book([point("p1"), point("p2")], [alias], table={"40001": "p2"})
    assert str(getattr(book.find("AI-0-3"), "id", "")) == "p1"
    assert str(getattr(book.find("40001"), "id", "")) == "p2"
    with pytest.raises(TemplateError):
        make_book([point("p1")], table={"x": "nowhere"})


def test_an_id_aside_holds_the_whole_name() -> None:
    assert aside_id("t", device="d", site="s") == "aside:s/d/t"
