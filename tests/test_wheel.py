"""The wheel holds all that the product needs, and runs apart from the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "src" / "yuanli" / "api" / "static" / "index.html"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not STATIC.is_file():
        pytest.skip("the console is not built: make console")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_console_and_every_table(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "yuanli/api/static/index.html" in names
    tables = [p for p in (ROOT / "src").rglob("*") if p.suffix in (".yaml", ".csv", ".mako", ".py", ".typed")]
    missing = [p for p in tables if p.relative_to(ROOT / "src").as_posix() not in names]
    assert missing == []


def test_the_wheel_runs_apart_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(target), str(wheel)], check=True)
    environment = {**os.environ, "PYTHONPATH": str(target)}
    code = "import yuanli, sys; from yuanli.cli import main; print(yuanli.__file__); main(['--version'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    where, version = done.stdout.splitlines()
    assert where.startswith(str(target))
    assert version.startswith("yuanli ")
