"""The bricks of a report: text in two languages, tables, the page around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

from yuanli.errors import Text

Cell = Text | str | float | int


def both(text: Text) -> str:
    """Return a text in both languages, of which the page shows one."""
    if text.zh == text.en:
        return escape(text.en)
    return f'<span class="zh" lang="zh">{escape(text.zh)}</span><span class="en" lang="en">{escape(text.en)}</span>'


def section(title: Text, *parts: str) -> str:
    """Return a headed section; nothing where it has no content."""
    content = "".join(parts)
    return f"<section><h2>{both(title)}</h2>{content}</section>" if content else ""


def table(head: Sequence[Text], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are HTML already; nothing where there are no rows."""
    body = "".join(f"<tr>{''.join(rows_cell for rows_cell in row)}</tr>" for row in rows)
    top = "".join(f"<th>{both(name)}</th>" for name in head)
    return (
        f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
        if body
        else ""
    )


def cell(value: Cell, *, tone: str = "") -> str:
    """Return a cell of a table; numbers stand right, ratios with three places."""
    if isinstance(value, Text):
        return f"<td>{both(value)}</td>"
    if isinstance(value, str):
        return f'<td class="{tone}">{escape(value)}</td>'
    said = f"{value:.3f}" if isinstance(value, float) else str(value)
    return f'<td class="n {tone}">{said}</td>'


def page(title: str, parts: Iterable[str], *, language: str) -> str:
    """Return a whole page that needs nothing else: no script, no address."""
    css = files("yuanli.learning.reporting").joinpath("report.css").read_text("utf-8")
    switch = "".join(
        f'<input class="lang" type="radio" name="lang" id="{code}"{" checked" if code == language else ""}>'
        for code in ("zh", "en")
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>{css}</style></head>'
        f'<body>{switch}<nav><label for="zh" class="en">中文</label><label for="en" class="zh">English</label></nav>'
        f"<main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>\n"
    )
