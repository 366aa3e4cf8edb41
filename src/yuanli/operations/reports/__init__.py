"""Which reports are made, of what, and when?"""

from yuanli.operations.reports.blocks import Block, Cell, Document, Heading, Picture, Sentence, Table
from yuanli.operations.reports.definitions import (
    USUAL_SECTIONS,
    ReportDefinition,
    ReportError,
    ReportFormat,
    ReportNotFoundError,
    ReportPeriod,
    ReportRun,
    ReportSection,
    ReportStore,
    last_span,
)
from yuanli.operations.reports.pages import as_pdf
from yuanli.operations.reports.reports import Reports
from yuanli.operations.reports.sections import Sections
from yuanli.operations.reports.sheets import as_csv, as_workbook

__all__ = [
    "USUAL_SECTIONS",
    "Block",
    "Cell",
    "Document",
    "Heading",
    "Picture",
    "ReportDefinition",
    "ReportError",
    "ReportFormat",
    "ReportNotFoundError",
    "ReportPeriod",
    "ReportRun",
    "ReportSection",
    "ReportStore",
    "Reports",
    "Sections",
    "Sentence",
    "Table",
    "as_csv",
    "as_pdf",
    "as_workbook",
    "last_span",
]
