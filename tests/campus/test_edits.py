"""Edits change what may change, refuse the rest, and can be undone."""

from datetime import UTC, datetime

import pytest
from shapely.geometry import Point, box

from yuanli.campus import (
    Alias,
    AliasText,
    Campus,
    CampusId,
    ClosureRequest,
    EditRefusedError,
    FeatureId,
    FeatureNotFoundError,
    FeaturePatch,
    Level,
    LevelId,
    Unit,
    UnitId,
    add_closure,
    apply_changes,
    by_id,
    edit_feature,
    remove_closure,
    undo_changes,
)

HALL = FeatureId("hall")


def campus() -> Campus:
    level = Level(id=LevelId(FeatureId("1")), ordinal=0, geometry=box(120, 30, 120.001, 30.001))
    hall = Unit(
        id=UnitId(FeatureId("hall")),
        level_id=level.id,
        name={"zh": "报告厅", "en": "Lecture hall"},
        geometry=box(120, 30, 120.0005, 30.0005),
        display_point=Point(120.0002, 30.0002),
    )
    old = Alias(id=FeatureId("a1"), feature_id=HALL, language="zh", text="老礼堂", kind="former")
    return Campus(id=CampusId("c"), features=by_id([level, hall, old]))


def test_an_edit_makes_the_next_revision_and_undoing_it_restores_the_feature() -> None:
    before = campus()
    changes = edit_feature(before, HALL, FeaturePatch(hours="Mo-Fr 08:00-20:00", name={"zh": "大报告厅"}))
    after = apply_changes(before, changes)
    assert (after.revision, after.get(HALL, Unit).hours) == (2, "Mo-Fr 08:00-20:00")
    restored = apply_changes(after, undo_changes(changes))
    assert (restored.revision, restored.find(HALL)) == (3, before.find(HALL))


def test_aliases_are_replaced_as_a_set_and_come_back_when_undone() -> None:
    before = campus()
    patch = FeaturePatch(aliases=(AliasText("zh", "大礼堂"), AliasText("en", "Aula", "short")))
    changes = edit_feature(before, HALL, patch)
    after = apply_changes(before, changes)
    assert {a.text for a in after.aliases_by_feature[HALL]} == {"大礼堂", "Aula"}
    assert apply_changes(after, undo_changes(changes)).features == before.features


def test_an_empty_text_clears_a_field() -> None:
    opened = apply_changes(campus(), edit_feature(campus(), HALL, FeaturePatch(hours="24/7")))
    cleared = apply_changes(opened, edit_feature(opened, HALL, FeaturePatch(hours="")))
    assert cleared.get(HALL, Unit).hours is None


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        (FeaturePatch(hours="weekdays nine to five"), "hours"),
        (FeaturePatch(accessibility=("flying",)), "accessibility"),
        (FeaturePatch(accessibility=("wheelchair", "notwheelchair")), "accessibility"),
        (FeaturePatch(name={"zh": " "}), "name"),
        (FeaturePatch(name={"zh": "很" * 201}), "name"),
        (FeaturePatch(name={"no language": "x"}), "name"),
        (FeaturePatch(aliases=(AliasText("zh", "礼堂", "royal"),)), "aliases"),
        (FeaturePatch(), "hall"),
        (FeaturePatch(name={"zh": "报告厅", "en": "Lecture hall"}), "hall"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_field(patch: FeaturePatch, field: str) -> None:
    with pytest.raises(EditRefusedError) as refused:
        edit_feature(campus(), HALL, patch)
    assert refused.value.field == field


def test_a_field_that_the_table_lacks_is_refused() -> None:
    with pytest.raises(EditRefusedError):
        edit_feature(campus(), FeatureId("1"), FeaturePatch(hours="24/7"))


def test_an_unknown_feature_is_not_found() -> None:
    with pytest.raises(FeatureNotFoundError):
        edit_feature(campus(), FeatureId("cellar"), FeaturePatch(hours="24/7"))
    with pytest.raises(FeatureNotFoundError):
        add_closure(campus(), ClosureRequest(feature_ids=(FeatureId("cellar"),)))


def test_a_closure_is_added_and_removed() -> None:
    closing = add_closure(campus(), ClosureRequest(feature_ids=(HALL,), reason={"zh": "检修"}))
    closed = apply_changes(campus(), (closing,))
    reopened = apply_changes(closed, (remove_closure(closed, closing.feature_id),))
    assert closed.find(closing.feature_id) == closing.after
    assert reopened.find(closing.feature_id) is None


@pytest.mark.parametrize(
    "request_",
    [
        ClosureRequest(),
        ClosureRequest(feature_ids=(HALL,), starts_at=datetime(2026, 1, 1)),
        ClosureRequest(
            feature_ids=(HALL,),
            starts_at=datetime(2026, 1, 2, tzinfo=UTC),
            ends_at=datetime(2026, 1, 1, tzinfo=UTC),
        ),
    ],
)
def test_a_closure_of_nothing_or_never_is_refused(request_: ClosureRequest) -> None:
    with pytest.raises(EditRefusedError):
        add_closure(campus(), request_)
