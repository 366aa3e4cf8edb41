"""Data sets and their labelling over HTTP, from upload to the examples that are learned from."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook
from tests.api.test_errors import check_shape

from yuanli.bootstrap import House
from yuanli.learning import load_examples

YAML = """intent: guidance_route
zh: |
  从[北门](origin)到[食堂](destination)
  去[A座301](destination)
en: |
  take me to the [library](destination) 🍜
---
intent: guidance_locate
zh: |
  [食堂](place)在哪
"""
MASSIVE = {
    "id": "0", "locale": "zh-CN", "partition": "train", "intent": "alarm_set", "utt": "五点叫我",
    "annot_utt": "[time : 五点] 叫我",
}  # fmt: skip


def upload(client: TestClient, *files: tuple[str, str | bytes], **fields: Any) -> Any:
    return client.post(
        "/v1/datasets", data={"name": "例句"} | fields, files=[("files", file) for file in files]
    )


def added(client: TestClient, *files: tuple[str, str | bytes], **fields: Any) -> dict[str, Any]:
    reply = upload(client, *files or (("a.yaml", YAML),), **fields)
    assert reply.status_code == 201, reply.text
    kept: dict[str, Any] = reply.json()
    return kept


def say(client: TestClient, place: str, label: str, *spans: tuple[int, int, str], version: int = 0) -> Any:
    body = {"label": label, "spans": [{"start": a, "end": b, "type": t} for a, b, t in spans]}
    return client.put(f"/v1/datasets/{place}", json=body | {"version": version})


def excel() -> bytes:
    book, out = Workbook(), BytesIO()
    assert book.active is not None
    for row in (("text", "intent"), ("去[食堂](place)", "go"), ("好", "yes")):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("files", "labels", "types"),
    [
        ([("a.jsonl", json.dumps(MASSIVE))], ["alarm_set"], ["time"]),
        ([("a.csv", "text,intent\n去[食堂](place),go\n好,yes\n")], ["go", "yes"], ["place"]),
        ([("a.xlsx", excel())], ["go", "yes"], ["place"]),
        (
            [("a.yml", "nlu:\n- intent: go\n  examples: |\n    - 去[食堂](place)\n")],
            ["go"],
            ["place"],
        ),
        (
            [("seq.in", "fly to Rome\n"), ("seq.out", "O O B-city\n"), ("label", "flight\n")],
            ["flight"],
            ["city"],
        ),
    ],
)
def test_every_known_form_is_taken(
    operator: TestClient, files: list[tuple[str, str | bytes]], labels: list[str], types: list[str]
) -> None:
    kept = added(operator, *files)
    assert (kept["labels"], kept["span_types"]) == (labels, types)
    assert (kept["uploaded_by"], kept["reviewers"]) == ("operator", 2)


def test_a_file_with_faults_is_refused_whole_with_its_lines(operator: TestClient, house: House) -> None:
    lines = [json.dumps({"text": "好", "intent": "yes"}), "{", json.dumps({"intent": "no"})]
    reply = upload(operator, ("mine.jsonl", "\n".join(lines)))
    check_shape(reply)
    assert (reply.status_code, reply.json()["error"]) == (422, "invalid_data")
    message = reply.json()["message"]["zh"]
    assert "mine.jsonl:2" in message
    assert "mine.jsonl:3" in message
    assert str(house.settings.data_dir) not in reply.text
    assert operator.get("/v1/datasets").json() == []
    assert not list((house.settings.data_dir / "uploads").iterdir())


@pytest.mark.parametrize(
    ("file", "fields", "error"),
    [
        (("a.pdf", "x"), {}, "invalid_data"),
        (("a.jsonl", ""), {}, "invalid_data"),
        (("a.jsonl", '{"text": "\\ud83c", "intent": "x"}'), {}, "invalid_data"),
        (("a.jsonl", json.dumps({"text": "好" * 3000})), {}, "invalid_data"),
        (("a.jsonl", b"\xff\xfe"), {}, "invalid_data"),
        (("a.yaml.gz", "x"), {}, "bad_dataset"),
        (("a.yaml", YAML), {"format": "dance"}, "invalid_data"),
        (("a.yaml", YAML), {"reviewers": 9}, "invalid_input"),
        (("a.yaml", YAML), {"name": " "}, "invalid_input"),
    ],
)
def test_what_can_not_be_a_data_set_is_refused(
    operator: TestClient, file: tuple[str, str | bytes], fields: dict[str, Any], error: str
) -> None:
    reply = upload(operator, file, **fields)
    check_shape(reply)
    assert (reply.status_code, reply.json()["error"]) == (422, error)
    assert "/uploads/" not in reply.text


def test_the_same_content_is_kept_once(operator: TestClient) -> None:
    first = added(operator)
    assert upload(operator, ("b.yaml", YAML)).json()["error"] == "dataset_exists"
    assert added(operator, ("b.yaml", YAML), name="other")["version"] == first["version"]


def test_a_data_set_tells_what_it_is_made_of_and_what_is_wrong(operator: TestClient) -> None:
    kept = added(operator, ("a.yaml", YAML + "  [食堂](place)在哪\n"))
    detail = operator.get(f"/v1/datasets/{kept['id']}").json()
    assert detail["statistics"]["labels"] == {"guidance_route": 3, "guidance_locate": 2}
    assert detail["statistics"]["languages"] == {"zh": 4, "en": 1}
    assert detail["finding_counts"]["duplicate"] == 1
    duplicate = next(f for f in detail["findings"] if f["kind"] == "duplicate")
    assert duplicate["origin"] == "a.yaml:11"


def test_leaks_between_two_data_sets_are_told(operator: TestClient) -> None:
    train, test = added(operator), added(operator, ("b.yaml", YAML.replace("在哪", "在哪！")), name="test")
    report = operator.get(f"/v1/datasets/{test['id']}/leaks", params={"train": train["id"]}).json()
    assert (report["count"], report["kinds"]) == (4, {"exact": 3, "normalised": 1})
    assert operator.get(f"/v1/datasets/{test['id']}/leaks", params={"train": "x"}).status_code == 404


def test_an_export_is_read_back_as_it_was_uploaded(operator: TestClient, tmp_path: Path) -> None:
    tricky = json.dumps({"text": "a >>> b", "intent": "x", "slots": [{"type": "t", "start": 0, "end": 1}]})
    for name, file in (("y", ("a.yaml", YAML)), ("j", ("a.jsonl", tricky))):
        kept = added(operator, file, name=name)
        reply = operator.get(f"/v1/datasets/{kept['id']}/export")
        assert reply.headers["content-type"].startswith("application/x-ndjson")
        (path := tmp_path / "back.jsonl").write_bytes(reply.content)
        (given := tmp_path / file[0]).write_text(file[1], "utf-8")
        assert [(e.text, e.label, e.spans) for e in load_examples(path)] == [
            (e.text, e.label, e.spans) for e in load_examples(given)
        ]


def test_two_people_label_an_administrator_decides_and_the_rest_is_learned_from(
    operator: TestClient, admin: TestClient, tmp_path: Path
) -> None:
    kept = added(operator)["id"]
    task = operator.get(f"/v1/datasets/{kept}/next").json()
    assert (task["task"]["position"], task["task"]["text"], task["task"]["mine"]) == (0, "从北门到食堂", None)
    assert task["progress"] == {"total": 4, "mine": 0, "left": 4, "full": 0}
    route = ((1, 3, "origin"), (4, 6, "destination"))
    said = say(operator, f"{kept}/examples/0/label", "guidance_route", *route)
    assert (said.status_code, said.json()["version"]) == (200, 1)
    assert operator.get(f"/v1/datasets/{kept}/next").json()["task"]["position"] == 1
    assert admin.get(f"/v1/datasets/{kept}/examples/0").json()["mine"] is None
    assert operator.get(f"/v1/datasets/{kept}/examples/0").json()["mine"]["label"] == "guidance_route"
    early = say(admin, f"{kept}/examples/0/decision", "guidance_route")
    assert (early.status_code, early.json()["error"]) == (409, "not_labelled_yet")

    say(admin, f"{kept}/examples/0/label", "guidance_route", route[0])
    for client in (operator, admin):
        say(client, f"{kept}/examples/2/label", "guidance_route", (15, 22, "destination"))
    report = operator.get(f"/v1/datasets/{kept}/agreement").json()
    assert report["states"] == {"open": 2, "agreed": 1, "disputed": 1, "decided": 0}
    (pair,) = report["pairs"]
    assert (pair["first"], pair["second"], pair["count"], pair["same_label"]) == ("admin", "operator", 2, 1.0)
    assert pair["kappa"] == 1.0
    assert pair["span_f1"] == pytest.approx(2 * 2 / 5)
    assert pair["exact"] == 0.5

    page = operator.get(f"/v1/datasets/{kept}/disagreements").json()
    assert page["total"] == 1
    assert [a["reviewer"] for a in page["items"][0]["annotations"]] == ["admin", "operator"]
    assert operator.get(f"/v1/datasets/{kept}/disagreements", params={"state": "open"}).json()["total"] == 0
    decided = say(admin, f"{kept}/examples/0/decision", "guidance_route", *route)
    assert decided.json()["decision"]["reviewer"] == "admin"
    late = say(operator, f"{kept}/examples/0/label", "guidance_locate", version=1)
    assert (late.status_code, late.json()["error"]) == (409, "already_decided")

    path = tmp_path / "final.jsonl"
    path.write_bytes(operator.get(f"/v1/datasets/{kept}/export", params={"labels": "final"}).content)
    first, second = load_examples(path)
    assert [(s.start, s.end, s.type) for s in first.spans] == list(route)
    assert (second.text, second.values()) == ("take me to the library 🍜", (("destination", "library"),))
    provenance = json.loads(path.read_text("utf-8").splitlines()[0])["provenance"]
    assert (provenance["reviewers"], provenance["adjudicated_by"]) == (["admin", "operator"], "admin")


def test_who_saves_an_old_version_is_told(operator: TestClient) -> None:
    place = f"{added(operator)['id']}/examples/1/label"
    assert say(operator, place, "guidance_route").status_code == 200
    stale = say(operator, place, "guidance_locate")
    check_shape(stale)
    assert (stale.status_code, stale.json()["error"]) == (409, "label_conflict")
    assert say(operator, place, "guidance_locate", version=1).json()["version"] == 2


@pytest.mark.parametrize(
    ("label", "spans", "error"),
    [
        ("dance", (), "bad_label"),
        (None, (), "bad_label"),
        ("guidance_route", ((0, 1, "shoe"),), "bad_label"),
        ("guidance_route", ((0, 99, "origin"),), "invalid_example"),
        ("guidance_route", ((2, 2, "origin"),), "invalid_example"),
        ("guidance_route", ((0, 2, "origin"), (1, 3, "place")), "invalid_example"),
    ],
)
def test_a_label_that_can_not_be_is_refused(
    operator: TestClient, label: Any, spans: tuple[tuple[int, int, str], ...], error: str
) -> None:
    kept = added(operator)["id"]
    reply = say(operator, f"{kept}/examples/2/label", label, *spans)
    check_shape(reply)
    assert (reply.status_code, reply.json()["error"]) == (422, error)
    assert operator.get(f"/v1/datasets/{kept}/next").json()["progress"]["mine"] == 0


def test_the_names_of_the_catalogue_may_be_used_where_the_data_shares_them(operator: TestClient) -> None:
    assert "cleaning_request" not in added(operator, ("a.csv", "text,intent\n好,yes\n"))["labels"]
    shared = added(operator)
    assert {"guidance_route", "out_of_scope"} <= set(shared["labels"])
    bare = added(operator, ("a.csv", "text\n好\n"), name="bare")
    assert bare["labels"] == shared["labels"]
    spans_only = added(operator, ("a.csv", "text\n[好](x)\n"), name="spans")
    assert (spans_only["labels"], spans_only["span_types"]) == ([], ["x"])
    assert say(operator, f"{spans_only['id']}/examples/0/label", None).status_code == 200  # type: ignore[arg-type]


def test_with_one_reviewer_a_label_is_final(operator: TestClient, admin: TestClient) -> None:
    kept = added(operator, reviewers=1)["id"]
    say(operator, f"{kept}/examples/0/label", "guidance_locate")
    assert admin.get(f"/v1/datasets/{kept}/next").json()["task"]["position"] == 1
    lines = operator.get(f"/v1/datasets/{kept}/export", params={"labels": "final"}).text.splitlines()
    assert [json.loads(line)["intent"] for line in lines] == ["guidance_locate"]


def test_a_data_set_is_forgotten(operator: TestClient, member: TestClient) -> None:
    kept = added(operator)["id"]
    assert member.delete(f"/v1/datasets/{kept}").status_code == 403
    assert operator.delete(f"/v1/datasets/{kept}").status_code == 204
    assert operator.delete(f"/v1/datasets/{kept}").status_code == 404
    for path in ("", "/next", "/examples/0", "/agreement", "/disagreements", "/export", "/leaks?train=x"):
        assert operator.get(f"/v1/datasets/{kept}{path}").status_code == 404, path
    assert say(operator, f"{kept}/examples/0/label", "x").status_code == 404
