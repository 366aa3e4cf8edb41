"""The list of commands: quick, and in each command's own words."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from yuanli.cli.app import build_app
from yuanli.cli.parts import PARTS


def words(wanted: str | None, name: str) -> str:
    group = typer.main.get_command(build_app(wanted))
    command = group.commands[name]  # type: ignore[attr-defined]
    return str(command.help).strip().splitlines()[0]


@pytest.mark.parametrize("name", PARTS)
def test_the_list_tells_a_command_as_the_command_does(name: str) -> None:
    assert words(None, name) == words(name, name)


def test_the_list_loads_none_of_the_commands() -> None:
    code = (
        "import sys; from yuanli.cli.app import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print([name for name in ('numpy', 'yuanli.operations') if name in sys.modules])"
    )
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "reserve" in listed.stdout
    assert listed.stdout.rstrip().endswith("[]")
