"""Three invented campuses, drawn as people in Germany, Korea and China draw them, traps included."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from yuanli.campus import SearchIndex
from yuanli.campus.features import (
    Address,
    Alias,
    Amenity,
    Building,
    FeatureId,
    Level,
    Node,
    Opening,
    Pathway,
    Unit,
)
from yuanli.campus.imported import Imported
from yuanli.campus.osm import read_osm
from yuanli.routing import build_network


@dataclass(frozen=True)
class Sheet:
    """A place to draw at: metres east and north of a corner."""

    lon: float
    lat: float
    stretch: float

    def node(self, i: int, x: float, y: float, **tags: str) -> str:
        """Draw a node."""
        lat, lon = self.lat + y * 9e-6, self.lon + x * 9e-6 * self.stretch
        return f'<node id="{i}" lat="{lat:.7f}" lon="{lon:.7f}">{_tags(tags)}</node>'

    def nodes(self, *rows: tuple[int, float, float]) -> str:
        """Draw nodes without tags."""
        return "".join(self.node(*row) for row in rows)


def _tags(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())


def _way(i: int, refs: tuple[int, ...], **tags: str) -> str:
    return f'<way id="{i}">{"".join(f"<nd ref={chr(34)}{r}{chr(34)}/>" for r in refs)}{_tags(tags)}</way>'


def _read(folder: Path, *parts: str) -> Imported:
    path = folder / "campus.osm"
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{"".join(parts)}</osm>', "utf-8"
    )
    return read_osm(path, campus_id="invented")


def _components(imported: Imported) -> list[int]:
    sizes: list[int] = np.bincount(build_network(imported.campus).components).tolist()
    return sizes


def _ordinals(imported: Imported, building_id: str) -> list[float]:
    levels = [lv for lv in imported.campus.of(Level) if building_id in lv.building_ids]
    return sorted(level.ordinal for level in levels)


def _found(imported: Imported, text: str) -> set[str]:
    return {str(hit.feature_id) for hit in SearchIndex(imported.campus).search(text, limit=5)}


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """A lecture building of three storeys; its grounds are private; a square in front."""
    at = Sheet(8.41, 49.01, 1.52)
    hall = (1, 30, 2, 3, 31, 4, 1)
    return _read(
        tmp_path_factory.mktemp("german"),
        at.nodes((1, 0, 0), (2, 60, 0), (3, 60, 30), (4, 0, 30), (31, 30, 30), (32, 30, 12), (33, 0, 12)),
        at.nodes((34, 60, 12), (50, 10, -5), (51, 50, -5), (52, 50, -40), (53, 10, -40), (60, 30, -20)),
        at.nodes((61, 200, -20), (62, -90, -20), (63, 30, -90), (64, 210, -20), (65, 24, 12), (66, 24, 0)),
        at.node(30, 30, 0, entrance="staircase", wheelchair="limited"),
        at.node(40, 15, 12, door="hinged", width="0,9 m"),
        at.node(41, 45, 12, door="yes", level="0;1"),
        at.node(42, 12, 30, entrance="emergency", level="EG"),
        at.node(90, 30, 15, amenity="vending_machine", level="E", name="Kaffeeautomat"),
        _way(1, (1, 2, 3, 4, 1), amenity="university", name="Technische Universität Füßen"),
        _way(
            2,
            (1, 66, 30, 2, 34, 3, 31, 42, 4, 33, 1),
            building="university",
            name="Hörsaalgebäude Süd",
            alt_name="Glückauf-Bau;Großer Bau",
            old_name="Weißes Haus",
            short_name="HSG",
            official_name="Prof.-Dr.-Müller-Gebäude",
            ref="30.95",
            building__levels="3",
            building__levels__underground="1",
            addr__street="Straße am Forum",
            addr__housenumber="7a",
            addr__postcode="76131",
            addr__city="Karlsruhe",
            addr__country="DE",
        ),
        _way(3, (1, 66, 30, 2, 34, 41, 32, 65, 40, 33, 1), indoor="corridor", level="0;1", level__ref="E;1"),
        _way(4, (33, 40, 65, 32, 31, 42, 4, 33), indoor="room", room="lecture", level="0", ref="E.01"),
        _way(5, (32, 41, 34, 3, 31, 32), indoor="room", room="office", level="0;1", ref="E.02"),
        _way(6, (33, 40, 65, 32, 31, 42, 4, 33), indoor="room", level="1", ref="1.01", name="Übungsraum"),
        _way(7, (65, 32, 30, 66, 65), indoor="room", stairs="yes", level="-1-1", access="private"),
        _way(8, hall, indoor="room", room="storage", level="UG", level__ref="UG"),
        _way(10, (50, 51, 52, 53, 50), highway="pedestrian", area="yes", name="Ehrenhof"),
        _way(11, (62, 61), highway="service", access="private", name="Campusstraße"),
        _way(12, (30, 60), highway="footway"),
        _way(13, (60, 63), highway="footway", access="private", foot="permissive"),
        _way(14, (61, 64), highway="footway", access="no"),
    )


def test_the_german_campus_keeps_umlauts_old_names_and_numbers(german: Imported) -> None:
    names = ["Hörsaalgebäude Süd", "Glückauf-Bau", "Großer Bau", "Weißes Haus", "HSG", "30.95"]
    for name in [*names, "Prof.-Dr.-Müller-Gebäude"]:
        assert "way/2" in _found(german, name), name
    (address,) = german.campus.of(Address)
    assert (address.address, address.postal_code, address.country) == ("Straße am Forum 7a", "76131", "DE")
    assert german.campus.time_zone == "Europe/Berlin"
    assert {u.ref for u in german.campus.of(Unit)} >= {"E.01", "E.02", "1.01"}


def test_the_german_building_has_its_declared_storeys_under_their_signs(german: Imported) -> None:
    assert _ordinals(german, "way/2") == [-1, 0, 1, 2]
    signs = {lv.ordinal: lv.short_name["und"] for lv in german.campus.of(Level)}
    assert signs == {-1: "UG", 0: "E", 1: "1", 2: "2"}
    names = {lv.ordinal: lv.name["de"] for lv in german.campus.of(Level)}
    assert names[0] == "Erdgeschoss"
    assert names[-1] == "1. Untergeschoss"


def test_the_german_doors_are_on_the_levels_of_their_rooms(german: Imported) -> None:
    campus = german.campus
    on = {str(o.id): campus.ordinal_of(o.level_id) for o in campus.of(Opening)}
    assert {i: o for i, o in on.items() if i.startswith("node/41")} == {"node/41@0": 0, "node/41@1": 1}
    assert {i: o for i, o in on.items() if i.startswith("node/40")} == {"node/40@0": 0, "node/40@1": 1}
    assert on["node/30" if "node/30" in on else "node/30@0"] == 0
    emergency = campus.get("node/42", Opening)
    assert (emergency.category, campus.ordinal_of(emergency.level_id)) == ("emergencyexit", 0)
    assert campus.get("node/40@0", Opening).width_m == pytest.approx(0.9)


def test_a_sign_stands_for_a_level_where_other_features_explain_it(german: Imported) -> None:
    machine = next(a for a in german.campus.of(Amenity) if a.id.startswith("node/90"))
    assert machine.level_id is not None
    assert german.campus.ordinal_of(machine.level_id) == 0
    assert german.repairs == ()


def test_private_grounds_do_not_cut_the_german_campus(german: Imported) -> None:
    restrictions = {p.extra["osm_id"]: p.restriction for p in german.campus.of(Pathway)}
    assert restrictions["way/11"] == "private"
    assert restrictions["way/13"] is None
    assert restrictions["way/14"] == "no"
    assert len(_components(german)) == 1


@pytest.fixture(scope="module")
def korean(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """Two buildings on a slope, a footbridge with steps between them, names in three languages."""
    at = Sheet(127.03, 37.59, 1.26)
    return _read(
        tmp_path_factory.mktemp("korean"),
        at.nodes((1, 0, 0), (2, 40, 0), (3, 40, 20), (4, 0, 20), (11, 100, 0), (12, 140, 0)),
        at.nodes((13, 140, 20), (14, 100, 20), (20, 20, -15), (21, 120, -15), (22, 50, -15), (23, 90, -15)),
        at.nodes((24, 52, -30), (25, 88, -30), (6, 20, 10), (26, 0, 10), (27, 40, 10)),
        at.nodes((28, 30, 10), (29, 30, 20)),
        at.node(10, 35, 10, door="hinged"),
        at.node(5, 20, 0, entrance="main", automatic_door="yes", level="0"),
        at.node(15, 120, 0, entrance="yes"),
        at.node(7, 10, 10, door="hinged"),
        at.node(30, 125, 10, amenity="cafe", name="카페 하늘", name__en="Cafe Haneul", addr__floor="3"),
        at.node(31, 5, 5, amenity="toilets", level="지하1층", name="화장실"),
        '<node id="98" lat="999" lon="127"/>',
        _way(
            1,
            (1, 5, 2, 27, 3, 29, 4, 26, 1),
            building="university",
            name="중앙도서관",
            name__ko="중앙도서관",
            name__en="Central Library",
            name__zh="中央图书馆",
            name__ja="中央図書館",
            alt_name="중도",
            building__levels="5",
        ),
        _way(2, (11, 15, 12, 13, 14, 11), building="university", name="과학관", name__en="Science Hall"),
        _way(3, (1, 5, 2, 27, 10, 28, 6, 7, 26, 1), indoor="corridor", level="0;1", repeat_on="2-3"),
        _way(4, (26, 7, 6, 28, 29, 4, 26), indoor="room", room="class", level="1F", ref="101"),
        _way(
            5, (26, 7, 6, 28, 29, 4, 26), indoor="room", room="class", min_level="1", max_level="3", ref="X01"
        ),
        _way(6, (26, 7, 6, 28, 29, 4, 26), indoor="room", level="옥상", name="하늘정원"),
        _way(15, (28, 10, 27, 3, 29, 28), indoor="room", stairs="yes", level="0-3"),
        _way(7, (5, 20), highway="footway"),
        _way(8, (15, 21), highway="footway"),
        _way(9, (20, 22), highway="footway"),
        _way(10, (22, 24), highway="steps", incline="up", step_count="24"),
        _way(11, (24, 25), highway="footway", bridge="yes", layer="1", name="구름다리"),
        _way(12, (25, 23), highway="steps", incline="down"),
        _way(13, (23, 21), highway="footway", access="permissive"),
        _way(14, (21, 777, 778), highway="service", access="destination"),
    )


def test_the_korean_buildings_are_found_in_every_language(korean: Imported) -> None:
    library = korean.campus.get("way/1", Building)
    assert library.name == {
        "ko": "중앙도서관",
        "en": "Central Library",
        "zh": "中央图书馆",
        "ja": "中央図書館",
    }
    for name in [*library.name.values(), "중도"]:
        assert "way/1" in _found(korean, name), name
    assert (korean.campus.country, korean.campus.time_zone) == ("KR", "Asia/Seoul")


def test_korean_levels_repeat_and_are_counted_from_one(korean: Imported) -> None:
    campus = korean.campus
    assert set(_ordinals(korean, "way/1")) >= {-1, 0, 1, 2, 3, 4}
    corridors = sorted(campus.ordinal_of(u.level_id) for u in campus.of(Unit) if u.category == "walkway")
    assert corridors == [0, 1, 2, 3]
    rooms = {str(u.ref): set[float]() for u in campus.of(Unit)}
    for unit in campus.of(Unit):
        rooms[str(unit.ref)].add(campus.ordinal_of(unit.level_id))
    assert (rooms["101"], rooms["X01"]) == ({0}, {1, 2, 3})
    cafe = next(a for a in campus.of(Amenity) if a.id.startswith("node/30"))
    assert campus.ordinal_of(cafe.level_id) == 2


def test_the_korean_footbridge_is_a_storey_up(korean: Imported) -> None:
    ordinals = {str(n.id): n.ordinal for n in korean.campus.of(Node)}
    assert [ordinals[f"vertex/{i}"] for i in (22, 24, 25, 23)] == [0, 1, 1, 0]
    assert len(_components(korean)) == 1


def test_what_was_wrong_in_the_korean_file_is_told(korean: Imported) -> None:
    rules = Counter(r.rule for r in korean.repairs)
    assert {"osm.coordinates", "osm.missing_nodes", "osm.level", "osm.level_missing"} <= set(rules)
    assert {r.feature_id for r in korean.repairs if r.rule == "osm.level"} == {"way/6"}
    assert all(r.message.zh and r.message.en and r.remedy.zh and r.remedy.en for r in korean.repairs)


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """A hospital: an outpatient building with rooms, a ward block without, all inside a fence."""
    at = Sheet(121.44, 31.19, 1.17)
    return _read(
        tmp_path_factory.mktemp("chinese"),
        at.nodes((90, -50, -60), (91, 200, -60), (92, 200, 80), (93, -50, 80), (94, 60, -60)),
        at.nodes((1, 0, 0), (2, 60, 0), (3, 60, 40), (4, 0, 40), (6, 0, 15), (7, 60, 15), (8, 20, 15)),
        at.nodes((9, 40, 15), (10, 40, 40), (16, 20, 40), (17, 30.5, 15.1), (18, 32, 15.1), (50, 30, -20)),
        at.nodes((11, 120, 0), (12, 150, 0), (13, 150, 30), (14, 120, 30), (51, 135, -20), (52, 60, -20)),
        at.nodes((60, 1, 16), (61, 19.9, 16), (62, 19.9, 39), (63, 1, 39)),
        at.node(5, 30, 0, entrance="main", name="门诊大厅入口", wheelchair="yes"),
        at.node(64, 10, 16, door="yes"),
        at.node(15, 50, 15, door="sliding"),
        at.node(95, 60, -60, barrier="gate", name="南门", access="private", opening_hours="06:00-22:00"),
        at.node(70, 15, 5, amenity="pharmacy", name="西药房", level="０"),
        _way(
            80, (90, 95, 91, 92, 93, 90), amenity="hospital", barrier="fence",
            name="仁和医院", name__en="Renhe Hospital",
        ),
        _way(
            1, (1, 5, 2, 7, 3, 10, 16, 4, 6, 1), building="hospital", name="门诊楼", name__en="Outpatient Building",
            alt_name="一号楼；门诊部", old_name="外宾楼", addr__housenumber="12号", addr__street="健康路",
            building__levels="2",
        ),
        _way(
            2, (11, 12, 13, 14, 11), building="hospital", name="住院部", alt_name="病房大楼",
            addr__housenumber="14号", addr__street="健康路",
        ),
        _way(19, (1, 2, 3, 4, 1), indoor="level", level="1", name="门诊二层"),
        _way(3, (1, 5, 2, 7, 15, 9, 18, 17, 8, 6, 1), indoor="area", level="0", name="门诊大厅"),
        _way(4, (60, 64, 61, 62, 63, 60), indoor="room", level="0", ref="101", name="内科诊室"),
        _way(5, (8, 17, 18, 9, 10, 16, 8), indoor="room", level="0", name="急诊室", name__en="Emergency"),
        _way(6, (9, 15, 7, 3, 10, 9), indoor="room", room="toilets", level="0", wheelchair="yes"),
        _way(7, (17, 18), indoor="door", width="1.4"),
        _way(20, (5, 50), highway="footway", access="private"),
        _way(21, (50, 52, 51), highway="service", access="private"),
        _way(22, (52, 95), highway="service", access="private"),
    )  # fmt: skip


def test_the_chinese_buildings_are_found_by_old_and_other_names(chinese: Imported) -> None:
    for name in ("门诊楼", "Outpatient Building", "一号楼", "门诊部", "外宾楼"):
        assert "way/1" in _found(chinese, name), name
    assert "way/2" in _found(chinese, "病房大楼")
    assert {a.kind for a in chinese.campus.of(Alias) if a.text == "外宾楼"} == {"former"}
    assert {a.address for a in chinese.campus.of(Address)} == {"健康路12号", "健康路14号"}
    assert chinese.campus.name == {"zh": "仁和医院", "en": "Renhe Hospital"}


def test_the_chinese_rooms_have_levels_names_and_doors(chinese: Imported) -> None:
    campus = chinese.campus
    assert _ordinals(chinese, "way/1") == [0, 1]
    upper = next(lv for lv in campus.of(Level) if lv.ordinal == 1)
    assert (upper.name["zh"], upper.short_name["und"]) == ("门诊二层", "F2")
    assert Counter(u.category for u in campus.of(Unit))["restroom.wheelchair"] == 1
    assert campus.get("way/5", Unit).name == {"zh": "急诊室", "en": "Emergency"}
    door = campus.get("way/7", Opening)
    assert (door.width_m, campus.ordinal_of(door.level_id)) == (1.4, 0)
    pharmacy = next(a for a in campus.of(Amenity) if a.id.startswith("node/70"))
    assert campus.building_of(pharmacy.level_id) == "way/1"
    assert pharmacy.unit_ids == ("way/3",)


def test_the_chinese_campus_hangs_together_behind_its_private_gate(chinese: Imported) -> None:
    network = build_network(chinese.campus)
    assert {"private"} == {p.restriction for p in chinese.campus.of(Pathway)}
    assert chinese.campus.get("vertex/95", Node).extra["hours"] == "06:00-22:00"
    places = [FeatureId(i) for i in ("way/3", "way/4", "way/5", "way/2")]
    reached = {int(network.components[n]) for place in places for n in network.entrances[place]}
    assert len(reached) == 1
    assert set(network.components.tolist()) == reached
