"""Files of rounds, told apart by what is in them."""

from __future__ import annotations

from yuanli.scheduling.rounds.documents import parse_rounds_json
from yuanli.scheduling.rounds.instances import parse_solomon, parse_toptw, parse_vrplib
from yuanli.scheduling.rounds.tables import RoundsProblem
from yuanli.solver import text_of


def parse_rounds(data: bytes, name: str) -> RoundsProblem:
    """Read our JSON, Solomon's or Gehring and Homberger's text, VRPLIB, or Cordeau's TOPTW; gzipped or not.

    Raises
    ------
    InvalidProblemError
        The file is none of them, or a line or field of it is wrong.
    """
    text = text_of(data, name)
    head = text.lstrip()[:4000].upper()
    if head.startswith("{"):
        return parse_rounds_json(text, name)
    if "_SECTION" in head or "DIMENSION" in head:
        return parse_vrplib(text, name)
    if "VEHICLE" in head or "CUST" in head:
        return parse_solomon(text, name)
    return parse_toptw(text, name)
