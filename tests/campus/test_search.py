"""People find a place by any name, number, sound or slip of the finger."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point
from tests.campus.places import campus_of, changed, house
from tests.pace import slowness, within

from yuanli.campus import (
    Alias,
    Amenity,
    Anchor,
    Building,
    BuildingId,
    Campus,
    Feature,
    FeatureId,
    Level,
    LevelId,
    Match,
    Occupant,
    SearchIndex,
    Spot,
    Team,
    TeamId,
    Unit,
    UnitId,
    UnknownKindError,
    facility_kinds,
    kind_of,
    label_of,
    name_in,
    places_of_kind,
)
from yuanli.errors import Text


def _park() -> Campus:
    campus = campus_of(
        *house("a", {"zh": "A座", "en": "Building A"}, ordinals=range(5)),
        *house("b", {"zh": "B座", "en": "Building B"}, x=60, ordinals=range(3)),
        *house("lib", {"zh": "图书馆", "en": "Library"}, x=120),
        *house("n2", {"zh": "2号楼", "en": "Building 2"}, x=180, ordinals=range(2)),
        *house("apb", {"de": "Andreas-Pfitzmann-Bau"}, x=240),
    )

    def room(unit_id: str, name: dict[str, str], category: str = "office", ref: str | None = None) -> Unit:
        return replace(campus.get(unit_id, Unit), name=name, category=category, ref=ref)

    spot = campus.get("a-2-2", Unit).geometry
    assert spot is not None
    extra: tuple[Feature, ...] = (
        room("a-2-1", {"zh": "报告厅", "en": "Lecture hall"}, "auditorium", "A301"),
        room("b-1-1", {"zh": "二号会议厅", "en": "Conference hall 2"}, "conferenceroom"),
        room("n2-0-1", {"zh": "第三食堂", "en": "Canteen 3"}, "foodservice"),
        room("apb-0-1", {"de": "Hörsaal"}, "auditorium", "E042"),
        Alias(id=FeatureId("al"), feature_id=FeatureId("lib"), language="zh", text="逸夫楼", kind="former"),
        Amenity(
            id=FeatureId("wc"),
            category="restroom.male",
            level_id=LevelId(FeatureId("a-2")),
            geometry=spot.centroid,
        ),
        Amenity(id=FeatureId("mensa"), name={"ko": "학생식당"}, geometry=spot.centroid),
        Amenity(id=FeatureId("poly"), name={"ru": "Политехническая"}, geometry=spot.centroid),
        Anchor(id=FeatureId("an"), geometry=spot.centroid, unit_id=UnitId(FeatureId("a-2-2"))),
        Occupant(
            id=FeatureId("shop"), name={"zh": "蓝瓶咖啡", "en": "Blue Jug Coffee"}, anchor_id=FeatureId("an")
        ),
        Team(id=TeamId(FeatureId("team")), name={"zh": "云岭科技"}, space_ids=(FeatureId("b-1-2"),)),
    )
    return changed(campus, *extra)


PARK = _park()
INDEX = SearchIndex(PARK)

ASKED = {
    "A座": "a", "a座": "a", "Ａ座": "a", "A栋": "a", "A楼": "a", "Building A": "a", "Block A": "a",
    "BUILDING a": "a", "二号楼": "n2", "2号楼": "n2", "２号樓": "n2", "图书馆": "lib", "圖書館": "lib",
    "逸夫楼": "lib", "libary": "lib", "tushuguan": "lib", "tsg": "lib", "测试园图书馆": "lib",
    "报告厅": "a-2-1", "baogaoting": "a-2-1", "bao gao ting": "a-2-1", "bgt": "a-2-1",
    "报告ting": "a-2-1", "报gt": "a-2-1", "抱告厅": "a-2-1", "lecture hal": "a-2-1",
    "hall lecture": "a-2-1", "A301": "a-2-1", "a-301": "a-2-1", "A座301": "a-2-1",
    "A座3楼301室": "a-2-1", "301, Building A": "a-2-1", "Bldg A room 301": "a-2-1",
    "A座三楼的报告厅": "a-2-1", "二号会意厅": "b-1-1", "2号会议厅": "b-1-1", "erhaohuiyiting": "b-1-1",
    "B座2楼会议厅": "b-1-1", "conferense hall 2": "b-1-1", "第三食堂": "n2-0-1", "三食堂": "n2-0-1",
    "3食堂": "n2-0-1", "APB E042": "apb-0-1", "Hörsaal": "apb-0-1", "Horsaal": "apb-0-1",
    "Hoersaal": "apb-0-1", "hörsal": "apb-0-1", "Pfitzmann-Bau": "apb", "pfitzmann bau": "apb",
    "apb": "apb", "학생식당": "mensa", "학생식덩": "mensa", "Политехническая": "poly",
    "политехничиская": "poly", "politekhnicheskaya": "poly", "A座3层": "a-2", "a座3F": "a-2",
    "Building A level 3": "a-2", "厕所": "wc", "A座3层厕所": "wc", "men's room": "wc",
    "二零二": "a-1-2", "2号楼二零二室": "n2-1-2", "B座102": "b-0-2", "blue jug": "shop",
    "蓝瓶咖啡": "shop", "云岭科技": "team", "云林科技": "team",
}  # fmt: skip


@pytest.mark.parametrize(("text", "feature_id"), ASKED.items())
def test_what_is_asked_for_comes_first(text: str, feature_id: str) -> None:
    hits = INDEX.search(text)
    assert hits, f"nothing for {text!r}; suggested {[h.label.zh for h in INDEX.suggest(text)]}"
    assert hits[0].feature_id == feature_id, [(h.feature_id, h.score, h.how) for h in hits[:4]]


def test_how_a_name_fits_is_told() -> None:
    how = {
        text: INDEX.search(text)[0].how
        for text in ("报告厅", "报告", "bgt", "baogaoting", "抱告厅", "libary")
    }
    assert list(how.values()) == [
        Match.EXACT, Match.PREFIX, Match.INITIALS, Match.PINYIN, Match.SOUND, Match.TYPO,
    ]  # fmt: skip


def test_an_occupant_leads_to_its_unit_and_a_team_to_its_space() -> None:
    assert INDEX.search("蓝瓶咖啡")[0].place_id == "a-2-2"
    assert INDEX.search("云岭科技")[0].place_id == "b-1-2"


def test_the_same_number_in_three_houses_gives_three_labels() -> None:
    hits = INDEX.search("201")
    assert {"a-1-1", "n2-1-1"} <= {h.feature_id for h in hits}
    assert len({h.label.zh for h in hits}) == len(hits)
    assert len({h.label.en for h in hits}) == len(hits)


def test_the_nearest_of_equals_comes_first() -> None:
    spot = PARK.spot("n2-1-2")
    assert spot is not None
    assert INDEX.search("202", near=spot)[0].feature_id == "n2-1-2"


def test_only_the_tables_asked_for_are_searched() -> None:
    hits = INDEX.search("A座", kinds={"unit"})
    assert all(h.feature_type == "unit" for h in hits)


def test_nonsense_finds_nothing_and_near_misses_are_suggested() -> None:
    assert INDEX.search("qqxxzzvv") == ()
    assert INDEX.search("") == ()
    assert INDEX.search("   ") == ()
    assert INDEX.search("conferense") == () or INDEX.search("conferense")[0].feature_id == "b-1-1"
    assert "b-1-1" in {h.feature_id for h in INDEX.suggest("conferens hal")}


def test_a_wrong_number_is_no_typo() -> None:
    assert "n2" not in {h.feature_id for h in INDEX.search("3号楼")[:1]}
    assert INDEX.search("72号楼") == ()


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_any_text_can_be_searched(text: str) -> None:
    hits = INDEX.search(text)
    assert all(0 <= h.score <= 1 for h in hits)
    assert [h.feature_id for h in hits] == [h.feature_id for h in INDEX.search(text)]


LETTERS = (
    "科技创新研发中心大厦楼馆厅园文体艺术实验教学生活ABCDEFabcdefghijk äöüß가나다라абвгд0123456789-（）()/·'"
)
NAMES = st.lists(
    st.text(LETTERS, min_size=1, max_size=12).filter(lambda t: t.strip() != ""), min_size=1, max_size=12
)


@given(NAMES, st.sampled_from(["zh", "en", "und", "de"]))
@settings(max_examples=40)
def test_every_name_of_every_feature_finds_that_feature(names: list[str], language: str) -> None:
    buildings = [
        Building(id=BuildingId(FeatureId(f"b{i}")), name={language: text}, display_point=Point(120, 30))
        for i, text in enumerate(names)
    ]
    index = SearchIndex(campus_of(*buildings))
    for building in buildings:
        hits = index.search(building.name[language], limit=len(names))
        best = [h.feature_id for h in hits if h.score >= hits[0].score - 0.031]
        assert building.id in best, (building.name, [(h.name, h.score) for h in hits])


def test_ten_thousand_features_are_searched_within_twenty_milliseconds() -> None:
    rng = np.random.default_rng(0)
    syllables = list("云谷研发创新科技中心会议报告展示实验办公文体健身餐饮咖啡图书阅览培训交流生态")
    features: list[Feature] = []
    for b in range(40):
        features += house(
            f"h{b}", {"zh": f"{b + 1}号楼", "en": f"Building {b + 1}"}, x=40 * b, ordinals=range(25)
        )
    campus = campus_of(*features)
    renamed = [
        replace(u, name={"zh": "".join(rng.choice(syllables, 5)), "en": f"Room {i}"}, ref=f"{i}")
        for i, u in enumerate(campus.of(Unit))
    ]
    campus = changed(campus, *renamed)
    assert len(campus.features) > 8_000
    with within(1.5, time.thread_time):
        index = SearchIndex(campus)
    asked = [u.name["zh"] for u in renamed[::80]]
    asked += (
        [text[:2] + text[3:] for text in asked] + [f"Bilding {i}" for i in range(20)] + ["bgt", "12号楼3层"]
    )
    index.search("热身")
    times = []
    for text in asked:
        began = time.process_time()
        index.search(text)
        times.append(time.process_time() - began)
    assert float(np.percentile(times, 95)) < 0.04 * slowness(), (
        "the target is 20 ms on an idle core; shared machines get twice that"
    )


def test_sixty_kinds_of_facility_are_known_in_both_languages() -> None:
    kinds = facility_kinds()
    assert len(kinds) >= 60
    for kind in kinds.values():
        assert kind.name.zh
        assert kind.name.en
        assert kind.categories
        assert any("\u4e00" <= c <= "\u9fff" for word in kind.words for c in word)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("厕所", "restroom"), ("最近的洗手间", "restroom"), ("toilets", "restroom"), ("WC", "restroom"),
        ("where is the nearest ATM", "atm"), ("電梯", "elevator"), ("电梯在哪里", "elevator"),
        ("car park", "parking"), ("充电桩", "parking.ev"), ("café", "cafe"), ("AED", "defibrillator"),
        ("一号会议室旁边的树", None), ("", None),
    ],
)  # fmt: skip
def test_generic_words_ask_for_a_kind(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


def test_places_of_a_kind_include_its_subcategories() -> None:
    assert [f.id for f in places_of_kind(PARK, "restroom")] == ["wc"]
    with pytest.raises(UnknownKindError):
        places_of_kind(PARK, "spaceport")


def test_labels_tell_building_and_level() -> None:
    assert label_of(PARK, "a-2-1") == {
        "zh": "A座 3层 报告厅 A301",
        "en": "Lecture hall A301, Level 3, Building A",
    }
    assert label_of(PARK, "wc")["zh"] == "A座 3层 男卫生间"
    assert label_of(PARK, "gone") == {"und": "gone"}


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("A座B2层停车库", "A座B2层停车库"), ("A座B2充电区", "A座B2充电区"), ("B2层停车库", "A座 B2层停车库"),
        ("停车库", "A座 B2层 停车库"), ("A座B21", "B2层 A座B21"),
    ],
)  # fmt: skip
def test_a_label_repeats_no_place_that_the_name_says(own: str, said: str) -> None:
    level = Level(
        id=LevelId(FeatureId("l")), ordinal=-2, name={"zh": "B2层"}, short_name={"zh": "B2"},
        building_ids=(BuildingId(FeatureId("b")),),
    )  # fmt: skip
    unit = Unit(id=UnitId(FeatureId("u")), level_id=level.id, category="parking", name={"zh": own})
    campus = campus_of(
        Building(id=BuildingId(FeatureId("b")), category="office", name={"zh": "A座"}), level, unit
    )
    assert label_of(campus, unit.id)["zh"] == said


def test_a_name_falls_back_to_its_nearest_language() -> None:
    name = {"zh-Hans": "楼", "en": "House", "und": "H"}
    assert [name_in(name, tag) for tag in ("zh", "zh-CN", "en-GB", "de")] == ["楼", "楼", "House", "H"]
    assert name_in({"ru": "Дом"}, "zh") == "Дом"
    assert name_in({}, "zh") == ""


def test_an_unnamed_level_is_called_by_its_ordinal() -> None:
    levels = (
        Level(id=LevelId(FeatureId("g")), ordinal=0),
        Level(id=LevelId(FeatureId("u")), ordinal=-1),
        Level(id=LevelId(FeatureId("m")), ordinal=0.5),
    )
    campus = campus_of(*levels)
    assert [label_of(campus, level.id)["zh"] for level in levels] == ["1层", "B1层", "1层夹层"]


def test_a_search_far_away_still_orders_by_fit() -> None:
    hits = INDEX.search("报告厅", near=Spot(0.0, 0.0))
    assert hits[0].feature_id == "a-2-1"
    assert isinstance(hits[0].label, Text)
