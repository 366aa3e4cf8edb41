"""The port suite of `CampusStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pace import slowness

from yuanli.campus import (
    Building,
    BuildingId,
    Campus,
    CampusId,
    Change,
    Closure,
    ExtraFile,
    Feature,
    FeatureId,
    Finding,
    Level,
    LevelId,
    Revision,
    Severity,
    Spot,
    Unit,
    UnitId,
    by_id,
)
from yuanli.errors import Text
from yuanli.operations import CampusNameTakenError, CampusNotFoundError, RevisionConflictError
from yuanli.storage import Database, SqlCampusStore

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
HOUSE = CampusId("house")


def small_campus(units: int = 3, *, campus_id: str = "house") -> Campus:
    level = LevelId(FeatureId("l"))
    features: list[Feature] = [
        Building(id=BuildingId(FeatureId("b")), name={"zh": "A座", "en": "Block A"}),
        Level(id=level, ordinal=0.0, building_ids=(BuildingId(FeatureId("b")),)),
    ]
    features += [
        Unit(
            id=UnitId(FeatureId(f"u{i}")),
            level_id=level,
            name={"zh": f"房间{i}"},
            geometry=shapely.box(120 + i * 1e-5, 30, 120 + (i + 1) * 1e-5, 30.0001),
            extra={"source": {"n": [i, None, "x"]}},
        )
        for i in range(units)
    ]
    return Campus(
        id=CampusId(campus_id),
        name={"zh": "小园", "en": "Small"},
        features=by_id(features),
        source="hand",
        attribution="© nobody",
        time_zone="Europe/Berlin",
        country="DE",
        extra_files=(ExtraFile("notes/readme.bin", b"\x00\xffbytes"),),
    )


def renamed(campus: Campus, number: int, text: str, feature_id: str = "u0") -> Revision:
    before = campus.get(feature_id, Unit)
    after = Unit(id=before.id, level_id=before.level_id, name={"zh": text}, geometry=before.geometry)
    change = Change(feature_id=FeatureId(feature_id), before=before, after=after)
    return Revision(number=number, at=AT, who="li", why="门牌换了", changes=(change,))


@pytest.fixture
def store(database: Database) -> SqlCampusStore:
    return SqlCampusStore(database)


def added(store: SqlCampusStore, campus: Campus | None = None) -> Campus:
    campus = campus or small_campus()
    store.add_campus(campus, (), at=AT, who="li", why="house.osm")
    return campus


def test_a_campus_comes_back_as_it_was_kept(store: SqlCampusStore) -> None:
    campus = added(store)
    loaded = store.load_campus(campus.id)
    assert dict(loaded.features) == dict(campus.features)
    assert list(loaded.features) == list(campus.features)
    for field in ("id", "name", "revision", "source", "attribution", "time_zone", "country", "extra_files"):
        assert getattr(loaded, field) == getattr(campus, field)


def test_summaries_count_the_features_and_list_the_oldest_first(store: SqlCampusStore) -> None:
    store.add_campus(small_campus(campus_id="young"), (), at=AT + timedelta(days=1), who="li", why="")
    store.add_campus(small_campus(campus_id="old"), (), at=AT, who="li", why="")
    summaries = store.list_campuses()
    assert [summary.id for summary in summaries] == ["old", "young"]
    assert summaries[0].counts == {"building": 1, "level": 1, "unit": 3}
    assert summaries[0].imported_at == AT


def test_a_taken_id_is_refused_and_changes_nothing(store: SqlCampusStore) -> None:
    added(store)
    with pytest.raises(CampusNameTakenError):
        added(store, small_campus(9))
    assert len(store.load_campus(HOUSE).features) == 5


@pytest.mark.parametrize("campus_id", ["nowhere", "", "a\0b", "\ud800"])
def test_an_unknown_campus_is_not_found_by_any_call(store: SqlCampusStore, campus_id: str) -> None:
    unknown = CampusId(campus_id)
    empty = Revision(number=2, at=AT, who="li", why="", changes=())
    for call in (store.load_campus, store.revision_of, store.list_revisions, store.list_repairs):
        with pytest.raises(CampusNotFoundError):
            call(unknown)
    with pytest.raises(CampusNotFoundError):
        store.remove_campus(unknown)
    if campus_id.isprintable():
        with pytest.raises(CampusNotFoundError):
            store.add_revision(unknown, empty)


def test_a_revision_changes_the_features_and_is_listed_newest_first(store: SqlCampusStore) -> None:
    campus = added(store)
    revision = renamed(campus, 2, "会议室")
    store.add_revision(HOUSE, revision)
    loaded = store.load_campus(HOUSE)
    assert loaded.revision == store.revision_of(HOUSE) == 2
    assert loaded.get("u0", Unit).name == {"zh": "会议室"}
    assert list(loaded.features) == list(campus.features)
    listed = store.list_revisions(HOUSE)
    assert [r.number for r in listed] == [2, 1]
    assert listed[0] == revision
    assert (listed[1].who, listed[1].why, listed[1].changes) == ("li", "house.osm", ())


def test_additions_and_removals_are_kept_and_counted(store: SqlCampusStore) -> None:
    added(store)
    closure = Closure(id=FeatureId("c2"), feature_ids=(FeatureId("u0"),), starts_at=AT)
    add = Change(feature_id=closure.id, before=None, after=closure)
    store.add_revision(HOUSE, Revision(number=2, at=AT, who="li", why="", changes=(add,)))
    assert store.load_campus(HOUSE).get("c2", Closure) == closure
    assert store.list_campuses()[0].counts["closure"] == 1
    remove = Change(feature_id=closure.id, before=closure, after=None)
    store.add_revision(HOUSE, Revision(number=3, at=AT, who="li", why="", changes=(remove,)))
    assert store.load_campus(HOUSE).find("c2") is None
    assert "closure" not in store.list_campuses()[0].counts


@pytest.mark.parametrize("number", [1, 3, 99])
def test_a_revision_out_of_turn_is_a_conflict_and_changes_nothing(store: SqlCampusStore, number: int) -> None:
    campus = added(store)
    with pytest.raises(RevisionConflictError):
        store.add_revision(HOUSE, renamed(campus, number, "错"))
    assert store.load_campus(HOUSE).get("u0", Unit).name == {"zh": "房间0"}
    assert len(store.list_revisions(HOUSE)) == 1


def test_replacing_keeps_counting_revisions_and_their_history(store: SqlCampusStore) -> None:
    campus = added(store)
    store.add_revision(HOUSE, renamed(campus, 2, "会议室"))
    store.replace_campus(small_campus(1), (), at=AT, who="wang", why="new.osm")
    loaded = store.load_campus(HOUSE)
    assert (loaded.revision, len(loaded.features)) == (3, 3)
    assert [r.number for r in store.list_revisions(HOUSE)] == [3, 2, 1]


def test_replacing_a_campus_that_is_not_kept_keeps_it(store: SqlCampusStore) -> None:
    store.replace_campus(small_campus(), (), at=AT, who="li", why="")
    assert store.revision_of(HOUSE) == 1


def test_a_removed_campus_leaves_no_trace(store: SqlCampusStore) -> None:
    added(store)
    store.remove_campus(HOUSE)
    assert store.list_campuses() == ()
    added(store)
    assert len(store.list_revisions(HOUSE)) == 1


def test_repairs_come_back_in_order(store: SqlCampusStore) -> None:
    repairs = tuple(
        Finding(
            rule=f"rule_{i}",
            severity=Severity.WARNING,
            feature_id=FeatureId("u0") if i else None,
            message=Text("缺层", "No level"),
            remedy=Text("补上", "Add it"),
            spot=Spot(120.0, 30.0, 1.5, LevelId(FeatureId("l"))) if i else None,
        )
        for i in range(3)
    )
    store.add_campus(small_campus(), repairs, at=AT, who="li", why="")
    assert store.list_repairs(HOUSE) == repairs


def test_fifty_writers_of_one_number_have_exactly_one_winner(store: SqlCampusStore) -> None:
    campus = added(store)
    barrier, won, lost = threading.Barrier(50), [], []

    def write(i: int) -> None:
        barrier.wait()
        try:
            store.add_revision(HOUSE, renamed(campus, 2, f"第{i}人"))
            won.append(i)
        except RevisionConflictError:
            lost.append(i)

    threads = [threading.Thread(target=write, args=(i,)) for i in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 49)
    assert store.load_campus(HOUSE).get("u0", Unit).name == {"zh": f"第{won[0]}人"}
    assert store.list_revisions(HOUSE)[0].changes[0].after is not None


def test_fifty_writers_that_try_again_all_get_a_number_of_their_own(store: SqlCampusStore) -> None:
    campus = added(store)

    def write(i: int) -> None:
        while True:
            try:
                store.add_revision(HOUSE, renamed(campus, store.revision_of(HOUSE) + 1, f"第{i}人"))
            except RevisionConflictError:
                continue
            return

    threads = [threading.Thread(target=write, args=(i,)) for i in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.number for r in store.list_revisions(HOUSE)] == list(range(51, 0, -1))


def test_a_campus_of_20000_features_is_kept_within_5_s_and_loaded_within_2_s(store: SqlCampusStore) -> None:
    campus = small_campus(20_000)
    started = time.process_time()
    store.add_campus(campus, (), at=AT, who="li", why="")
    added_s = time.process_time() - started
    started = time.process_time()
    loaded = store.load_campus(HOUSE)
    loaded_s = time.process_time() - started
    assert len(loaded.features) == 20_002
    assert added_s < 10 * slowness(), "the target is 5 s on an idle machine; beside other tests twice that"
    assert loaded_s < 4 * slowness(), "the target is 2 s on an idle machine; beside other tests twice that"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=40), max_size=3), why=st.text())
def test_any_text_survives(store: SqlCampusStore, name: dict[str, str], why: str) -> None:
    unit = Unit(id=UnitId(FeatureId("u")), level_id=LevelId(FeatureId("l")), name=name)
    campus = Campus(id=CampusId("any"), name=name, features=by_id([unit]))
    why = why.replace("\0", "")
    store.replace_campus(campus, (), at=AT, who="li", why=why)
    loaded = store.load_campus(campus.id)
    assert (loaded.name, loaded.get("u", Unit).name) == (name, name)
    assert store.list_revisions(campus.id)[0].why == why
