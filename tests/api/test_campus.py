"""What is where, over HTTP: tree, map, features, search, edits, closures, files."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from fastapi.testclient import TestClient
from tests.api.house import MONDAY, Clock


def test_a_campus_opens_with_its_tree_and_bounds(visitor: TestClient) -> None:
    campus = visitor.get("/v1/campuses/small").json()
    assert campus["summary"]["counts"]["unit"] == 14
    west, south, east, north = campus["bounds"]
    assert west < campus["center"][0] < east
    assert south < campus["center"][1] < north
    assert east - west < 0.001
    assert campus["ordinals"] == [0.0, 1.0]
    (building,) = campus["buildings"]
    assert building["name"] == {"zh": "A座", "en": "Block A"}
    assert [level["ordinal"] for level in building["levels"]] == [0.0, 1.0]


def test_the_map_of_a_floor_has_its_rooms_and_doors(visitor: TestClient) -> None:
    drawing = visitor.get("/v1/campuses/small/map", params={"kind": "indoor", "ordinal": 1}).json()
    kinds = [feature["properties"]["feature_type"] for feature in drawing["features"]]
    assert (kinds.count("level"), kinds.count("unit"), kinds.count("opening")) == (1, 7, 6)
    room = next(feature for feature in drawing["features"] if feature["id"] == "room0-1")
    assert room["properties"]["label"] == {"zh": "200室", "en": "Room 200"}
    assert room["properties"]["level_id"] == "level-1"
    assert room["properties"]["building_id"] == "block-a"
    assert room["geometry"]["type"] == "Polygon"


def test_the_base_map_has_the_building(visitor: TestClient) -> None:
    drawing = visitor.get("/v1/campuses/small/map?kind=base").json()
    assert [feature["id"] for feature in drawing["features"]] == ["block-a"]


def test_a_map_is_sent_again_only_after_a_change(visitor: TestClient, operator: TestClient) -> None:
    url = "/v1/campuses/small/map?kind=indoor&ordinal=0"
    first = visitor.get(url)
    assert first.headers["content-encoding"] == "gzip"
    tag = {"If-None-Match": first.headers["etag"]}
    assert visitor.get(url, headers=tag).status_code == 304
    plain = visitor.get(url, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == first.json()
    operator.patch("/v1/campuses/small/features/room0-0", json={"name": {"zh": "茶室"}})
    again = visitor.get(url, headers=tag)
    assert again.status_code == 200
    assert "茶室" in again.text


def test_features_are_listed_by_table_level_and_text(visitor: TestClient) -> None:
    def listed(**asked: object) -> dict[str, object]:
        page: dict[str, object] = visitor.get("/v1/campuses/small/features", params=asked).json()  # type: ignore[arg-type]
        return page

    assert listed(type="unit")["total"] == 14
    assert listed(type="unit", level="level-1")["total"] == 7
    assert listed(q="202")["total"] == 1
    assert listed(type="spaceship")["total"] == 0
    page = listed(type="unit", offset=12, limit=5)
    assert len(page["items"]) == 2  # type: ignore[arg-type]


def test_a_feature_tells_where_it_is(visitor: TestClient) -> None:
    detail = visitor.get("/v1/campuses/small/features/room2-1").json()
    assert detail["level_name"]["zh"] == "2层"
    assert detail["building_name"]["en"] == "Block A"
    assert detail["spot"]["ordinal"] == 1.0
    assert detail["feature"]["geometry"]["type"] == "Polygon"


def test_a_place_is_found_by_name_and_a_misspelt_one_suggested(visitor: TestClient) -> None:
    found = visitor.get("/v1/campuses/small/find", params={"q": "Room 203", "language": "en"}).json()
    assert found["hits"][0]["feature_id"] == "room3-1"
    assert found["hits"][0]["label"]["en"]


def test_an_edit_is_a_revision_that_can_be_undone(operator: TestClient) -> None:
    url = "/v1/campuses/small/features/room0-0"
    body = {"why": "改名", "name": {"zh": "茶室"}, "hours": "Mo-Fr 08:00-20:00",
            "aliases": [{"language": "zh", "text": "水吧"}]}  # fmt: skip
    edited = operator.patch(url, json=body).json()
    assert edited["revision"] == 2
    assert edited["feature"]["feature"]["properties"]["name"] == {"zh": "茶室"}
    assert edited["feature"]["aliases"][0]["text"] == "水吧"
    latest = operator.get("/v1/campuses/small/revisions").json()[0]
    assert (latest["number"], latest["who"], latest["why"]) == (2, "operator", "改名")
    assert latest["at"] == MONDAY.isoformat().replace("+00:00", "Z")
    assert operator.post("/v1/campuses/small/revisions/2/undo", json={"why": "看错了"}).json()["number"] == 3
    assert operator.get(url).json()["feature"]["properties"]["name"]["zh"] == "100室"
    assert operator.post("/v1/campuses/small/revisions/1/undo", json={}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"hours": "whenever"},
        {"name": {"zh": ""}},
        {"name": {"not a language": "x"}},
        {"accessibility": ["wings"]},
        {"aliases": [{"language": "zh", "text": "x", "kind": "nick"}]},
        {"colour": "red"},
    ],
)
def test_a_bad_edit_is_refused_and_changes_nothing(operator: TestClient, body: dict[str, object]) -> None:
    assert operator.patch("/v1/campuses/small/features/room0-0", json=body).status_code == 422
    assert len(operator.get("/v1/campuses/small/revisions").json()) == 1


def test_a_closure_begins_ends_and_can_be_taken_back(operator: TestClient, clock: Clock) -> None:
    url = "/v1/campuses/small/closures"
    body = {"feature_ids": ["lift-0"], "reason": {"zh": "检修", "en": "maintenance"},
            "ends_at": "2026-03-02T12:00:00+08:00"}  # fmt: skip
    made = operator.post(url, json=body)
    assert made.status_code == 201, made.text
    closure = operator.get(url).json()[0]
    assert closure["active"] is True
    assert "电梯" in closure["labels"][0]["zh"]
    clock.forward(3 * 3600)
    assert operator.get(url).json()[0]["active"] is False
    assert operator.delete(f"{url}/{closure['id']}").status_code == 204
    assert operator.get(url).json() == []
    assert operator.delete(f"{url}/{closure['id']}").status_code == 404


def test_an_area_can_be_closed(operator: TestClient) -> None:
    square = {"type": "Polygon", "coordinates": [[[120, 30], [120.0001, 30], [120.0001, 30.0001], [120, 30]]]}
    made = operator.post("/v1/campuses/small/closures", json={"geometry": square, "ordinal": 0})
    assert made.json()["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"feature_ids": ["nothing"]},
        {"geometry": {"type": "Blob"}},
        {"geometry": {"type": "Polygon", "coordinates": [[[1, 2]]]}},
        {"geometry": {"type": "Polygon", "coordinates": []}},
        {"geometry": {"type": "Point", "coordinates": [5000, 5000]}},
        {"feature_ids": ["lift-0"], "starts_at": "2026-03-02T12:00:00"},
        {"feature_ids": ["lift-0"], "starts_at": "2026-03-02T12:00:00Z", "ends_at": "2026-03-01T12:00:00Z"},
    ],
)
def test_a_bad_closure_is_refused(operator: TestClient, body: dict[str, object]) -> None:
    assert operator.post("/v1/campuses/small/closures", json=body).status_code in (404, 422)
    assert operator.get("/v1/campuses/small/closures").json() == []


def test_the_check_names_findings_in_both_languages(operator: TestClient) -> None:
    report = operator.get("/v1/campuses/small/check").json()
    assert sum(report["counts"].values()) == len(report["findings"])
    for finding in report["findings"]:
        assert finding["message"]["zh"]
        assert finding["remedy"]["en"]


def test_a_campus_is_exported_as_imdf_geojson_and_csv(visitor: TestClient) -> None:
    imdf = visitor.get("/v1/campuses/small/export?format=imdf")
    assert "small.zip" in imdf.headers["content-disposition"]
    assert "unit.geojson" in zipfile.ZipFile(io.BytesIO(imdf.content)).namelist()
    geojson = visitor.get("/v1/campuses/small/export?format=geojson")
    assert geojson.headers["content-type"].startswith("application/")
    rows = list(csv.DictReader(io.StringIO(visitor.get("/v1/campuses/small/export?format=csv").text)))
    assert len(rows) >= 8


def test_a_qr_code_holds_the_deep_link(visitor: TestClient) -> None:
    reply = visitor.get("/v1/campuses/small/qr", params={"to": "room0-0"})
    assert reply.headers["content-type"] == "image/svg+xml"
    assert reply.text.startswith("<svg")
    assert reply.headers["x-link"] == "http://testserver/go?campus=small&to=room0-0"


def test_about_names_licences_and_attributions_and_the_folder_only_to_admins(
    visitor: TestClient, admin: TestClient
) -> None:
    about = visitor.get("/v1/about").json()
    assert {"campus_id": "small", "attribution": "© the yuanli developers"} in about["attributions"]
    assert "fastapi" in [part["name"].lower() for part in about["licences"]]
    assert all(part["licence"] for part in about["licences"])
    assert about["installation"] is None
    assert "yuanli.db" in admin.get("/v1/about").json()["installation"]["database"]


def test_a_removed_campus_is_gone(admin: TestClient) -> None:
    assert admin.delete("/v1/campuses/small").status_code == 204
    assert admin.get("/v1/campuses").json() == []
    assert admin.get("/v1/campuses/small/map").status_code == 404
