"""Where the log goes: to standard error, a line an event."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

from yuanli.settings import LogLevel

CHATTY = ("alembic", "granian", "_granian", "asyncio", "multipart", "python_multipart", "httpx2")
"""Libraries whose info is of no use to an operator."""
SILENT = ("asyncua", "bacpypes3", "pymodbus.logging")
"""Libraries that tell a lost device again and again; we tell it once."""


class _Lines(logging.Formatter):
    """`2026-03-01T08:30:00Z WARNING yuanli.api.errors …`, with the time in UTC."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802
        at = datetime.fromtimestamp(record.created, tz=UTC)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def set_up_logging(level: LogLevel) -> None:
    """Send the log to standard error, replacing what was set up before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
