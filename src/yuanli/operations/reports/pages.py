"""Reports as PDF: text with the Chinese fonts that every reader has, tables over pages, charts as vectors."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.sax import saxutils
from zoneinfo import ZoneInfo

from yuanli.operations.replies import Chart
from yuanli.operations.reports.blocks import (
    Block,
    Cell,
    Document,
    Heading,
    Sentence,
    Table,
    half_widths,
    printable,
)

FONT = "STSong-Light"
"""A CID font of Adobe-GB1: not embedded; readers put their own Chinese face in its place."""
LATIN_FONT = "Helvetica"
LATIN = re.compile(r"([\x20-\xff–]*[\x21-\xff–][\x20-\xff–]*)")
LACKING = str.maketrans({"²": "2", "³": "3", "·": "・"})
"""Signs of Latin-1 that Adobe-GB1's encoding does not have, and what is drawn where faces can't be mixed."""
HEAD_ROOM, TABLE_ROOM = 120, 70
"""Points that a heading, and a table's title, have to have below them on their page."""
ACCENT, GREY, WARN = "#0f9b8e", "#5f6b76", "#b3541e"
MARGIN = 48
CHART_HEIGHT = 150
MOST_LABELS = 8
NARROWEST, UNBROKEN, WIDEST = 8, 17, 30
"""Half-width letters that a column has room for at least; that stay on one line, as a time does; and at most."""
LETTER, PADDING = 4.4, 4
"""Points of a half-width letter in a table, and beside a cell."""
TALL = 500
"""Half-width letters of a cell whose row may be taller than a page: only such rows are split."""
MOST_UPRIGHT = 8
"""Columns of a table that is printed on upright pages."""
FLAT = 1e-9
"""Values that differ by less than this share are drawn as one level."""


def as_pdf(document: Document) -> bytes:
    """Return a report as PDF: A4, lengthwise where a table has many columns."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    plain = ParagraphStyle("plain", fontName=FONT, fontSize=10, leading=15, wordWrap="CJK")
    title = ParagraphStyle("title", parent=plain, fontSize=20, leading=28, textColor=ACCENT)
    soft = ParagraphStyle("soft", parent=plain, fontSize=9, textColor=GREY)
    wide = any(isinstance(one, Table) and len(one.headers) > MOST_UPRIGHT for one in document.blocks)
    size = landscape(A4) if wide else A4
    out, width = io.BytesIO(), size[0] - 2 * MARGIN
    story: list[Any] = [Paragraph(escape(document.title), title), Paragraph(escape(document.subtitle), soft)]
    above = ""
    for block in document.blocks:
        story += [*_flowables(block, document, width, plain, above), Spacer(1, 6)]
        above = block.text if isinstance(block, Heading) else ""
    made = document.made_at.astimezone(ZoneInfo(document.time_zone))
    foot = f"yuanli 园理  {made:%Y-%m-%d %H:%M}"

    def page(canvas: Any, template: Any) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 8)
        canvas.setFillColor(GREY)
        canvas.drawString(MARGIN, 26, foot)
        canvas.drawRightString(size[0] - MARGIN, 26, str(template.page))
        canvas.restoreState()

    template = SimpleDocTemplate(
        out, pagesize=size, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        title=printable(document.title), author="yuanli",
    )  # fmt: skip
    template.build(story, onFirstPage=page, onLaterPages=page)
    return out.getvalue()


def escape(text: str) -> str:
    """Return a text as reportlab's markup has it: Latin letters, `²` and `·` in a face that has them."""
    parts = [part for part in LATIN.split(printable(text)) if part]
    return "".join(
        f'<font name="{LATIN_FONT}">{saxutils.escape(part)}</font>'
        if LATIN.fullmatch(part)
        else saxutils.escape(part)
        for part in parts
    )


def _label(text: str, font: str) -> str:
    """Return a text that is drawn in one face, without what the Chinese one lacks."""
    return text if font == LATIN_FONT else text.translate(LACKING)


def _flowables(block: Block, document: Document, width: float, plain: Any, above: str) -> list[Any]:
    """Return what is drawn of a block; a title that the heading above says already is left out."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, Spacer

    if isinstance(block, Heading):
        head = ParagraphStyle("head", parent=plain, fontSize=14, leading=22, spaceBefore=10, keepWithNext=1)
        return [CondPageBreak(HEAD_ROOM), Paragraph(escape(block.text), head)]
    if isinstance(block, Sentence):
        style = ParagraphStyle("warn", parent=plain, textColor=WARN) if block.warns else plain
        return [Paragraph(escape(block.text), style)]
    caption = ParagraphStyle("caption", parent=plain, fontSize=10, textColor=GREY)
    if isinstance(block, Table):
        tables: list[Any] = []
        for part in _parts(block, document.time_zone, width):
            titled = [] if part.title == above else [Paragraph(escape(part.title), caption)]
            tables += [
                CondPageBreak(TABLE_ROOM),
                *titled,
                _table(part, document.time_zone, width),
                Spacer(1, 6),
            ]
        return tables[:-1]
    chart = block.chart
    name = chart.title.zh if document.language == "zh" else chart.title.en
    unit = f" ({chart.unit})" if chart.unit else ""
    drawn = _drawing(chart, document, width)
    said = [] if name + unit == above else [Paragraph(escape(name + unit), caption), Spacer(1, 2)]
    return [KeepTogether([*said, drawn])] if drawn else []


def _table(table: Table, zone: str, width: float) -> Any:
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import LongTable, Paragraph, TableStyle

    cell = ParagraphStyle("cell", fontName=FONT, fontSize=8, leading=11, wordWrap="CJK")
    right = ParagraphStyle("right", parent=cell, alignment=2)

    def shown(value: Cell, column: int) -> Any:
        return Paragraph(escape(_written(value, zone)), right if numbers[column] else cell)

    numbers = [any(isinstance(row[i], float | int) for row in table.rows) for i in range(len(table.headers))]
    rows = [
        [
            Paragraph(f"<b>{escape(h)}</b>", right if numbers[i] else cell)
            for i, h in enumerate(table.headers)
        ],
        *([shown(v, i) for i, v in enumerate(row)] for row in table.rows),
    ]
    letters = _letters(table, zone)
    least = [_least(one) for one in letters]
    more = [max(0.001, one - UNBROKEN) for one in letters]
    spare = width - sum(least)
    widths = [one + spare * extra / sum(more) for one, extra in zip(least, more, strict=True)]
    tall = any(half_widths(_written(value, zone)) > TALL for row in table.rows for value in row)
    made = LongTable(rows, colWidths=widths, repeatRows=1, splitInRow=int(tall))
    line, stripe = colors.HexColor("#d8dee4"), colors.HexColor("#f4f7f8")
    made.setStyle(
        TableStyle([
            ("LINEBELOW", (0, 0), (-1, 0), 1, colors.HexColor(ACCENT)), ("LINEBELOW", (0, 1), (-1, -1), 0.25, line),
            ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, stripe]), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), PADDING), ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
        ])
    )  # fmt: skip
    return made


def _parts(table: Table, zone: str, width: float) -> list[Table]:
    """Return a table as tables that are no wider than a page, each with the first column."""
    first, *rest = (_least(one) for one in _letters(table, zone))
    parts: list[list[int]] = [[]]
    left = width - first
    for column, least in enumerate(rest, 1):
        if least > left and parts[-1]:
            parts.append([])
            left = width - first
        parts[-1].append(column)
        left -= least
    if len(parts) == 1:
        return [table]
    return [
        Table(
            title=f"{table.title} ({number}/{len(parts)})",
            headers=tuple(table.headers[i] for i in (0, *columns)),
            rows=tuple(tuple(row[i] for i in (0, *columns)) for row in table.rows),
        )
        for number, columns in enumerate(parts, 1)
    ]


def _letters(table: Table, zone: str) -> list[int]:
    """Return how many half-width letters each column would have in a line, between the least and the most."""
    return [
        min(
            max(
                NARROWEST,
                half_widths(header),
                *(half_widths(_written(row[i], zone)) for row in table.rows[:100]),
            ),
            WIDEST,
        )
        for i, header in enumerate(table.headers)
    ]


def _least(letters: int) -> float:
    """Return the points that a column has at least."""
    return min(letters, UNBROKEN) * LETTER + 2 * PADDING


def _drawing(chart: Chart, document: Document, width: float) -> Any:
    """Return a chart as vectors: lines over time, bars by name; None where nothing is known."""
    from reportlab.graphics.charts.barcharts import HorizontalBarChart
    from reportlab.graphics.charts.linecharts import HorizontalLineChart
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib import colors

    known = [v for line in chart.lines for v in line.values if v is not None]
    if not known:
        return None
    zh = document.language == "zh"
    bars = bool(chart.names)
    font = LATIN_FONT if all(LATIN.fullmatch(name.zh if zh else name.en) for name in chart.names) else FONT
    height = max(60, 18 * len(chart.names)) if bars else CHART_HEIGHT
    drawing = Drawing(width, height + 24)
    plot: Any = HorizontalBarChart() if bars else HorizontalLineChart()
    plot.x, plot.y, plot.width, plot.height = (150 if bars else 44), 18, width - (190 if bars else 60), height
    if bars:
        names = [_label(_short(printable(name.zh if zh else name.en), 20), font) for name in chart.names]
        plot.data = [[v if v is not None else 0.0 for v in line.values][::-1] for line in chart.lines]
        plot.categoryAxis.categoryNames = names[::-1]
        plot.bars[0].fillColor = colors.HexColor(ACCENT)
        plot.bars.strokeColor = None
        plot.barLabelFormat = lambda value: _number(float(value))
        plot.barLabels.fontName, plot.barLabels.fontSize, plot.barLabels.nudge = LATIN_FONT, 7, 18
    else:
        plot.data = [list(line.values) for line in chart.lines]
        plot.categoryAxis.categoryNames = _marks(chart.times, document.time_zone)
        plot.lines[0].strokeColor = colors.HexColor(ACCENT)
        plot.lines[0].strokeWidth = 1.2
        plot.categoryAxis.visibleTicks = 0
    low, high = min(known), max(known)
    if bars or low >= 0:
        plot.valueAxis.valueMin = low = min(0.0, low)
    if high - low <= max(abs(low), abs(high), 1.0) * FLAT:
        plot.valueAxis.valueMin, plot.valueAxis.valueMax = low, low + max(1.0, abs(low))
    for axis in (plot.categoryAxis, plot.valueAxis):
        axis.labels.fontName, axis.labels.fontSize = font, 7
        axis.strokeColor = colors.HexColor("#b8c0c8")
    drawing.add(plot)
    return drawing


def _marks(times: Sequence[datetime], zone: str) -> list[str]:
    """Return a label for some columns, an empty one for the others."""
    step = max(1, -(-len(times) // MOST_LABELS))
    daily = len(times) > 1 and (times[1] - times[0]).total_seconds() > 43_200
    long = len(times) > 1 and (times[-1] - times[0]).total_seconds() > 2 * 86_400
    form = "%m-%d" if daily or long else "%H:%M"
    return [
        at.astimezone(ZoneInfo(zone)).strftime(form) if i % step == 0 else "" for i, at in enumerate(times)
    ]


def _written(value: Cell, zone: str) -> str:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return _number(value)
    return "" if value is None else str(value)


def _number(value: float) -> str:
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 1 else 2
    return f"{value:,.{digits}f}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
