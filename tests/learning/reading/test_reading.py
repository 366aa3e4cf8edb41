"""All forms of file, and how they are refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from yuanli.learning import Example, InvalidDataError, load_examples

ROUTE = ("从北门到A座怎么走", (("origin", "北门"), ("destination", "A座")))
MARKED = "从[北门](origin)到[A座](destination)怎么走"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "nlu"


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InvalidDataError) as refused:
        load_examples(path)
    assert refused.value.message.zh != refused.value.message.en
    return refused.value.message.en


def said(example: Example) -> tuple[str, tuple[tuple[str, str], ...]]:
    return example.text, example.values()


def test_yaml_holds_blocks_and_lists_with_their_lines(tmp_path: Path) -> None:
    file = written(tmp_path / "a.yaml", "intent: route", "zh: |", "  北门怎么走", f"  {MARKED}", "en:",
                   "  - '10:30'", "  - how do I get to [A](destination)", "---",
                   "intent: hello", "zh: 你好")  # fmt: skip
    read = load_examples(file)
    assert [(e.label, e.language, int(e.origin.rpartition(":")[2])) for e in read] == [
        ("route", "zh", 3), ("route", "zh", 4), ("route", "en", 6), ("route", "en", 7), ("hello", "zh", 10)
    ]  # fmt: skip
    assert said(read[1]) == ROUTE
    assert read[2].text == "10:30"


def test_all_faults_of_a_yaml_are_told_with_their_lines(tmp_path: Path) -> None:
    file = written(tmp_path / "a.yaml", "intent: route", "zh:", "  - 从[北门(origin]走](x)", "  - 好", "  - '[a](b'",
                   "fr: salut", "zh: again", "---", "zh: 没有意图")  # fmt: skip
    message = refusal(file)
    assert all(f"a.yaml:{line}:" in message for line in (3, 5, 6, 7, 9))
    assert message.startswith("The data has 5 faults")


def test_at_most_twenty_faults_are_shown(tmp_path: Path) -> None:
    message = refusal(written(tmp_path / "a.jsonl", *["{"] * 33))
    assert "33 faults" in message
    assert message.count("a.jsonl:") == 20
    assert message.endswith("+13")


@pytest.mark.parametrize(
    "record",
    [
        {"text": MARKED},
        {"query": ROUTE[0], "slots": [{"type": "origin", "start": 1, "end": 3, "text": "北门"},
                                      {"type": "destination", "start": 4, "end": 6}]},
        {"text": ROUTE[0], "slots": {"origin": "北门", "destination": "a座", "floor": "3"}},
        {"text": ROUTE[0], "slots": {"origin": {"text": "北门", "span": [1, 3]}, "destination": "A座"}},
        {"text": ROUTE[0], "tokens": ["从", "北", "门", "到", "A座", "怎么走"],
         "tags": ["O", "B-origin", "I-origin", "O", "I-destination", "O"]},
        {"utt": ROUTE[0], "annot_utt": "从[origin : 北门]到[destination : A座]怎么走", "locale": "zh-CN"},
    ],
)  # fmt: skip
def test_a_record_says_its_spans_in_any_of_the_known_ways(tmp_path: Path, record: dict[str, object]) -> None:
    line = json.dumps(record | {"intent": "route"}, ensure_ascii=False)
    (example,) = load_examples(written(tmp_path / "a.jsonl", line))
    assert said(example) == ROUTE
    assert (example.label, example.language) == ("route", "zh")


def test_a_named_value_counts_only_where_it_stands_once_and_whole(tmp_path: Path) -> None:
    line = {
        "text": "turn on 5 lights in room 15, on now",
        "slots": {"state": "on", "count": 5, "room": "Room 15"},
    }
    (example,) = load_examples(written(tmp_path / "a.jsonl", json.dumps(line)))
    assert example.values() == (("count", "5"), ("room", "room 15"))


def test_the_parts_of_massive_are_told_apart(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": str(i), "locale": "en-US", "partition": part, "intent": "alarm_set",
                    "utt": "wake me at nine am", "annot_utt": "wake me at [time : nine am]"})
        for i, part in enumerate(["train", "dev", "train"])
    ]  # fmt: skip
    file = written(tmp_path / "en-US.jsonl", *lines)
    assert [len(load_examples(file, part=part)) for part in ("train", "dev", None)] == [2, 1, 3]
    assert load_examples(file, part="dev")[0].values() == (("time", "nine am"),)


def test_a_record_keeps_context_conditions_target_and_pair(tmp_path: Path) -> None:
    line = {
        "text": "三点",
        "context": ["要开会", "几点的？"],
        "conditions": ["typo"],
        "target": 3,
        "pair": "3:00",
    }
    (example,) = load_examples(written(tmp_path / "a.jsonl", json.dumps(line)))
    assert (example.context, example.tags, example.target, example.pair) == (
        "几点的？",
        frozenset({"typo"}),
        3.0,
        "3:00",
    )


def test_only_a_line_feed_ends_a_record(tmp_path: Path) -> None:
    line = json.dumps({"text": "a\u2028b\x85c"}, ensure_ascii=False)
    assert load_examples(written(tmp_path / "a.jsonl", line))[0].text == "a\u2028b\x85c"


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ("{", "no JSON"),
        ("3", "JSON object"),
        ('{"intent": "x"}', "no text"),
        ('{"text": "ab", "slots": [{"type": "x", "start": 0, "end": 3}]}', "out of the text"),
        ('{"text": "😀ab", "slots": [{"type": "x", "start": 2, "end": 4, "text": "ab"}]}', "not 'ab'"),
        ('{"text": "ab", "slots": [{"type": "x", "start": 0.5, "end": 1}]}', "wrong type"),
        ('{"text": "ab", "slots": [{"start": 0, "end": 1}]}', "wrong type"),
        ('{"text": "ab", "tokens": ["a", "c"], "tags": ["O", "O"]}', "'c' is not in"),
        ('{"text": "ab", "tokens": ["ab"], "tags": ["X-y"]}', "no BIO tag"),
        ('{"text": "ab", "tokens": ["ab"], "tags": []}', "1 words but 0 tags"),
        ('{"text": "ab", "target": NaN}', "finite"),
        ('{"utt": "ab", "annot_utt": "[x : [y : a]]b"}', "annot_utt"),
    ],
)
def test_a_broken_record_is_refused_with_its_line(tmp_path: Path, record: str, problem: str) -> None:
    message = refusal(written(tmp_path / "a.jsonl", '{"text": "fine"}', "", record))
    assert "a.jsonl:3: " in message
    assert problem in message


def test_a_list_of_records_is_read_with_lines(tmp_path: Path) -> None:
    file = written(
        tmp_path / "a.json", "[", '  {"text": "a"},', "  {", '   "text": "b"', "  },", '  {"text": 3}', "]"
    )
    assert "a.json:6: " in refusal(file)
    read = load_examples(written(tmp_path / "b.json", '[{"text": "a"},', "", '{"text": "b"}]'))
    assert [(e.text, e.origin[-1]) for e in read] == [("a", "1"), ("b", "3")]


def test_bio_files_stand_side_by_side(tmp_path: Path) -> None:
    folder = tmp_path / "atis" / "train"
    folder.mkdir(parents=True)
    written(folder / "seq.in", "fly to las vegas", "听 周 杰 伦 的 hip hop")
    written(folder / "seq.out", "O O B-city I-city", "O B-artist I-artist I-artist O I-genre I-genre")
    written(folder / "label", "flight", "play")
    for path in (folder, tmp_path):
        read = load_examples(path)
        assert [said(e) for e in read] == [
            ("fly to las vegas", (("city", "las vegas"),)),
            ("听周杰伦的hip hop", (("artist", "周杰伦"), ("genre", "hip hop"))),
        ]
        assert [e.label for e in read] == ["flight", "play"]


def test_bio_files_of_different_length_are_refused(tmp_path: Path) -> None:
    for name, lines in (("seq.in", ["a", "b"]), ("seq.out", ["O", "O"]), ("label", ["x"])):
        written(tmp_path / name, *lines)
    assert "seq.in 2, seq.out 2, label 1" in refusal(tmp_path)


def test_a_bio_line_with_too_few_tags_is_refused_with_its_line(tmp_path: Path) -> None:
    for name, lines in (("seq.in", ["a", "b c"]), ("seq.out", ["O", "O"]), ("label", ["x", "y"])):
        written(tmp_path / name, *lines)
    assert "seq.in:2: " in refusal(tmp_path)


def test_rasa_entities_have_types_values_and_roles(tmp_path: Path) -> None:
    file = written(
        tmp_path / "nlu.yml", 'version: "3.1"', "nlu:", "- intent: route", "  examples: |",
        '    - from [north gate](origin:gate_n) to [A301]{"entity": "place", "role": "end"}', "    - 去[食堂](place)",
        "- lookup: place", "  examples: |", "    - canteen", "- intent: hi", "  examples:", "  - text: |",
        "      - hello there",
    )  # fmt: skip
    read = load_examples(file)
    assert [(e.label, e.language, e.origin.rpartition(":")[2]) for e in read] == [
        ("route", "en", "5"), ("route", "zh", "6"), ("hi", "en", "13")
    ]  # fmt: skip
    assert read[0].values() == (("origin", "north gate"), ("place.end", "A301"))


@pytest.mark.parametrize("line", ['[a]{"role": "x"}', "[a]{x}", "to [a](b", "[[a](b)](c)"])
def test_a_broken_rasa_entity_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    file = written(
        tmp_path / "nlu.yml", "nlu:", "- intent: x", "  examples: |", "    - fine", f"    - {line}"
    )
    assert "nlu.yml:5: " in refusal(file)


@pytest.mark.parametrize(("name", "separator"), [("a.csv", ","), ("a.tsv", "\t"), ("b.csv", ";")])
def test_a_table_is_read_with_its_columns(tmp_path: Path, name: str, separator: str) -> None:
    rows = [["Text", "intent", "conditions"], [MARKED, "route", "typo"], ['"a\n\nb"', "hi", ""], ["", "", ""]]
    file = written(tmp_path / name, *(separator.join(row) for row in rows))
    read = load_examples(file)
    assert said(read[0]) == ROUTE
    assert (read[0].label, read[0].tags, read[1].text) == ("route", frozenset({"typo"}), "a\n\nb")


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["intent,label", "a,b"], "text is missing"),
        (["text,intent", "fine,x", "hello, world,greet"], "a.csv:3: more cells"),
        (["text,intent", '"a', "b,c"], "a.csv:2: broken table"),
        (["text,target", "a,many"], "a.csv:2: The target 'many'"),
        (["text,intent", "从[北门](origin,x"], "a.csv:2: The markup"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, lines: list[str], problem: str) -> None:
    assert problem in refusal(written(tmp_path / "a.csv", *lines))


def test_a_workbook_is_read_from_its_first_sheet(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["text", "label", "target"], [MARKED, "route", 2.5], [None, None, None], [301, "room", None]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    read = load_examples(tmp_path / "a.xlsx")
    assert said(read[0]) == ROUTE
    assert [(e.label, e.target, e.text) for e in read[1:]] == [("room", None, "301")]


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    assert "no workbook" in refusal(written(tmp_path / "a.xlsx", "text"))


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    written(tmp_path / "a.jsonl", '{"text": "a"}')
    (tmp_path / "more").mkdir()
    with gzip.open(tmp_path / "more" / "b.tsv.gz", "wt", encoding="utf-8") as file:
        file.write("text\tintent\nb\tx\n")
    written(tmp_path / "README.md", "no examples")
    assert [e.text for e in load_examples(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.yaml", "意图".encode("gbk"), "save it as UTF-8"),
        ("a.jsonl.gz", b"no gzip", "Not a gzipped file"),
        ("a.jsonl.gz", gzip.compress(b"x" * 999, mtime=0)[:-20], "a.jsonl.gz"),
        ("a.jsonl.gz", gzip.compress(bytes(range(256)), mtime=0)[:12] + b"\xff" * 200, "a.jsonl.gz"),
        ("a.txt", b"text", "unknown kind"),
        ("a.jsonl", b"", "no examples"),
        ("a.yaml", b"intent: [", "no YAML"),
    ],
)
def test_what_is_no_data_is_refused(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert problem in refusal(tmp_path / name)


def test_a_missing_file_and_an_unknown_format_are_refused(tmp_path: Path) -> None:
    assert "not found" in refusal(tmp_path / "a.jsonl")
    with pytest.raises(InvalidDataError, match="no format 'xml'"):
        load_examples(tmp_path, form="xml")


@pytest.mark.parametrize(
    ("name", "count"),
    [("atis/train.jsonl.gz", 4478), ("ha_intents/cases_en_dev.jsonl", 625), ("xsid_zh/dev.jsonl", 300)]
)  # fmt: skip
def test_public_data_is_read_whole(name: str, count: int) -> None:
    if not (SHARED / name).is_file():
        pytest.skip("the public data is not beside the repository")
    assert len(load_examples(SHARED / name)) == count
