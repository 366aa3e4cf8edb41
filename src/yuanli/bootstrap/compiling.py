"""Compiling the searches ahead, in a process of its own beside the server, so that the first plans need not wait."""

from __future__ import annotations

import json
import logging
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import Thread

from yuanli import planning, scheduling
from yuanli.operations import PLANNING_KINDS, SCHEDULING_KINDS, warm_up

CODE = "from yuanli.bootstrap.compiling import main; main()"
NICENESS = 19
STOP_S = 10
log = logging.getLogger(__name__)


def compile_ahead(
    record: Path, command: Sequence[str] = (sys.executable, "-P", "-c", CODE)
) -> Callable[[], None]:
    """Compile beside this process what `record` does not know as compiled; return what ends that."""
    if is_compiled(record):
        return lambda: None
    try:
        process = subprocess.Popen([*command, str(record)], stdin=subprocess.PIPE, process_group=0)
    except OSError as error:
        log.warning("The searches can't be compiled ahead; the first plans wait for it: %s", error)
        return lambda: None
    if sys.platform != "win32":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)

    def tell() -> None:
        with process:
            code = process.wait()
        if code == 0:
            log.info("The searches are compiled.")
        elif code != -signal.SIGTERM:
            log.warning("The searches are not all compiled (%d); the first plans wait for it.", code)

    Thread(target=tell, name="compiling", daemon=True).start()

    def stop() -> None:
        process.terminate()
        process.wait(STOP_S)

    return stop


def is_compiled(record: Path) -> bool:
    """Return whether what a process compiled is still there, and was compiled from what is here now."""
    try:
        kept = json.loads(record.read_text("utf-8"))
        return kept["of"] == _fingerprint() and all(any(Path(one).glob("*.nbi")) for one in kept["folders"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def main() -> None:
    """Compile every search by solving its example, and record that; end when the process that asked ends."""
    Thread(target=_end_with_parent, daemon=True).start()
    of = _fingerprint()
    for kind in SCHEDULING_KINDS + PLANNING_KINDS:
        warm_up(kind.name)
    record = Path(sys.argv[1])
    record.write_text(json.dumps({"of": of, "folders": _folders()}), "utf-8")


def _end_with_parent() -> None:
    os.read(0, 1)  # Ends when the other end is closed, as happens when a process is killed, too.
    os._exit(1)


def _folders() -> list[str]:
    """Return the folders in which numba keeps what this process has compiled."""
    from numba.core.dispatcher import Dispatcher

    modules = [module for name, module in sys.modules.items() if name.startswith("yuanli.")]
    found = [one for module in modules for one in vars(module).values() if isinstance(one, Dispatcher)]
    return sorted({one.stats.cache_path for one in found if one.stats.cache_path})


def _fingerprint() -> str:
    """Return what compiled code depends on: its source, the compiler, the machine, the folder that it is kept in."""
    sources = [
        (str(path), path.stat().st_mtime_ns)
        for package in (planning, scheduling)
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py"))
    ]
    facts = (sys.version, version("numba"), platform.node(), os.environ.get("NUMBA_CACHE_DIR"), sources)
    return sha256(repr(facts).encode()).hexdigest()
