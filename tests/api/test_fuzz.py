"""Whatever is sent, nothing breaks: every operation of the schema, with odd values."""

from __future__ import annotations


