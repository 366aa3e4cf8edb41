"""The house rules that no linter knows: front doors, pages for everything public, running docs."""

import ast
import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from yuanli.campus.checks.running import all_advice
from yuanli.operations import Kind

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "yuanli"
PACKAGES = sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))


def modules() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_front_door_has_a_question_and_a_sorted_all(package: str) -> None:
    door = importlib.import_module(f"yuanli.{package}")
    assert door.__doc__
    assert door.__doc__.strip().endswith("?")
    assert sorted(door.__all__) == sorted(set(door.__all__))
    assert all(hasattr(door, name) for name in door.__all__)


def test_other_packages_are_entered_by_the_front_door() -> None:
    deep = []
    for path in modules():
        own = path.relative_to(SOURCE).parts[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("yuanli."):
                _, package, *rest = node.module.split(".")
                if rest and package != own:
                    deep.append(f"{path.relative_to(ROOT)}: {node.module}")
    assert deep == []


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_has_its_page(package: str) -> None:
    assert (ROOT / "docs" / f"{package}.md").is_file()


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)\)", prose):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} → {target}")
    assert broken == []


def python_blocks() -> list[tuple[str, str]]:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return [
        (f"{page.relative_to(ROOT)}-{number}", block)
        for page in pages
        for number, block in enumerate(re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL))
    ]


@pytest.mark.parametrize("block", [pytest.param(block, id=name) for name, block in python_blocks()])
def test_the_examples_of_the_docs_run(block: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_doctests_hold() -> None:
    failed = []
    for path in modules():
        if ">>>" in path.read_text("utf-8"):
            name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
            if doctest.testmod(importlib.import_module(name)).failed:
                failed.append(name)
    assert failed == []


def test_every_message_to_a_person_is_in_both_languages() -> None:
    """A `Text` with literal parts has Chinese characters in the first and none in the second."""
    wrong = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text"
            ):
                continue
            parts = [part for part in node.args[:2] if isinstance(part, ast.Constant)]
            if len(parts) == 2 and all(isinstance(part.value, str) and part.value for part in parts):
                zh, en = (str(part.value) for part in parts)
                chinese_in_en = zh != en and re.search("[一-鿿]", en) and not re.search("[“\"'(]", en)
                english_in_zh = re.search("[a-z]{4,} [a-z]{3,} [a-z]{3,}", zh) and not re.search(
                    "[一-鿿]", zh
                )
                if chinese_in_en or english_in_zh:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_of_the_check_has_a_name_in_the_console(language: str) -> None:
    names = (ROOT / "web" / "src" / "i18n" / f"rules.{language}.ts").read_text("utf-8")
    network = (ROOT / "src" / "yuanli" / "routing" / "checks.py").read_text("utf-8")
    rules = {advice.rule for advice in all_advice()} | set(re.findall(r'rule="(\w+)"', network))
    assert rules == set(re.findall(r"^  (\w+):", names, re.M))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_and_move_of_the_dialogue_has_words_in_the_why_panel(language: str) -> None:
    said = r'"(\w+)"(?: if [^"\n]+ else "(\w+)")?'
    sources = [path.read_text("utf-8") for path in (ROOT / "src/yuanli/operations/dialogue").glob("*.py")]
    found = [match for text in sources for match in re.findall(rf"turn, {said}|\brule = {said}", text)]
    rules = {name for names in found for name in names if name}
    words = (ROOT / "web" / "src" / "i18n" / f"{language}.ts").read_text("utf-8")
    why = words[words.index("\n  why: {") :]
    for key, wanted in (("rule", rules), ("move", {kind.value for kind in Kind})):
        block = why[why.index(f"    {key}: {{") :]
        assert wanted == set(re.findall(r"(\w+): \"", block[: block.index("\n    },")]))
