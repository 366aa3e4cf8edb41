"""Compiling beside the server: told when done, kept while it holds, ended with who asked for it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from yuanli.bootstrap.compiling import compile_ahead, is_compiled

QUICK = "from yuanli.bootstrap import compiling; compiling.warm_up = lambda name: None; compiling.main()"
ENDLESS = """
import os, sys, time
from pathlib import Path
from yuanli.bootstrap import compiling
def begin(name):
    Path(sys.argv[1] + ".part").write_text(str(os.getpid()))
    os.replace(sys.argv[1] + ".part", sys.argv[1] + ".pid")
    time.sleep(600)
compiling.warm_up = begin
compiling.main()
"""
PARENT = """
import sys, time
from pathlib import Path
from yuanli.bootstrap.compiling import compile_ahead
compile_ahead(Path(sys.argv[1]), (sys.executable, "-c", sys.argv[2]))
time.sleep(600)
"""


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_what_is_compiled_is_not_compiled_again_until_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    record = tmp_path / "compiled.json"
    assert not is_compiled(record)
    stop = compile_ahead(record, (sys.executable, "-c", QUICK))
    wait_for(lambda: "The searches are" in caplog.text)
    assert "The searches are compiled." in caplog.text
    stop()
    kept = json.loads(record.read_text())
    kept["folders"] = [str(tmp_path)]
    record.write_text(json.dumps(kept))
    assert not is_compiled(record)
    (tmp_path / "kernel.nbi").touch()
    assert is_compiled(record)
    compile_ahead(record, ("no such program",))()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "elsewhere"))
    assert not is_compiled(record)


def test_what_cannot_be_compiled_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    compile_ahead(tmp_path / "record", ("no such program",))()
    assert "no such program" in caplog.text
    compile_ahead(tmp_path / "record", (sys.executable, "-c", "raise SystemExit(3)"))
    wait_for(lambda: "not all compiled (3)" in caplog.text)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_runs_after_all_others_and_ends_when_stopped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pid_file = tmp_path / "record.pid"
    stop = compile_ahead(tmp_path / "record", (sys.executable, "-c", ENDLESS))
    wait_for(pid_file.exists)
    pid = int(pid_file.read_text())
    assert os.getpriority(os.PRIO_PROCESS, pid) == 19
    stop()
    assert not is_alive(pid)
    assert "not all compiled" not in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_ends_when_the_server_is_killed(tmp_path: Path) -> None:
    server = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path / "record"), ENDLESS])
    wait_for((tmp_path / "record.pid").exists)
    pid = int((tmp_path / "record.pid").read_text())
    assert is_alive(pid)
    server.kill()
    server.wait()
    wait_for(lambda: not is_alive(pid))
