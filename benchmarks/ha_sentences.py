"""Sentences drawn at random from the grammar of Home Assistant, to train on: a template's choices, lists and rules.

python benchmarks/ha_sentences.py ../shared/data/nlu/ha_intents -o runs/ha-sentences [--each 60] [--seed 0]

Needs `hassil`, the grammar's own parser (`pip install hassil`). The test sentences are only read to leave them out.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import hassil.expression as ast
import yaml
from hassil import parse_sentence

NUMBERS = [str(n) for n in (*range(1, 31), 40, 45, 50, 60, 70, 75, 80, 90, 100)]
FREE = {
    "en": {
        "message": ["dinner is ready", "time to go", "the meeting starts now", "please come downstairs"],
        "item": ["milk", "apples", "bread", "call the dentist", "two lemons", "paint", "water the plants"],
        "name": ["pizza", "laundry", "tea", "homework", "workout"],
        "conversation_command": ["turn off the lights", "open the blinds", "lock the door"],
        "search_query": ["the beatles", "jazz", "dark side of the moon", "queen", "the news"],
    },
    "zh-CN": {
        "message": ["吃饭了", "该出发了", "会议马上开始", "请大家下楼"],
        "item": ["牛奶", "苹果", "面包", "两个柠檬", "交电费", "洗衣液"],
        "name": ["披萨", "洗衣服", "泡茶", "作业", "锻炼"],
        "conversation_command": ["关灯", "打开窗帘", "锁门"],
        "search_query": ["周杰伦", "爵士乐", "新闻", "钢琴曲"],
    },
}
"""What a speaker may say where the grammar takes any words."""


class Grammar:
    """The templates of one language, with the names of its test homes."""

    def __init__(self, folder: Path, language: str) -> None:
        code = language.replace("-", "_").lower()
        self._language = language
        self._documents: Mapping[str, Any] = json.loads((folder / f"grammar_{code}.json").read_text("utf-8"))
        self._rules = {k: parse_sentence(v) for k, v in self._merged("rules", "expansion_rules").items()}
        self._lists = self._merged("lists", "lists")
        homes = _homes(folder, code)
        self._homes = {"area": _names(homes, "areas"), "floor": _names(homes, "floors")}
        self._things = [
            (name, thing.get("domain") or thing["id"].partition(".")[0])
            for home in homes for thing in home.get("entities", ()) for name in _said_as(thing)
        ]  # fmt: skip
        self._domains: Sequence[str] = ()

    def sentences(self, rng: Random, each: int) -> list[tuple[str, str]]:
        """Return pairs of intent and sentence, up to `each` a template file."""
        drawn: dict[tuple[str, str], None] = {}
        for path, document in self._documents.items():
            if "data" in document:
                blocks = [(block, t) for block in document["data"] for t in block["sentences"]]
                for _ in range(each):
                    block, template = rng.choice(blocks)
                    self._domains = block.get("name_domains", ())
                    said = self._said(parse_sentence(template).expression, rng)
                    drawn[path.split("/")[2], re.sub(r"\s+", " ", said).strip()] = None
        return list(drawn)

    def _merged(self, kind: str, key: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path, document in self._documents.items():
            found |= document.get(key, {}) if path.startswith((kind, "sentences")) else {}
        return found

    def _said(self, part: ast.Expression, rng: Random) -> str:
        match part:
            case ast.TextChunk():
                return str(part.original_text)
            case ast.Alternative():
                return self._said(rng.choice(part.items), rng)
            case ast.Permutation():
                return " ".join(self._said(p, rng) for p in rng.sample(part.items, len(part.items)))
            case ast.Group():
                return "".join(self._said(p, rng) for p in part.items)
            case ast.RuleReference():
                return self._said(self._rules[part.rule_name].expression, rng)
            case ast.ListReference():
                return self._value(part, rng)
        raise TypeError(part)

    def _value(self, part: ast.ListReference, rng: Random) -> str:
        values = self._lists.get(part.list_name, {}).get("values")
        if values:
            value = rng.choice(values)
            template = value["in"] if isinstance(value, dict) else value
            return self._said(parse_sentence(str(template)).expression, rng)
        if part.list_name == "name":
            fitting = [name for name, domain in self._things if domain in self._domains]
            return rng.choice(fitting or [name for name, _ in self._things])
        for name in (part.list_name, part.slot_name):
            words = self._homes.get(name) or FREE[self._language].get(name)
            if words:
                return rng.choice(words)
        return rng.choice(NUMBERS)


def _homes(folder: Path, code: str) -> list[dict[str, Any]]:
    lines = (folder / f"fixtures_{code}.jsonl").read_text("utf-8").splitlines()
    common = folder / f"fixtures_{code}_common.yaml"
    return [json.loads(line) for line in lines] + (
        [yaml.safe_load(common.read_text("utf-8"))] if common.exists() else []
    )


def _names(homes: Sequence[Mapping[str, Any]], kind: str) -> list[str]:
    return sorted({name for home in homes for thing in home.get(kind, ()) for name in _said_as(thing)})


def _said_as(thing: Mapping[str, Any]) -> list[str]:
    return re.findall(r"[^()|\[\]]+", str(thing["name"]))


def write(folder: Path, output: Path, *, each: int, seed: int) -> tuple[int, int]:
    """Write `train.jsonl`, drawn from the grammars, and `dev.jsonl`, the test sentences; return how many each."""
    rng = Random(seed)
    tests = [
        json.loads(line)
        for path in sorted(folder.glob("cases_*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    known = {test["text"].casefold() for test in tests}
    drawn = [
        {"text": text, "intent": intent, "language": language[:2]}
        for language in FREE
        for intent, text in Grammar(folder, language).sentences(rng, each)
        if text.casefold() not in known
    ]
    dev = [{"text": t["text"], "intent": t["intent"], "language": t["id"][:2]} for t in tests]
    output.mkdir(parents=True, exist_ok=True)
    for name, rows in (("train", drawn), ("dev", dev)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (output / f"{name}.jsonl").write_text(lines, "utf-8")
    return len(drawn), len(dev)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(write(given.folder, given.output, each=given.each, seed=given.seed))
