"""The commands as a shell sees them: output, JSON, exit codes, errors without tracebacks."""

import json
from pathlib import Path

import pytest

from yuanli.cli import main
from yuanli.cli.printing import print_table
from yuanli.errors import Text

OSM = """<osm version="0.6"><bounds minlat="30" minlon="120" maxlat="30.01" maxlon="120.01"/>
<node id="1" lat="30.001" lon="120.001"/><node id="2" lat="30.001" lon="120.004"/>
<node id="3" lat="30.003" lon="120.004"><tag k="amenity" v="cafe"/><tag k="name" v="星光咖啡"/></node>
<node id="4" lat="30.003" lon="120.001"><tag k="barrier" v="gate"/><tag k="name" v="北门"/></node>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
<tag k="highway" v="footway"/></way></osm>"""


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.fixture
def osm(tmp_path: Path) -> Path:
    path = tmp_path / "park.osm"
    path.write_text(OSM, encoding="utf-8")
    return path


def test_a_map_is_imported_found_routed_exported_and_removed(
    capsys: pytest.CaptureFixture[str], osm: Path, tmp_path: Path
) -> None:
    store = ("--data-dir", str(tmp_path / "data"))
    code, out, _ = run(capsys, "campus", "import", str(osm), "--name", "小园", "--json", *store)
    campus_id = json.loads(out)["campus_id"]
    assert code == 0
    code, out, _ = run(capsys, "campus", "list", "--json", *store)
    assert [json.loads(line)["id"] for line in out.splitlines()] == [campus_id]
    code, out, _ = run(capsys, "campus", "find", "xgkf", "--json", *store)
    assert (code, json.loads(out.splitlines()[0])["name"]["zh"]) == (0, "星光咖啡")
    code, out, _ = run(capsys, "route", "北门", "星光咖啡", "--json", *store)
    assert code == 0
    assert json.loads(out)["distance_m"] == pytest.approx(289, rel=0.02)
    code, _, _ = run(capsys, "campus", "export", str(tmp_path / "out.zip"), "--format", "imdf", *store)
    assert (code, (tmp_path / "out.zip").is_file()) == (0, True)
    code, _, _ = run(capsys, "campus", "remove", campus_id, "--yes", *store)
    assert code == 0
    assert run(capsys, "campus", "list", "--json", *store)[1] == ""


def test_a_campus_that_is_stored_already_is_kept_unless_replaced(
    capsys: pytest.CaptureFixture[str], osm: Path, tmp_path: Path
) -> None:
    store = ("--data-dir", str(tmp_path / "data"))
    assert run(capsys, "campus", "import", str(osm), *store)[0] == 0
    code, out, _ = run(capsys, "campus", "import", str(osm), "--json", *store)
    assert (code, json.loads(out)["error"]) == (1, "campus_name_taken")
    assert run(capsys, "campus", "import", str(osm), "--replace", *store)[0] == 0


def test_many_requests_are_answered_a_line_each(
    capsys: pytest.CaptureFixture[str], osm: Path, tmp_path: Path
) -> None:
    lines = [
        {"from": "北门", "to": "星光咖啡"},
        {"from": "北门", "to": "qzqzqz"},
        {"from": "北门"},
        {"from": "北门", "to": "星光咖啡", "profile": "rocket"},
        {"from": "120.001,30.001", "to": "120.004,30.001,0", "at": "2026-05-11T10:00:00+08:00"},
    ]
    file = tmp_path / "requests.jsonl"
    file.write_text("\n".join([*map(json.dumps, lines), "not json"]), encoding="utf-8")
    code, out, _ = run(capsys, "route", "--file", str(file), "--campus", str(osm))
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [answer.get("error", "ok") for answer in answers] == [
        "ok", "place_not_found", "bad_request_line", "bad_route_request", "ok", "bad_request_line",
    ]  # fmt: skip
    assert all({"zh", "en"} == set(a["message"]) for a in answers if "error" in a)


def test_a_place_that_is_not_there_exits_with_1_and_a_hint(
    capsys: pytest.CaptureFixture[str], osm: Path
) -> None:
    code, out, err = run(capsys, "route", "北门", "星光咖非", "--campus", str(osm))
    assert code in (0, 1)
    code, out, err = run(capsys, "route", "北门", "qzqzqz", "--campus", str(osm))
    assert (code, out) == (1, "")
    assert "qzqzqz" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("campus", "import", "no-such-file.osm"),
        ("route", "--campus", "no-such-campus", "a", "b"),
        ("campus", "dance"),
        ("route", "a"),
        ("campus", "export", "x.zip", "--format", "dwg"),
        ("route", "--file", "no-such-file.jsonl"),
    ],
)
def test_bad_usage_ends_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.setenv("YUANLI_DATA_DIR", str(tmp_path))
    code, out, err = run(capsys, *arguments)
    assert code in (1, 2)
    assert "Traceback" not in out + err
    assert err


def test_understand_reads_texts_and_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = run(capsys, "understand", "从北门到A座301怎么走", "--json")
    assert (code, json.loads(out)["intent"]) == (0, "guidance_route")
    file = tmp_path / "said.jsonl"
    file.write_text(
        '{"text": "nearest toilet"}\n{"text": "北门", "context": "您从哪里出发？"}\n', encoding="utf-8"
    )
    code, out, _ = run(capsys, "understand", "--file", str(file), "--json")
    assert [json.loads(line)["intent"] for line in out.splitlines()] == ["guidance_nearest", "dialog_inform"]


def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("up", "route", "understand", "ask", "campus import", "campus find", "users add"):
        code, out, _ = run(capsys, *command.split(), "--help")
        assert code == 0
        assert "Example: yuanli" in out


def test_brackets_in_a_table_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_table((Text("名称", "Name"),), [("[/x] [red]hall[/red]",)])
    assert "[/x] [red]hall[/red]" in capsys.readouterr().out


def test_a_user_goes_on_with_the_conversation_of_the_store(
    capsys: pytest.CaptureFixture[str], osm: Path, tmp_path: Path
) -> None:
    store = ("--data-dir", str(tmp_path / "data"))
    assert run(capsys, "campus", "import", str(osm), *store)[0] == 0
    code, out, _ = run(capsys, "ask", "星光咖啡怎么走", "--user", "li", "--json", *store)
    question = json.loads(out)
    assert (code, question["move"], question["asks"]) == (0, "ask", "origin")
    code, out, _ = run(capsys, "ask", "北门", "--user", "li", "--json", *store)
    answer = json.loads(out)
    assert (code, answer["move"], answer["conversation"]) == (0, "answer", question["conversation"])
    assert answer["cards"][0]["kind"] == "route"
    code, out, _ = run(capsys, "ask", "北门", "--user", "wang", "--json", *store)
    assert json.loads(out)["cards"][0]["kind"] == "places"
