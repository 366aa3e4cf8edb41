"""The table of endpoints in docs/api.md, made from the code."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from yuanli.api.callers import Needs
from yuanli.operations import Right


def endpoint_rights(app: FastAPI) -> Iterator[tuple[str, str, str, frozenset[Right]]]:
    """Yield method, path, summary and the rights of every endpoint."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            summary = (context.description or "").split("\n", 1)[0]
            for method in sorted(context.methods or ()):
                yield method, str(context.path), summary, frozenset(_rights_of(context.dependant))


def endpoint_table(app: FastAPI) -> str:
    """Return the endpoints as a Markdown table."""
    rows = ["| endpoint | right | what it does |", "|---|---|---|"]
    for method, path, summary, rights in endpoint_rights(app):
        needed = ", ".join(sorted(rights))
        rows.append(
            f"| `{method} {path.replace(':path', '')}` | `{needed}` | {summary.replace('|', chr(92) + '|')} |"
        )
    return "\n".join(rows) + "\n"


def _rights_of(dependant: Dependant) -> list[Right]:
    own = [dependant.call.right] if isinstance(dependant.call, Needs) else []
    return own + [right for inner in dependant.dependencies for right in _rights_of(inner)]
