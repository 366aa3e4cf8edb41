"""The OpenStreetMap importer on small files with traps, and on the shared real ones."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.campus.features import (
    Alias,
    Building,
    Detail,
    FeatureId,
    Geofence,
    Level,
    Node,
    NodeId,
    Opening,
    Pathway,
    PathwayMode,
    Unit,
)
from yuanli.campus.imported import Imported, ImportRefusedError
from yuanli.campus.osm import parse_levels, read_osm
from yuanli.campus.osm.container import LimitParams
from yuanli.campus.osm.measures import hours_of, metres_of, restriction_of, slope_of
from yuanli.campus.osm.names import names_of
from yuanli.campus.osm.storeys import declared_storeys
from yuanli.campus.place import Campus

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "campus"


@pytest.mark.parametrize(
    ("text", "ordinals"),
    [
        ("0;1", (0, 1)),
        ("-1; 0", (-1, 0)),
        ("0-3", (0, 1, 2, 3)),
        ("-1-3", (-1, 0, 1, 2, 3)),
        ("-3--1", (-3, -2, -1)),
        ("0,5", (0.5,)),
        ("0,1", (0, 1)),
        ("0.08", (0.08,)),
        ("GF", (0,)),
        ("1M", (1.5,)),
        (" 2 ", (2,)),
        ("B1", (-1,)),
        ("B2-1", (-2, -1, 0, 1)),
        ("1F", (0,)),
        ("2楼", (1,)),
        ("负一层", (-1,)),
        ("지하1층", (-1,)),
        ("1. OG", (1,)),
        ("EG", (0,)),
        ("−1；０", (-1, 0)),
    ],
)
def test_levels_are_read_in_every_common_spelling(text: str, ordinals: tuple[float, ...]) -> None:
    reading = parse_levels(text)
    assert (reading.ordinals, reading.reason) == (ordinals, None)


@pytest.mark.parametrize("text", ["", " ", "yes", "roof", "0-9999", "1e9", "999", "nan"])
def test_a_level_without_meaning_gives_none_and_a_reason(text: str) -> None:
    reading = parse_levels(text)
    assert reading.ordinals == ()
    assert reading.reason is not None


@given(st.text(max_size=40))
def test_no_text_breaks_the_level_reader(text: str) -> None:
    reading = parse_levels(text)
    assert all(abs(o) <= 200 for o in reading.ordinals)
    assert reading.ordinals or reading.reason is not None


@given(st.lists(st.integers(-20, 60), min_size=1, max_size=8))
def test_a_list_of_levels_is_read_back(levels: list[int]) -> None:
    assert parse_levels(";".join(map(str, levels))).ordinals == tuple(sorted(set(levels)))


@given(st.integers(-20, 60), st.integers(0, 30))
def test_a_range_of_levels_is_every_level_between(low: int, more: int) -> None:
    assert parse_levels(f"{low}-{low + more}").ordinals == tuple(range(low, low + more + 1))


@pytest.mark.parametrize(
    ("tags", "drawn", "storeys"),
    [
        ({"building:levels": "3"}, (0,), (0, 1, 2)),
        ({"building:levels": "4", "building:levels:underground": "2"}, (), (-2, -1, 0, 1, 2, 3)),
        ({"building:levels": "5", "building:min_level": "2"}, (), (2, 3, 4)),
        ({"min_level": "-1", "max_level": "2", "non_existent_levels": "1"}, (), (-1, 0, 2)),
        ({"max_level": "2"}, (-1,), (-1, 0, 1, 2)),
        ({"building:levels": "many"}, (0,), ()),
        ({"min_level": "0", "max_level": "9999"}, (0,), (0,)),
    ],
)
def test_a_building_declares_its_storeys(
    tags: dict[str, str], drawn: tuple[float, ...], storeys: tuple[float, ...]
) -> None:
    assert declared_storeys(tags, drawn) == storeys


def test_measures_are_metres_and_ratios() -> None:
    assert metres_of("90 cm") == pytest.approx(0.9)
    assert metres_of("1,2 m") == pytest.approx(1.2)
    assert metres_of("3'6\"") == pytest.approx(1.0668)
    assert metres_of("wide") is None
    assert slope_of("-6 %") == pytest.approx(0.06)
    assert slope_of("1:12") == pytest.approx(1 / 12)
    assert slope_of("up") is None


@pytest.mark.parametrize(
    ("tags", "restriction", "hours"),
    [
        ({"access": "private"}, "private", None),
        ({"access": "no"}, "no", None),
        ({"access": "no", "foot": "designated"}, None, None),
        ({"access": "private", "foot": "permissive"}, None, None),
        ({"access": "customers"}, None, None),
        ({"access": "destination"}, "destination", None),
        ({"access": "private;no"}, "private", None),
        ({"access": "military"}, "military", None),
        ({"barrier": "gate", "locked": "yes"}, "private", None),
        ({"access": "no", "access:conditional": "yes @ (06:00-23:00)"}, None, "06:00-23:00"),
        ({"foot:conditional": "no @ (23:00-06:00)"}, None, "24/7; 23:00-06:00 off"),
    ],
)
def test_access_tells_what_is_barred_and_what_is_only_avoided(
    tags: dict[str, str], restriction: str | None, hours: str | None
) -> None:
    assert (restriction_of(tags, "foot", "access"), hours_of(tags)) == (restriction, hours)


def test_every_name_is_kept_once_in_its_language() -> None:
    tags = {
        "name": "报告厅",
        "name:en": "Lecture Hall",
        "alt_name": "大礼堂;小剧场",
        "old_name": "会堂",
        "short_name": "报厅",
        "ref": "A3",
        "name:left": "no",
    }
    names = names_of(tags, "CN")
    assert names.name == {"zh": "报告厅", "en": "Lecture Hall"}
    assert names.alt_name == {"zh": "大礼堂"}
    assert set(names.others) == {
        ("zh", "小剧场", "alias"),
        ("zh", "会堂", "former"),
        ("zh", "报厅", "short"),
        ("und", "A3", "ref"),
    }


def _osm(folder: Path, body: str) -> Path:
    path = folder / "campus.osm"
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{body}</osm>', "utf-8")
    return path


def _tags(**tags: str) -> str:
    return "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())


def _node(i: int, x: float, y: float, **tags: str) -> str:
    """A node at metres from 37.45 N 126.95 E, in Seoul."""
    return f'<node id="{i}" lat="{37.45 + y * 9e-6}" lon="{126.95 + x * 1.13e-5}">{_tags(**tags)}</node>'


def _way(i: int, *refs: int, **tags: str) -> str:
    return f'<way id="{i}">{"".join(f"<nd ref={chr(34)}{r}{chr(34)}/>" for r in refs)}{_tags(**tags)}</way>'


KOREAN = "".join(
    [
        *(_node(i, x, y) for i, x, y in [(1, 0, 0), (2, 40, 0), (3, 40, 20), (4, 0, 20), (8, 20, 20)]),
        _node(5, 20, 0, entrance="main", door="sliding", automatic_door="yes", width="1.6"),
        _node(6, 20, 10, door="hinged"),
        _node(7, 20, -30),
        _node(10, 90, -30, highway="elevator", level="0;2"),
        *(_node(i, x, y) for i, x, y in [(11, 120, -30), (12, 150, -30), (13, 120, -40)]),
        _node(99, 0, 2_000_000),
        _way(1, 1, 5, 2, 3, 8, 4, 1, building="university", name="공학관", name__en="Engineering Hall"),
        _way(2, 1, 5, 6, 8, 4, 1, indoor="room", level="1F;2F", ref="101", room="class"),
        _way(3, 5, 2, 3, 8, 6, 5, indoor="corridor", level="0"),
        _way(4, 5, 7, highway="footway", incline="6%"),
        _way(5, 7, 10, 11, highway="footway", level="0"),
        _way(6, 10, 12, highway="corridor", level="2"),
        _way(7, 11, 12, highway="steps", level="0;2", conveying="backward"),
        _way(8, 11, 13, 777, highway="service", access="private", oneway="yes"),
        _way(9, 7, 99, highway="path"),
    ]
)


@pytest.fixture
def korean(tmp_path: Path) -> Imported:
    return read_osm(_osm(tmp_path, KOREAN), campus_id="snu")


def test_country_and_time_zone_follow_the_place(korean: Imported) -> None:
    assert (korean.campus.country, korean.campus.time_zone) == ("KR", "Asia/Seoul")


def test_a_room_on_two_floors_is_a_unit_on_each(korean: Imported) -> None:
    rooms = {u.id: korean.campus.ordinal_of(u.level_id) for u in korean.campus.of(Unit) if u.ref == "101"}
    assert rooms == {"way/2@0": 0, "way/2@1": 1}
    assert korean.campus.get("way/2@0", Unit).category == "classroom"
    inside = [level for level in korean.campus.of(Level) if level.building_ids == ("way/1",)]
    assert {level.name["ko"] for level in inside} == {"1층", "2층"}


def test_a_door_is_on_the_level_its_rooms_share(korean: Imported) -> None:
    inner = korean.campus.get("node/6", Opening)
    front = korean.campus.get("node/5", Opening)
    assert korean.campus.ordinal_of(inner.level_id) == 0
    assert (front.category, front.width_m) == ("pedestrian.principal", 1.6)
    assert front.door is not None
    assert (front.door.type, front.door.automatic) == ("sliding", True)


def test_an_entrance_joins_the_drawn_ways_to_the_building(korean: Imported) -> None:
    node = korean.campus.get("vertex/5", Node)
    assert node.feature_ids == ("node/5", "way/1")
    assert korean.campus.get("way/4", Pathway).max_slope == pytest.approx(0.06)


def test_a_lift_node_joins_its_levels(korean: Imported) -> None:
    ride = korean.campus.get("node/10#ride0-1", Pathway)
    ends = [korean.campus.get(i, Node).ordinal for i in (ride.from_node_id, ride.to_node_id)]
    assert (ride.mode, ends) == (PathwayMode.ELEVATOR, [0, 2])
    assert korean.campus.get("way/6", Pathway).from_node_id == "vertex/10@2"


def test_an_escalator_goes_the_way_it_conveys(korean: Imported) -> None:
    escalator = korean.campus.get("way/7", Pathway)
    assert (escalator.mode, escalator.is_bidirectional) == (PathwayMode.ESCALATOR, False)
    assert (escalator.from_node_id, escalator.to_node_id) == ("vertex/12", "vertex/11")
    assert korean.campus.get("vertex/12", Node).ordinal == 2


def test_a_one_way_road_binds_bicycles_but_not_walkers(korean: Imported) -> None:
    road, ride = korean.campus.get("way/8", Pathway), korean.campus.get("way/8#bicycle", Pathway)
    assert (road.foot, road.bicycle, road.is_bidirectional, road.restriction) == (
        True,
        False,
        True,
        "private",
    )
    assert (ride.foot, ride.bicycle, ride.is_bidirectional) == (False, True, False)


def test_a_node_far_away_does_not_move_the_site_and_is_reported(korean: Imported) -> None:
    assert korean.campus.venue is not None
    assert korean.campus.venue.geometry is not None
    assert korean.campus.venue.geometry.bounds[3] < 37.46
    assert korean.campus.frame.lat == pytest.approx(37.45, abs=0.01)
    assert "osm.missing_nodes" in {r.rule for r in korean.repairs}


def test_broken_rings_and_unknown_levels_are_repaired_and_reported(tmp_path: Path) -> None:
    body = "".join(
        [
            *(_node(i, x, y) for i, x, y in [(1, 0, 0), (2, 20, 0), (3, 20, 20), (4, 0, 20)]),
            _way(1, 1, 3, 2, 4, 1, building="yes", name="蝴蝶楼"),
            _way(2, 1, 2, 3, 4, indoor="room", level="roof", name="密室"),
            '<node id="50" lat="95" lon="1"/>',
            _node(1, 0, 0),
        ]
    )
    imported = read_osm(_osm(tmp_path, body), campus_id="x")
    rules = Counter(r.rule for r in imported.repairs)
    assert {"osm.ring_crossed", "osm.ring_open", "osm.level", "osm.level_missing", "osm.coordinates"} <= set(
        rules
    )
    assert {r.feature_id for r in imported.repairs if r.rule == "osm.level"} == {"way/2"}
    assert imported.campus.get("way/2", Unit).name == {"zh": "密室"}


def test_a_square_is_crossed_straight_and_round_its_inner_corner(tmp_path: Path) -> None:
    ring = [(1, 0, 0), (2, 60, 0), (3, 60, 20), (4, 20, 20), (5, 20, 60), (6, 0, 60)]
    body = "".join(
        [
            *(_node(i, x, y) for i, x, y in [*ring, (7, 60, -20), (8, 90, 20), (9, 0, 90)]),
            _way(1, 1, 2, 3, 4, 5, 6, 1, highway="pedestrian", area="yes", name="Schlossplatz"),
            _way(2, 2, 7, highway="footway"),
            _way(3, 3, 8, highway="footway"),
            _way(4, 6, 9, highway="footway"),
        ]
    )
    campus = read_osm(_osm(tmp_path, body), campus_id="x").campus
    across = {
        frozenset({str(p.from_node_id), str(p.to_node_id)}): p.geometry
        for p in campus.of(Pathway)
        if p.geometry is not None and p.extra["osm_id"] == "way/1" and len(p.geometry.coords) <= 3
    }
    bent = across[frozenset(("vertex/3", "vertex/6"))]
    assert [round(c, 5) for c in bent.coords[1]] == [
        round(126.95 + 20 * 1.13e-5, 5),
        round(37.45 + 20 * 9e-6, 5),
    ]
    straight = across[frozenset(("vertex/1", "vertex/2"))]
    assert len(straight.coords) == 2


def test_a_square_with_a_fountain_is_crossed_round_it(tmp_path: Path) -> None:
    ring = [(1, 0, 0), (2, 60, 0), (3, 60, 60), (4, 0, 60), (10, 0, 30), (11, 60, 30)]
    hole = [(5, 20, 20), (6, 40, 20), (7, 40, 41), (8, 20, 41)]
    body = "".join(
        [
            *(_node(i, x, y) for i, x, y in [*ring, *hole, (20, -40, 30), (21, 99, 30)]),
            _way(1, 1, 2, 11, 3, 4, 10, 1),
            _way(2, 5, 6, 7, 8, 5),
            _way(3, 20, 10, highway="footway"),
            _way(4, 11, 21, highway="footway"),
            '<relation id="9"><member type="way" ref="1" role="outer"/>',
            '<member type="way" ref="2" role="inner"/>',
            _tags(type="multipolygon", highway="pedestrian", name="광장") + "</relation>",
        ]
    )
    campus = read_osm(_osm(tmp_path, body), campus_id="x").campus
    across = campus.get("relation/9:0", Pathway)
    assert {across.from_node_id, across.to_node_id} == {"vertex/10", "vertex/11"}
    assert across.geometry is not None
    assert len(across.geometry.coords) == 4
    assert max(y for _, y in across.geometry.coords) == pytest.approx(37.45 + 30 * 9e-6, abs=1e-7)


def test_a_german_campus_has_its_umlauts_floors_and_restrictions(tmp_path: Path) -> None:
    body = "".join(
        [
            *(_node(i, x, y) for i, x, y in [(1, 0, 0), (2, 20, 0), (3, 20, 20), (4, 0, 20), (5, 10, 20)]),
            _way(1, 1, 2, 3, 5, 4, 1, building="university", name="Hörsaalgebäude", addr__country="DE"),
            _way(2, 1, 2, 3, 5, 4, 1, indoor="room", level="1. OG", room="lecture", name="Großer Hörsaal"),
            _way(3, 1, 2, 3, 5, 4, 1, indoor="room", level="UG", access="private", room="storage"),
            _way(4, 1, 2, 3, 5, 4, 1, indoor="room", level="-1-1", stairs="yes"),
        ]
    )
    campus = read_osm(_osm(tmp_path, body), campus_id="tu").campus
    hall, cellar = campus.get("way/2", Unit), campus.get("way/3", Unit)
    assert (hall.name, hall.category) == ({"de": "Großer Hörsaal"}, "auditorium")
    assert campus.get(hall.level_id, Level).name["de"] == "1. Obergeschoss"
    assert (cellar.restriction, campus.ordinal_of(cellar.level_id)) == ("private", -1)
    assert {u.id for u in campus.of(Unit) if u.category == "stairs"} == {"way/4@-1", "way/4@0", "way/4@1"}


def _refusal(path: Path) -> ImportRefusedError:
    with pytest.raises(ImportRefusedError) as caught:
        read_osm(path, campus_id="x")
    assert caught.value.message.zh
    assert caught.value.message.en
    assert caught.value.hint is not None
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100_000,
        b"<kml><Document/></kml>",
        b'{"version": 0.6, "elements": []}',
        b'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><osm version="0.6"/>',
        b'<!DOCTYPE osm [<!ENTITY x SYSTEM "file:///etc/passwd">]><osm version="0.6"/>',
        b'<osm version="0.6"><node id="1" lat="1" lon="1"/>',
        b'<osm version="0.6"><node id="1" lat="NaN" lon="1"/></osm>',
        b'<osm version="0.6"><node id="1" lat="NaN" lon="1"/><way id="1"><nd ref="1"/></osm>',
        b'<osm version="0.6"/>',
        b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\xff\xff\xff\x7f",
    ],
)
def test_a_file_that_is_no_map_is_refused_in_two_languages(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile.osm"
    path.write_bytes(content)
    _refusal(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    _refusal(tmp_path / "nowhere.osm")


def test_a_cut_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "campus.osm.gz"
    path.write_bytes(gzip.compress(_osm(tmp_path, KOREAN).read_bytes())[:-40])
    _refusal(path)


def test_an_endless_element_and_too_many_features_are_refused(tmp_path: Path) -> None:
    path = _osm(tmp_path, KOREAN)
    with pytest.raises(ImportRefusedError):
        read_osm(path, campus_id="x", limits=LimitParams(features=5))
    path.write_bytes(b"<osm>" + b" " * 300_000)
    with pytest.raises(ImportRefusedError):
        read_osm(path, campus_id="x", limits=LimitParams(tag_bytes=100_000))


def _shared(name: str) -> Imported:
    path = SHARED / name
    if not path.exists():
        pytest.skip("the shared campus data is not beside the repository")
    return read_osm(path, campus_id="real")


def _sources(features: tuple[Unit, ...] | tuple[Opening, ...]) -> dict[str, dict[str, str]]:
    return {f.extra["osm_id"]: f.extra["tags"] for f in features}


@pytest.mark.parametrize(
    ("name", "buildings", "named"),
    [
        ("tsinghua/tsinghua.osm", 521, 292),
        ("shu-baoshan/shu-baoshan.osm", 107, 69),
        ("cau-east/cau-east.osm", 257, 49),
    ],
)
def test_buildings_of_real_campuses_agree_with_their_readmes(name: str, buildings: int, named: int) -> None:
    campus = _shared(name).campus
    # the READMEs count what has `name`, and may leave out a multipolygon or two
    has_name = [b for b in campus.of(Building) if "name" in b.extra["tags"]]
    assert abs(len(campus.of(Building)) - buildings) <= 1
    assert len(has_name) == named


def test_every_name_of_a_real_campus_is_kept() -> None:
    campus = _shared("tsinghua/tsinghua.osm").campus
    aliases = Counter((a.feature_id, a.text) for a in campus.of(Alias))
    for b in campus.of(Building):
        told = {*b.name.values(), *b.alt_name.values()} | {text for i, text in aliases if i == b.id}
        wanted = {
            " ".join(part.split())
            for key in ("name", "name:en", "name:zh", "alt_name")
            for part in b.extra["tags"].get(key, "").split(";")
        }
        assert wanted - {""} <= told


def test_the_rooms_and_doors_of_dresden_agree_with_the_readme() -> None:
    campus = _shared("tud-apb/tud-apb.osm").campus
    rooms = Counter(tags.get("indoor") for tags in _sources(campus.of(Unit)).values())
    doors = [tags for tags in _sources(campus.of(Opening)).values() if "door" in tags]
    assert (rooms["room"], rooms["corridor"], rooms["area"], len(doors)) == (400, 43, 3, 502)
    assert (campus.country, campus.time_zone) == ("DE", "Europe/Berlin")


def test_the_shops_of_grenoble_agree_with_the_readme() -> None:
    campus = _shared("caserne-de-bonne/caserne.osm").campus
    rooms = Counter(tags.get("indoor") for tags in _sources(campus.of(Unit)).values())
    assert (rooms["room"], rooms["corridor"], len(campus.of(Opening))) == (59, 9, 10)


def test_the_stations_of_london_have_their_lifts_and_escalators() -> None:
    campus = _shared("moorgate-barbican/moorgate.osm.pbf").campus
    escalators = [p for p in campus.of(Pathway) if p.mode is PathwayMode.ESCALATOR]
    assert len({p.extra["osm_id"] for p in escalators}) == 10
    assert sum(not p.is_bidirectional for p in escalators) >= 4
    ordinals = {n.ordinal for n in campus.of(Node)}
    assert {-9.0, -7.0, 0.0, 2.0} <= ordinals


def _ends(campus: Campus) -> set[frozenset[str]]:
    return {frozenset({str(p.from_node_id), str(p.to_node_id)}) for p in campus.of(Pathway)}


def _reached(campus: Campus, start: str) -> set[str]:
    graph = networkx.Graph([tuple(ends) for ends in _ends(campus) if len(ends) == 2])
    return set(networkx.node_connected_component(graph, start))


def test_ways_over_a_square_without_a_node_there_are_joined_to_it(tmp_path: Path) -> None:
    ring = [(1, 0, 0), (2, 60, 0), (3, 60, 60), (4, 0, 60)]
    body = "".join(
        [
            *(_node(i, x, y) for i, x, y in [*ring, (5, 30, -40), (6, 30, 99), (7, 40, 30), (8, 99, 30)]),
            *(_node(i, x, y) for i, x, y in [(9, -30, 20), (10, 90, 20), (11, -30, 40), (12, -5, 40)]),
            _way(1, 1, 2, 3, 4, 1, highway="pedestrian", area="yes", name="Marktplatz"),
            _way(2, 5, 6, highway="footway"),
            _way(3, 7, 8, highway="footway"),
            _way(4, 9, 10, highway="footway", bridge="yes", layer="1"),
            _way(5, 11, 12, highway="footway"),
        ]
    )
    campus = read_osm(_osm(tmp_path, body), campus_id="x").campus
    reached = _reached(campus, "vertex/5")
    assert {"vertex/6", "vertex/7", "vertex/8", "vertex/1"} <= reached
    assert not {"vertex/9", "vertex/10", "vertex/11"} & reached


def test_a_square_with_a_hundred_ways_into_it_is_still_crossed(tmp_path: Path) -> None:
    corners = [(0, 0), (100, 0), (100, 100), (0, 100)]
    points = [
        (a[0] + (b[0] - a[0]) * k / 25, a[1] + (b[1] - a[1]) * k / 25)
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)
        for k in range(25)
    ]
    body = "".join(
        [
            *(_node(i, x, y) for i, (x, y) in enumerate(points, 1)),
            *(_node(1000 + i, 2 * x - 50, 2 * y - 50) for i, (x, y) in enumerate(points, 1)),
            _way(1, *range(1, 101), 1, highway="pedestrian", area="yes"),
            *(_way(1000 + i, i, 1000 + i, highway="footway") for i in range(1, 101)),
        ]
    )
    campus = read_osm(_osm(tmp_path, body), campus_id="x").campus
    inner = [p for p in campus.of(Pathway) if p.extra["osm_id"] == "way/1"]
    assert 200 < len(inner) < 600
    graph = networkx.Graph()
    for p in inner:
        assert p.geometry is not None
        graph.add_edge(p.from_node_id, p.to_node_id, weight=p.geometry.length)
    walked = networkx.shortest_path_length(graph, "vertex/13", "vertex/63", weight="weight")
    assert walked < 1.2 * 100 * 9e-6 * 1.26


def test_a_way_that_leaves_the_site_and_comes_back_keeps_both_stretches(tmp_path: Path) -> None:
    body = "".join(
        [
            f'<bounds minlat="{37.45}" minlon="{126.95}" maxlat="37.455" maxlon="126.955"/>',
            *(
                _node(i, x, y)
                for i, x, y in [(1, 50, 50), (2, 100, 60), (5, 300, 60), (6, 400, 50), (7, 90, 90)]
            ),
            *(_node(i, x, y) for i, x, y in [(3, 9000, 60), (4, 9000, 90), (8, 70, 70), (9, 60, 60)]),
            _way(1, 1, 2, 3, 4, 5, 6, highway="service"),
            _way(2, 2, 7, highway="footway"),
            _way(3, 7, 8, 9, highway="footway"),
        ]
    )
    campus = read_osm(_osm(tmp_path, body), campus_id="x").campus
    ends = _ends(campus)
    assert {frozenset(("vertex/1", "vertex/2")), frozenset(("vertex/4", "vertex/6"))} <= ends
    assert frozenset(("vertex/3", "vertex/4")) not in ends


def test_a_raised_walkway_is_a_storey_only_where_steps_lead_up_to_it(tmp_path: Path) -> None:
    points = [
        (1, 0, 0),
        (2, 50, 0),
        (3, 60, 0),
        (4, 100, 0),
        (5, 110, 0),
        (6, 0, 50),
        (7, 40, 50),
        (8, 80, 50),
    ]
    body = "".join(
        [
            *(_node(i, x, y) for i, x, y in [*points, (9, 120, 50)]),
            _way(1, 1, 2, highway="footway"),
            _way(2, 2, 3, highway="steps", incline="up"),
            _way(3, 3, 4, highway="footway", bridge="yes", layer="1"),
            _way(4, 4, 5, highway="steps", incline="down"),
            _way(5, 6, 7, highway="footway"),
            _way(6, 7, 8, highway="footway", bridge="yes", layer="1"),
            _way(7, 8, 9, highway="footway"),
        ]
    )
    campus = read_osm(_osm(tmp_path, body), campus_id="x").campus
    ordinals = {n.id: n.ordinal for n in campus.of(Node)}
    assert [ordinals[NodeId(FeatureId(f"vertex/{i}"))] for i in (2, 3, 4, 5)] == [0, 1, 1, 0]
    assert [ordinals[NodeId(FeatureId(f"vertex/{i}"))] for i in (7, 8)] == [0, 0]


def test_one_broken_node_costs_that_node_and_is_reported(tmp_path: Path) -> None:
    broken = (
        '<node id="70" lat="NaN" lon="126.95"/><node id="71" lat="" lon="1"/><node id="x" lat="1" lon="1"/>'
        '<node id="72" lat="1e400" lon="1"/><way id="70"><nd ref="70"/><nd ref="?"/><nd ref="1"/></way>'
    )
    path = _osm(tmp_path, broken + KOREAN)
    path.write_bytes(path.read_bytes().replace("공학관".encode(), b"\xff\x01"))
    imported = read_osm(path, campus_id="x")
    found = {(r.rule, r.feature_id) for r in imported.repairs}
    assert {("osm.coordinates", f"node/{i}") for i in (70, 71, 72)} <= found
    assert "osm.damaged" in {rule for rule, _ in found}
    assert imported.campus.get("way/1", Building).name["en"] == "Engineering Hall"
    assert len(imported.campus.of(Pathway)) > 5


def test_walls_and_fences_are_drawn(tmp_path: Path) -> None:
    fence = _way(70, 1, 2, 3, barrier="fence") + _way(71, 1, 2, 3, 4, 1, barrier="wall", leisure="park")
    campus = read_osm(_osm(tmp_path, KOREAN + fence), campus_id="x").campus
    assert campus.get("way/70", Detail).category == "fence"
    assert campus.get("way/71#barrier", Detail).category == "wall"
    assert campus.get("way/71", Geofence).category == "park"
